import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs'
import { RxGstError } from '../../core/errors'
import type { ResolvedOutputOptions } from '../options'
import type { StreamState } from '../../core/types'
import type { Encoding } from './encoding'
import { StateHolder } from '../../engine/state'
import { worst } from '../../engine/lifecycle'
import { OutputTarget, type TargetEvents } from './target'

/** The targets of one output, and what they are in together: the worst of their states. */
export class Targets {
  readonly #options: ResolvedOutputOptions
  readonly #events: TargetEvents
  /** Of an output without any: on air it is idle. */
  readonly #none = new StateHolder()
  readonly #state: BehaviorSubject<StreamState>
  readonly #onAir = new BehaviorSubject(false)
  readonly state$: Observable<StreamState>
  readonly onAir$: Observable<boolean> = this.#onAir.pipe(distinctUntilChanged())
  #list: readonly OutputTarget[] = []
  /** On their way out, and the totals of those that are gone. */
  #removed: OutputTarget[] = []
  #past = { droppedNetwork: 0, outBytes: 0, reconnects: 0 }
  #encoding: Encoding | null = null
  #begun = false

  constructor(options: ResolvedOutputOptions, events: TargetEvents) {
    this.#options = options
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

  /** Whether no target is live or may come live by its present attempt. */
  get triedInVain(): boolean {
    return this.#list.every(({ state: { phase } }) => phase === 'failed' || phase === 'reconnecting')
  }

  get failed(): boolean {
    return this.#list.every(({ state: { phase } }) => phase === 'failed')
  }

  /** Connects at once on air. */
  add(text: string): void {
    const target = new OutputTarget(text, this.#options, this.#events)
    if (this.#list.some(other => other.same(text)))
      throw new RxGstError('ERR_NAME_TAKEN', `${target.url} is a target already`)
    this.#list = [...this.#list, target]
    target.state$.subscribe(() => this.#tell())
    if (this.#begun) target.begin()
    if (this.#encoding) target.connect(this.#encoding)
  }

  /** The others notice nothing. */
  async remove(text: string, drain: number, deadline: number): Promise<void> {
    const target = this.#list.find(other => other.same(text))
    if (!target) throw new RxGstError('ERR_UNKNOWN_STREAM', 'the URL is no target of this output')
    this.#list = this.#list.filter(other => other !== target)
    this.#tell()
    this.#removed.push(target)
    await target.remove(drain, deadline)
    this.#removed = this.#removed.filter(other => other !== target)
    this.#past = totals([target], this.#past)
  }

  begin(): void {
    this.#begun = true
    for (const target of this.#list) target.begin()
  }

  /** Once the programme runs. */
  connect(encoding: Encoding): void {
    this.#encoding = encoding
    for (const target of this.#list) target.connect(encoding)
  }

  fail(error: RxGstError): void {
    this.#none.apply({ type: 'start' })
    this.#none.apply({ type: 'lost', reason: error.code })
    for (const target of this.#list) target.fail(error)
    this.#tell()
  }

  /** stop(), in its steps: no longer live; what is queued has left; the connections are gone. */
  leave(): void {
    this.#none.apply({ type: 'stop' })
    for (const target of this.#list) target.leave()
    this.#tell()
  }

  async drain(deadline: number): Promise<void> {
    await Promise.all(this.#list.map(target => target.drain(deadline)))
  }

  async end(deadline: number): Promise<void> {
    await Promise.all(this.#list.map(target => target.end(deadline)))
  }

  left(): void {
    this.#none.apply({ type: 'stopped' })
    for (const target of this.#list) target.left()
    this.#tell()
  }

  stats(): { droppedNetwork: number; outBytes: number; queueMs: number; reconnects: number } {
    const queueMs = Math.max(0, ...this.#list.map(target => target.queueMs))
    return { ...totals([...this.#list, ...this.#removed], this.#past), queueMs }
  }

  #tell(): void {
    this.#onAir.next(this.#list.some(({ state }) => state.phase === 'live'))
    const state = worst(this.#list.map(({ state: one }) => one)) ?? this.#none.state
    if (state !== this.#state.value) this.#state.next(state)
  }
}

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
