import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs'
import { withAwakePatience } from '../../core/deadline'
import { RxGstError } from '../../core/errors'
import { worstSrt, type SrtStats } from '../../core/addresses/srt-stats'
import type { ResolvedOutputOptions } from '../options'
import type { StreamState } from '../../core/types'
import { StateHolder } from '../../engine/state'
import { worst } from '../../engine/lifecycle'
import { OutputTarget, type TargetEvents } from './target'
import type { EncodeGroup } from './groups/encode-groups'
import type { SplitTarget, TargetAddress } from './target-url'

/** The targets of one output. Their common state is the worst of their states. */
export class Targets {
  readonly #events: TargetEvents
  /** State of an output without targets: idle while it is on air. */
  readonly #none = new StateHolder()
  readonly #state: BehaviorSubject<StreamState>
  readonly #onAir = new BehaviorSubject(false)
  readonly state$: Observable<StreamState>
  readonly onAir$: Observable<boolean> = this.#onAir.pipe(distinctUntilChanged())
  #list: readonly OutputTarget[] = []
  /** Removed targets that still stop. */
  #removed: OutputTarget[] = []
  /** Their ends, and those of targets whose group has failed. */
  readonly #goodbyes = new Set<Promise<void>>()
  /** Counters of the removed targets that have stopped. */
  #past = { droppedNetwork: 0, outBytes: 0, reconnects: 0 }
  #begun = false

  constructor(events: TargetEvents) {
    this.#events = events
    this.#state = new BehaviorSubject(this.#none.state)
    this.state$ = this.#state.pipe(distinctUntilChanged())
  }

  get list(): readonly OutputTarget[] {
    return this.#list
  }

  get state(): StreamState {
    return this.#state.value
  }

  get onAir(): boolean {
    return this.#onAir.value
  }

  /** Whether no target is live, and none can become live by its present attempt. */
  get allTried(): boolean {
    return this.#list.every(({ state: { phase } }) => phase === 'failed' || phase === 'reconnecting')
  }

  /** Whether no target can become live any more. */
  get failed(): boolean {
    return this.#list.every(({ state: { phase } }) => phase === 'failed')
  }

  /** Checks a target, which then joins a group. ERR_URL, ERR_OPTION, ERR_NAME_TAKEN. */
  make({ address, mayConnect }: SplitTarget, options: ResolvedOutputOptions): OutputTarget {
    const target = new OutputTarget(address, options, this.#events, undefined, mayConnect)
    if (this.#list.some(other => other.same(address)))
      throw new RxGstError('ERR_NAME_TAKEN', `${target.url} is a target already`)
    return target
  }

  /** Adds a target to a group; while the group's encoder runs it connects at once. */
  add(target: OutputTarget, group: EncodeGroup): void {
    target.join(group)
    this.#list = [...this.#list, target]
    target.state$.subscribe(() => this.#updateState())
    if (this.#begun) target.begin()
    if (group.isReady && group.encoding) target.connect(group.encoding)
  }

  /** Removes a target; the others go on undisturbed. Resolves with the group that it has left. */
  async remove(address: TargetAddress, drain: number, deadline: number): Promise<EncodeGroup | null> {
    const target = this.#list.find(other => other.same(address))
    if (!target) throw new RxGstError('ERR_UNKNOWN_STREAM', 'it is no target of this output')
    this.#list = this.#list.filter(other => other !== target)
    this.#updateState()
    this.#removed.push(target)
    await this.#waitFor(target.remove(drain, deadline))
    this.#removed = this.#removed.filter(other => other !== target)
    this.#past = totals([target], this.#past)
    return target.inGroup
  }

  /** stop() waits for it, too. */
  async #waitFor(goodbye: Promise<void>): Promise<void> {
    this.#goodbyes.add(goodbye)
    try {
      await goodbye
    } finally {
      this.#goodbyes.delete(goodbye)
    }
  }

  of(group: EncodeGroup): readonly OutputTarget[] {
    return this.#list.filter(({ inGroup }) => inGroup === group)
  }

  begin(): void {
    this.#begun = true
    for (const target of this.#list) target.begin()
  }

  /** The targets of a group begin to connect, when its encoder runs. */
  connect(group: EncodeGroup): void {
    for (const target of this.of(group)) if (group.encoding) target.connect(group.encoding)
  }

  /** A group has no encoder any more: a server with an idle publisher would keep its key, and a file stay open. */
  failGroup(group: EncodeGroup, error: RxGstError): void {
    for (const target of this.of(group)) {
      target.fail(error)
      void this.#waitFor(target.end(FAILED_DEADLINE_MS))
    }
    this.#updateState()
  }

  fail(error: RxGstError): void {
    this.#none.apply({ type: 'start' })
    this.#none.apply({ type: 'lost', reason: error.code, hint: error.hint })
    for (const target of this.#list) target.fail(error)
    this.#updateState()
  }

  /** First of the four steps of stop(), as in OutputTarget. */
  markStopping(): void {
    this.#none.apply({ type: 'stop' })
    for (const target of this.#list) target.markStopping()
    this.#updateState()
  }

  async drain(deadline: number): Promise<void> {
    const goodbyes = withAwakePatience(Promise.allSettled(this.#goodbyes), deadline, undefined)
    await Promise.all([...this.#list.map(target => target.drain(deadline)), goodbyes])
  }

  async end(deadline: number): Promise<void> {
    await Promise.all([...this.#list.map(target => target.end(deadline)), Promise.allSettled(this.#goodbyes)])
  }

  markStopped(): void {
    this.#none.apply({ type: 'stopped' })
    for (const target of this.#list) target.markStopped()
    this.#updateState()
  }

  /** Of the target with the most. */
  get shortLives(): number {
    return Math.max(0, ...this.#list.map(target => target.shortLives))
  }

  /** Of the targets of SRT that are live. */
  get srt(): SrtStats | null {
    return worstSrt(this.#list.filter(({ state }) => state.phase === 'live').map(({ totals }) => totals.srt ?? null))
  }

  stats(): { droppedNetwork: number; outBytes: number; queueMs: number; reconnects: number } {
    const queueMs = Math.max(0, ...this.#list.map(target => (target.isRecording ? 0 : target.queueMs)))
    return { ...totals([...this.#list, ...this.#removed], this.#past), queueMs }
  }

  #updateState(): void {
    this.#onAir.next(this.#list.some(({ state }) => state.phase === 'live'))
    const state = worst(this.#list.map(({ state: one }) => one)) ?? this.#none.state
    if (state !== this.#state.value) this.#state.next(state)
  }
}

/** For a connection to stop whose group has failed. */
const FAILED_DEADLINE_MS = 2000

type Totals = Record<'droppedNetwork' | 'outBytes' | 'reconnects', number>

function totals(targets: readonly OutputTarget[], before: Totals): Totals {
  return targets.reduce(
    (sum, { totals: { dropped, outBytes }, reconnects }) => ({
      droppedNetwork: sum.droppedNetwork + dropped,
      outBytes: sum.outBytes + outBytes,
      reconnects: sum.reconnects + reconnects,
    }),
    before,
  )
}
