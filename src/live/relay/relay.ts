import { BehaviorSubject, distinctUntilChanged, Subject, type Observable } from 'rxjs'
import type { RelayNews } from '../../addon/relay'
import { checkInteger } from '../../core/check'
import { systemClock } from '../../core/clock'
import { abortable, onAbort, withDeadline, withPatience } from '../../core/deadline'
import { deferred, type Deferred } from '../../core/deferred'
import '../../core/dispose'
import { RxGstError } from '../../core/errors'
import type { OverlayImage } from '../../core/pictures/overlay-options'
import { Ticker } from '../../core/ticker'
import type { StreamState } from '../../core/types'
import { checkMachine } from '../../engine/prepare'
import { METER, type Meter } from '../../meter/meter'
import { Meters } from '../../meter/meters'
import type { MetricName } from '../../meter/metrics'
import type { OutputTargetView } from '../output/stats'
import { FLV, type FlvSource } from '../record/live-flv'
import type { RecordedSegment } from '../record/types'
import { knownCodec, relayInfo } from './info'
import type { InputPart } from './input-part'
import { resolveRelayOptions, type RelayOptions, type ResolvedRelayOptions } from './options'
import { RelayFiller } from './relay-fill'
import { PacketTarget } from './packet-target'
import { checkDestination, checkSources, leadsTo, listOf, makeInput, makeTarget } from './places'
import type { RelayDestination, RelaySource } from './places'
import { RelayPackets } from './relay-packets'
import type { RelayTools } from './relay-peer'
import { resolveSlate, type RelaySlate } from './slate-options'
import type { RelayInfo, RelayInputView, RelayStats } from './stats'
import { overdue, stateOf, statesOf } from './states'
import { totalsOf, type TargetPart } from './target-part'
import { RelayWire } from './wire'

/** Interval of the looks at what no server reports, ms. A process may have hundreds of relays, and each look costs. */
const LOOK_MS = 500
/** Parts of the five seconds of stop(): the inputs end, and what waits for the networks leaves, with a goodbye. */
const INPUTS_MS = 1000
const DRAIN_MS = 1500

const TOOLS: RelayTools = { clock: systemClock, random: Math.random }

/**
 * A relay: copies a stream to other places, packet by packet. No picture is decoded, and JavaScript touches no packet.
 * Input and targets reconnect each by itself, and the stream's time goes on.
 *
 * @example
 * await using relay = new Relay('rtmp://localhost/live/in', ['rtmp://a.example/live/key', 'rtmp://b.example/live/key'])
 * await relay.start()
 */
export class Relay implements AsyncDisposable {
  readonly #options: ResolvedRelayOptions
  readonly #wire: RelayWire
  readonly #filler: RelayFiller
  readonly #tools: RelayTools
  readonly #inputs: readonly InputPart[]
  readonly #packets: RelayPackets
  readonly #segments = new Subject<RecordedSegment>()
  #targets: readonly TargetPart[] = []
  /** Removed targets that say goodbye, whose counters still move, and their ends. */
  readonly #leaving = new Set<TargetPart>()
  readonly #goodbyes = new Set<Promise<void>>()
  /** Counters of removed targets. */
  #past = { outBytes: 0, droppedNetwork: 0, reconnects: 0 }
  readonly #state: BehaviorSubject<StreamState>
  readonly #onAir = new BehaviorSubject(false)
  readonly #meters: Meters
  readonly #ticker: Ticker
  readonly #unsignal: () => void
  #unmeter: (() => void) | null = null
  #lastOnAir: InputPart | null = null
  #switches = 0
  #phase: 'idle' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' = 'idle'
  #begun = false
  #started: Deferred<void> | null = null
  #ending: Promise<void> | null = null
  #stopping: Promise<void> | null = null
  #lastInfo: RelayInfo | null = null
  #lastPackets = 0
  #written: { video: number | null; audio: number | null } = { video: null, audio: null }
  /** The present state first, then each change: that of the input, or of a target that is worse. */
  readonly state$: Observable<StreamState>
  /** Whether viewers get something: see `onAir`. The present value first, then each change. */
  readonly onAir$: Observable<boolean>
  /** Each finished segment of its recordings, and at the beginning those that an earlier process left torn. */
  readonly recording$: Observable<RecordedSegment> = this.#segments.asObservable()

  /**
   * Checks addresses and options, and connects nothing yet. Several inputs stand in order of preference: all are
   * connected, and one is on air. ERR_URL, ERR_OPTION, ERR_NAME_TAKEN (the same target twice).
   */
  constructor(
    input: RelaySource | readonly RelaySource[],
    targets: RelayDestination | readonly RelayDestination[],
    options?: RelayOptions,
  )
  /** @internal With a clock of a test's. */
  constructor(
    input: RelaySource | readonly RelaySource[],
    targets: RelayDestination | readonly RelayDestination[],
    options?: RelayOptions,
    tools?: RelayTools,
  )
  constructor(
    input: RelaySource | readonly RelaySource[],
    targets: RelayDestination | readonly RelayDestination[],
    options: RelayOptions = {},
    tools: RelayTools = TOOLS,
  ) {
    const sources = listOf(input, 'an input')
    const goals = listOf(targets, 'a target')
    checkSources(sources)
    this.#options = resolveRelayOptions(options, sources.length)
    this.#tools = tools
    for (const goal of goals) checkDestination(goal)
    checkMachine()
    this.#wire = new RelayWire(this.#options.holdBack, this.#options.fill, ({ what }) => this.#onNews(what))
    this.#filler = new RelayFiller(this.#options, this.#wire.packets, tools.clock)
    this.#packets = new RelayPackets(this.#wire)
    const events = {
      onLost: (error: RxGstError) => this.#onLost(error),
      onAir: (one: InputPart) => this.#onSwitch(one),
    }
    const parts = { options: this.#options, wire: this.#wire, events, tools }
    this.#inputs = sources.map((one, rank) => makeInput(one, { rank, ...parts }))
    this.#state = new BehaviorSubject(this.#inputs[0]!.state)
    this.state$ = this.#state.pipe(distinctUntilChanged())
    this.onAir$ = this.#onAir.pipe(distinctUntilChanged())
    this.#meters = new Meters({
      direction: 'out',
      clock: tools.clock,
      phase: () => this.state.phase,
      queueMs: () => this.stats().queueMs,
      reconnects: () => this.stats().reconnects,
      shortLives: () => Math.max(0, ...this.#targets.map(target => target.shortLives)),
      dropped: () => ({ network: this.stats().droppedNetwork }),
      lastWrite: () => this.#lastWrite(),
    })
    for (const one of this.#inputs) one.state$.subscribe(() => this.#updateState())
    for (const goal of goals) this.#add(goal)
    this.onAir$.subscribe(onAir => this.#meters.setPhase(onAir ? 'live' : 'connecting'))
    this.#ticker = new Ticker(tools.clock, LOOK_MS, () => this.#look(), { keepsAlive: true })
    this.#unsignal = onAbort(this.#options.signal, () => void this.stop())
  }

  /** The state of the input, or of a target that is worse. */
  get state(): StreamState {
    return this.#state.value
  }

  /** Whether at least one target is live now, and an input, or the fill in its place. */
  get onAir(): boolean {
    return this.#onAir.value
  }

  /** One for each input, in order of preference. */
  get inputs(): readonly RelayInputView[] {
    return this.#inputs
  }

  /** One for each target, in order. */
  get targets(): readonly OutputTargetView[] {
    return this.#targets
  }

  /** What is copied; null until something has come. Stays after stop(). */
  get info(): RelayInfo | null {
    return (this.#lastInfo = relayInfo(this.#wire.packets.facts(), this.#lastOnAir?.transcodes) ?? this.#lastInfo)
  }

  /**
   * Resolves when an input and the first target are live; the others go on connecting by themselves. Targets connect
   * when there is something to send. Rejects when the first attempt of every input, or of every target, has failed, or
   * after connectTimeout: ERR_CONNECT_TIMEOUT, ERR_CONNECTION_REFUSED, ERR_PLAY_REJECTED, ERR_PUBLISH_REJECTED … With
   * `reconnect: { first: true }` it waits, and with `fill: 'slate'` it begins with the slate meanwhile. A relay starts
   * once: ERR_ALREADY_STARTED afterwards.
   */
  async start(): Promise<void> {
    const { signal, connectTimeout, reconnect } = this.#options
    if (signal?.aborted) await abortable(Promise.resolve(), signal)
    if (this.#phase !== 'idle')
      throw new RxGstError('ERR_ALREADY_STARTED', `start() was called on a relay that is ${this.#phase}`)
    this.#phase = 'starting'
    const started = deferred()
    this.#started = started
    this.#ticker.start()
    this.#unmeter = this.#meters.attach({ relay: this.#wire.packets, ackLagBytes: () => this.#ackLag() })
    for (const target of this.#targets) target.begin()
    for (const input of this.#inputs) input.start()
    void this.#filler.begin().then(begun => begun && this.#connectTargets())
    const late = (): Error => overdue(this.#inputs, this.#targets, connectTimeout)
    try {
      const patience = reconnect?.first ? Infinity : connectTimeout
      await withDeadline(abortable(started.promise, signal), patience, late, this.#tools.clock)
    } catch (error) {
      if (this.#phase === 'starting' && signal?.aborted) await this.stop()
      if (this.#phase === 'starting') this.#fail(error as RxGstError)
      throw error
    } finally {
      this.#started = null
    }
  }

  /** Targets connect with the first input that is live; start() resolves with the first target. */
  #goOn(): void {
    if (this.#phase !== 'starting' && this.#phase !== 'running') return
    if (this.#inputs.some(({ state }) => state.phase === 'live')) this.#connectTargets()
    if (this.#phase !== 'starting' || !this.#onAir.value) return
    this.#phase = 'running'
    this.#started?.resolve()
  }

  #connectTargets(): void {
    if (this.#begun) return
    this.#begun = true
    for (const target of this.#targets) target.connect()
  }

  #onNews(what: RelayNews['what']): void {
    if (what === 'configured') this.#filler.fit()
    if (what !== 'fill') return
    this.#filler.tell()
    this.#updateState()
  }

  /** An input or a target that fails does not end the relay; where all of a kind have, it ends. */
  #onLost(error: RxGstError): void {
    const first = this.#phase === 'starting' && !this.#options.reconnect?.first
    const gone = ({ state: { phase } }: { state: StreamState }): boolean =>
      phase === 'failed' || (first && phase === 'reconnecting')
    if (this.#inputs.every(gone) || (this.#targets.length > 0 && this.#targets.every(gone))) this.#fail(error)
  }

  #onSwitch(input: InputPart): void {
    const before = this.#lastOnAir
    this.#lastOnAir = input
    this.#updateState()
    if (before === null || before === input) return
    this.#switches++
    this.#options.logger.warn(`${input.url} is on air, in place of ${before.url}`)
  }

  /**
   * Puts the input of this index on air now, where it stays until it is lost and another takes its place. ERR_OPTION:
   * there is no such input; ERR_NOT_RUNNING: it is not live.
   */
  switchTo(index: number): void {
    const rank = checkInteger('index', index, 0, this.#inputs.length - 1)
    if (this.#wire.packets.prefer(rank)) return
    throw new RxGstError('ERR_NOT_RUNNING', `${this.#inputs[rank]!.url} is not live, and cannot go on air`)
  }

  /** Shows another slate as soon as it is encoded, also in the fill that runs. ERR_OPTION: the fill is another one. */
  setSlate(slate: OverlayImage | RelaySlate): void {
    this.#filler.replaceSlate(resolveSlate(slate))
  }

  /** Adds a target, also while on air. ERR_URL; ERR_NAME_TAKEN: it is a target already; ERR_NOT_RUNNING. */
  addTarget(target: RelayDestination): void {
    if (this.#phase !== 'idle' && this.#phase !== 'starting' && this.#phase !== 'running')
      throw new RxGstError('ERR_NOT_RUNNING', `the relay is ${this.#phase}`)
    this.#add(target)
  }

  #add(given: RelayDestination): void {
    const events = { onLost: (error: RxGstError) => this.#onLost(error) }
    const codec = (): ReturnType<typeof knownCodec> => knownCodec(this.info)
    const twin = this.#targets.find(other => leadsTo(other, given))
    if (twin) throw new RxGstError('ERR_NAME_TAKEN', `${twin.url} is a target already`)
    const source = [this.#wire, this.#packets] as const
    const target = makeTarget(given, this.#options, source, codec, events, this.#tools)
    if (target instanceof PacketTarget) target.recording$.subscribe(segment => this.#segments.next(segment))
    this.#targets = [...this.#targets, target]
    target.state$.subscribe(() => this.#updateState())
    if (this.#phase !== 'idle') target.begin()
    if (this.#begun) target.connect()
  }

  /** Removes a target, with a goodbye to its server; the others go on. ERR_UNKNOWN_STREAM: the URL is no target. */
  async removeTarget(given: RelayDestination): Promise<void> {
    const target = this.#targets.find(other => leadsTo(other, given))
    if (!target) throw new RxGstError('ERR_UNKNOWN_STREAM', 'this is no target of the relay')
    this.#targets = this.#targets.filter(other => other !== target)
    this.#leaving.add(target)
    this.#updateState()
    const goodbye = target.remove(DRAIN_MS)
    this.#goodbyes.add(goodbye)
    await goodbye.finally(() => this.#goodbyes.delete(goodbye))
    this.#leaving.delete(target)
    this.#past = totalsOf([target], this.#past)
  }

  #fail(error: RxGstError): void {
    if (this.#phase !== 'starting' && this.#phase !== 'running') return
    this.#phase = 'failed'
    this.#options.logger.error(`relay: ${error.code}: ${error.message}`)
    for (const one of [...this.#inputs, ...this.#targets]) one.fail(error)
    this.#updateState()
    this.#started?.reject(error)
    this.#ending = this.#end()
  }

  /** Sends what waits, says goodbye to the servers, and ends all connections. Resolves within 5 s. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    const earlier = this.#ending
    this.#phase = 'stopping'
    this.#started?.reject(new RxGstError('ERR_ABORTED', 'stop() was called before the relay was live'))
    const all = [...this.#inputs, ...this.#targets]
    for (const one of all) one.markStopping()
    this.#updateState()
    await (earlier ?? this.#end())
    for (const one of all) one.markStopped()
    this.#phase = 'stopped'
    this.#updateState()
  }

  async #end(): Promise<void> {
    this.#unsignal()
    this.#filler.end()
    this.#ticker.stop()
    this.#unmeter?.()
    // One that takes long, such as a camera's, must not take the targets' time.
    const inputs = Promise.all(this.#inputs.map(input => input.end()))
    await withPatience(inputs, INPUTS_MS, undefined, this.#tools.clock)
    await Promise.all(this.#targets.map(target => target.drain(DRAIN_MS)))
    await Promise.all([...this.#targets.map(target => target.end()), Promise.allSettled(this.#goodbyes), inputs])
    this.#lastInfo = this.info
    this.#lastPackets = this.#wire.packets.packets()
    this.#packets.close()
    this.#wire.close()
    this.#segments.complete()
  }

  /** @internal For flv(). */
  readonly [FLV]: FlvSource = { join: listener => this.#packets.join(listener), end$: this.recording$ }

  /** The same as stop(). */
  close(): Promise<void> {
    return this.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** For logs, as plain data. */
  toJSON(): { state: StreamState; info: RelayInfo | null; inputs: StreamState[]; targets: StreamState[] } {
    return { state: this.state, info: this.info, inputs: statesOf(this.#inputs), targets: statesOf(this.#targets) }
  }

  /** Counters since start(). */
  stats(): RelayStats {
    const inputs = this.#inputs.map(input => input.stats())
    return {
      packets: this.#wire.packets.packets() || this.#lastPackets,
      inBytes: inputs.reduce((sum, { inBytes }) => sum + inBytes, 0),
      inputReconnects: inputs.reduce((sum, { reconnects }) => sum + reconnects, 0),
      ...totalsOf([...this.#targets, ...this.#leaving], this.#past),
      queueMs: Math.max(0, ...this.#targets.map(target => target.queueMs)),
      switches: this.#switches,
      ...this.#filler.stats(),
    }
  }

  /** @internal For StreamMonitor. */
  [METER](metrics: readonly MetricName[]): Meter {
    return this.#meters.open(metrics)
  }

  #lastWrite(): { video: number | null; audio: number | null } {
    const counters = this.#inputs.find(({ onAir }) => onAir)?.counters
    // A fill is no write of the program's.
    if (!counters && this.#filler.isRunning) return this.#written
    const at = (age: number | null | undefined): number | null => (age == null ? null : this.#tools.clock.now() - age)
    this.#written = { video: at(counters?.pictureAge), audio: at(counters?.soundAge) }
    return this.#written
  }

  #ackLag(): number | null {
    const known = this.#targets.map(target => target.ackLag()).filter(lag => lag !== null)
    return known.length > 0 ? Math.max(...known) : null
  }

  #look(): void {
    for (const one of [...this.#inputs, ...this.#targets]) one.look()
  }

  #updateState(): void {
    const [inputs, targets] = [statesOf(this.#inputs), statesOf(this.#targets)]
    const live = ({ phase }: StreamState): boolean => phase === 'live'
    this.#onAir.next((inputs.some(live) || this.#filler.isRunning) && targets.some(live))
    this.#state.next(stateOf(inputs, targets))
    this.#goOn()
  }
}
