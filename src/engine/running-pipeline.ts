import '../core/dispose'
import { Observable, Subject } from 'rxjs'
import { badOption, checkNumber, checkRecord } from '../core/check'
import { systemClock, unref, type Clock } from '../core/clock'
import { withDeadline } from '../core/deadline'
import { deferred, type Deferred } from '../core/deferred'
import { asRxGstError, RxGstError } from '../core/errors'
import { METER, type Meter, type Metered, type MeterPadNames } from '../meter/meter'
import type { MetricName } from '../meter/metrics'
import { peerText } from '../core/peer-text'
import { checkLogger, SILENT_LOGGER } from '../core/transport-options'
import type { AudioChunk, Logger, PixelBytes, StreamState, VideoFrame, WriteOptions } from '../core/types'
import type { BusMessage, Packet, PadStats } from '../core/pipeline-types'
import { DOOR, type Introspectable } from '../addon/door'
import { snapshots } from '../observables/snapshots'
import { isGraph, type Graph, type GraphElement, type GstValue, type Props } from '../pipelines/graph/graph'
import { graphSecrets } from '../pipelines/graph/secrets'
import { isLiveGraph } from '../pipelines/live'
import { meterPads } from '../meter/pads'
import { busMessage } from './bus-message'
import { givenProps, secretsOf } from './given-props'
import { LiveWatch, standstill, type LiveWatchOptions } from './live-watch'
import { checkPad, padStats, splitPad } from '../meter/pad-stats'
import { Meters } from '../meter/meters'
import { pipelinePoints } from '../meter/points'
import { checkMachine, prepare } from './prepare'
import { PushPort } from './push-port'
import { Runner } from './runner'
import type { FramesOptions } from './sinks/sink-stream'
import { SinkStreams } from './sinks/sink-streams'
import type { PipelineStats, RunningPipeline, RunOptions } from './run-types'
import { StateHolder } from './state'
import { elementOf, unknownElement } from './build-error'

const START_TIMEOUT_MS = 10_000
/** A publisher's network may fail for a while. A publisher that vanished does not come back on this connection. */
const STALL_TIMEOUT_MS = 30_000
/** Deadline for end-of-stream to reach all sinks: a part of the 5 s of stop(). */
const END_DEADLINE_MS = 3000
const STOP_DEADLINE_MS = 4800

/** Makes a pipeline of a graph. Nothing happens before start() or the first get(). ERR_GRAPH, ERR_OPTION. */
export function run(graph: Graph, options: RunOptions = {}): RunningPipeline {
  if (!isGraph(graph)) throw badOption('a graph, made by pipeline(), gst`…` or fromJSON()', 'graph', graph)
  const given = checkRecord('options', options, ['logger', 'startTimeout', 'stallTimeout']) as RunOptions
  const logger = checkLogger('logger', given.logger ?? SILENT_LOGGER)
  checkMachine()
  const patienceMs = checkNumber('startTimeout', given.startTimeout ?? START_TIMEOUT_MS, 1, 3_600_000)
  const stallTimeout = checkNumber('stallTimeout', given.stallTimeout ?? STALL_TIMEOUT_MS, 100, Infinity)
  return new EnginePipeline(graph, logger, { patienceMs, stallTimeout })
}

class EnginePipeline implements RunningPipeline, Metered, Introspectable {
  readonly #graph: Graph
  readonly #logger: Logger
  readonly #timeouts: LiveWatchOptions
  readonly #clock: Clock
  readonly #state: StateHolder
  readonly #bus = new Subject<BusMessage>()
  /** Completes with the pipeline, and ends the observables of probe$(). */
  readonly #end = new Subject<never>()
  readonly #sinks: SinkStreams
  readonly #ports = new Map<string, PushPort>()
  readonly #secrets = new Set<string>()
  /** One for each attached monitor, with its choice of pads. */
  readonly #meters: { readonly meters: Meters; readonly where: MeterPadNames; detach: (() => void) | null }[] = []
  /** Whether the source is RTMP. Of other graphs GStreamer itself tells when all of it plays. */
  readonly #isLive: boolean
  #watch: LiveWatch | null = null
  #runner: Runner | null = null
  #started: Deferred<void> | null = null
  /** The end of the streams that stop() waits for. */
  #onEos: (() => void) | null = null
  #over: { readonly error: RxGstError | null } | null = null
  #settling: Promise<void> | null = null
  #stopping: Promise<void> | null = null
  #opened = false

  readonly state$: Observable<StreamState>
  readonly bus$ = this.#bus.asObservable()

  constructor(graph: Graph, logger: Logger, timeouts: LiveWatchOptions, clock: Clock = systemClock) {
    this.#clock = clock
    this.#state = new StateHolder(clock)
    this.state$ = this.#state.state$
    this.#graph = graph
    this.#logger = logger
    this.#timeouts = timeouts
    this.#isLive = isLiveGraph(graph)
    this.#sinks = new SinkStreams(name => this.#element(name), logger)
    for (const secret of graphSecrets(graph)) this.#secrets.add(secret)
    this.state$.subscribe(({ phase }) => {
      for (const { meters } of this.#meters) meters.setPhase(phase)
    })
  }

  get state(): StreamState {
    return this.#state.state
  }

  async start(): Promise<void> {
    if (!this.#state.apply({ type: 'start' })) {
      throw new RxGstError('ERR_ALREADY_STARTED', `start() was called on a pipeline that is ${this.state.phase}`)
    }
    const started = deferred()
    this.#started = started
    try {
      await prepare(this.#graph, factory =>
        unknownElement(factory, this.#graph.elements.find(element => element.factory === factory)!.name),
      )
      if (!this.#over && !this.#stopping) await this.#play()
      await started.promise
    } catch (error) {
      if (!this.#over && !this.#stopping) this.#fail(asRxGstError(error, 'the pipeline could not be built'))
      throw error
    } finally {
      this.#started = null
    }
  }

  async #play(): Promise<void> {
    const runner = this.#build()
    this.#sinks.open(runner)
    for (const [name, port] of this.#ports) port.attach(runner.element(name))
    this.#opened = true
    const ok = await runner.setState('PLAYING')
    // Most often the bus has the reason of a failed start; else this error is all that is known.
    runner.poll()
    if (this.#over || this.#stopping) return
    if (!ok) throw new RxGstError('ERR_STATE_CHANGE', 'the pipeline did not start')
    for (const port of this.#ports.values()) port.open()
    if (this.#isLive) this.#watch = this.#newWatch(runner)
    // A sink behind an appsrc gets its first buffer from a push of the program, which waits for start().
    if (this.#graph.elements.some(({ factory }) => factory === 'appsrc')) this.#live()
    else unref(this.#clock.setTimeout(() => this.#endPatience(), this.#timeouts.patienceMs))
  }

  #newWatch(runner: Runner): LiveWatch {
    const events = { onStarted: () => this.#live(), onDead: (error: RxGstError) => this.#fail(error) }
    return new LiveWatch(this.#graph, runner, events, this.#timeouts, this.#clock)
  }

  /** start() has waited long enough: a source may wait for a peer, as a listening socket does, which is no failure. */
  #endPatience(): void {
    if (!this.#started || this.state.phase !== 'connecting') return
    const waiting = this.#watch?.waiting ?? []
    const still = this.#runner?.standstill() ?? null
    const why = still ? `: ${standstill(still).message}` : waiting.length > 0 ? `; ${waiting.join(', ')} had none` : ''
    const within = `not every sink had a first buffer within ${this.#timeouts.patienceMs} ms`
    this.#logger.warn(`${within}, the pipeline goes on waiting${why}`)
    this.#started.resolve()
  }

  #live(): void {
    if (this.state.phase === 'connecting') this.#state.apply({ type: 'live' })
    this.#started?.resolve()
  }

  /** Builds the pipeline, once: at the start, or earlier for a call that needs it. */
  #build(): Runner {
    if (this.#runner) return this.#runner
    const runner = new Runner(this.#graph, {
      counted: true,
      pushed: true,
      relayed: true,
      secrets: this.#secrets,
      clock: this.#clock,
      logger: this.#logger,
      wasLive: () => this.state.phase === 'live',
      live: this.#isLive,
      // A live graph is in state PLAYING before its first buffer comes.
      onPlaying: () => void (this.#isLive || this.#live()),
      onUnlinked: (pad, caps) => this.#logger.info(`no branch takes the pad ${pad}: ${peerText(caps, this.#secrets)}`),
      onMessage: message => this.#bus.next(busMessage(message, text => runner.mask(text), this.#clock)),
      onError: error => this.#fail(error),
      onEos: () => this.#ended(),
    })
    this.#runner = runner
    for (const each of this.#meters)
      each.detach = each.meters.attach(pipelinePoints(this.#graph, name => runner.element(name), each.where))
    return runner
  }

  /** For StreamMonitor. */
  [METER](metrics: readonly MetricName[], where: MeterPadNames = {}): Meter {
    const meters = new Meters({
      direction: 'pipeline',
      phase: () => this.state.phase,
      dropped: () => ({ queue: this.#sinks.dropped }),
    })
    meters.setPhase(this.state.phase)
    const runner = this.#runner
    // Unknown names throw here, and not later in start().
    meterPads(this.#graph, where)
    const detach =
      runner && !this.#over ? meters.attach(pipelinePoints(this.#graph, name => runner.element(name), where)) : null
    const each = { meters, where, detach }
    this.#meters.push(each)
    const meter = meters.open(metrics)
    return {
      direction: meter.direction,
      read: () => meter.read(),
      close: () => {
        meter.close()
        each.detach?.()
        if (this.#meters.includes(each)) this.#meters.splice(this.#meters.indexOf(each), 1)
      },
    }
  }

  /** For rxgst/gi, which has opened the door. */
  [DOOR](): boolean {
    return !this.#over && !this.#stopping && this.#build().introspect()
  }

  /** The pipeline has failed. */
  #fail(error: RxGstError): void {
    if (this.#over || this.#stopping) return
    this.#logger.error(`${error.code}: ${error.message}`)
    this.#state.apply({ type: 'lost', reason: error.code })
    this.#finish(error)
    this.#settling = this.#runner?.settle(STOP_DEADLINE_MS) ?? null
    this.#started?.reject(error)
  }

  /** Every sink has got end-of-stream. */
  #ended(): void {
    if (this.#onEos) {
      this.#onEos()
      return
    }
    if (this.#over || this.#stopping) return
    this.#live()
    this.#state.apply({ type: 'stop' })
    this.#finish(null)
    this.#settling = (async () => {
      await this.#runner?.settle(STOP_DEADLINE_MS)
      this.#state.apply({ type: 'stopped' })
    })()
  }

  /** Ends all observables and ports; null: without an error. */
  #finish(error: RxGstError | null): void {
    if (this.#over) return
    this.#over = { error }
    this.#watch?.[Symbol.dispose]()
    this.#sinks.end(error)
    for (const port of this.#ports.values()) port.close(error ?? this.#notRunning())
    for (const each of this.#meters) each.detach?.()
    this.#end.complete()
    this.#bus.complete()
  }

  #notRunning(): RxGstError {
    return new RxGstError(
      'ERR_NOT_RUNNING',
      this.state.phase === 'idle' ? 'call start() first' : 'the pipeline was stopped',
    )
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    const from = this.#clock.now()
    const running = this.state.phase === 'live' || this.state.phase === 'connecting'
    this.#started?.reject(new RxGstError('ERR_ABORTED', 'stop() was called before the pipeline was live'))
    if (this.state.phase === 'stopping') await this.#settling
    const stopped = this.state.phase === 'stopped'
    if (!stopped) this.#state.apply({ type: 'stop' })
    const runner = this.#runner
    if (runner && running && this.#opened && runner.wantsEnd) await this.#endStreams(runner)
    this.#finish(null)
    await this.#settling
    await runner?.stop(Math.max(1000, STOP_DEADLINE_MS - (this.#clock.now() - from)))
    this.#runner = null
    if (!stopped) this.#state.apply({ type: 'stopped' })
  }

  /** Lets the pipeline empty itself and end its streams, so that files are complete. */
  async #endStreams(runner: Runner): Promise<void> {
    for (const port of this.#ports.values()) port.close(this.#notRunning())
    const ended = deferred()
    this.#onEos = () => ended.resolve()
    try {
      await withDeadline(
        runner.endSources().then(() => ended.promise),
        END_DEADLINE_MS,
        () => new Error('late'),
        this.#clock,
      )
    } catch {
      this.#logger.warn(`the streams did not end within ${END_DEADLINE_MS} ms: files may be incomplete at the end`)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  frames$(name: string, options: FramesOptions = {}): Observable<VideoFrame> {
    return this.#sinks.frames$(name, options)
  }

  audio$(name: string): Observable<AudioChunk> {
    return this.#sinks.audio$(name)
  }

  packets$(name: string): Observable<Packet> {
    return this.#sinks.packets$(name)
  }

  async push(
    name: string,
    value: VideoFrame | AudioChunk | Packet | PixelBytes,
    options: WriteOptions = {},
  ): Promise<void> {
    return this.#port(name).push(value, options)
  }

  endOfStream(name: string): void {
    this.#port(name).end()
  }

  #port(name: string): PushPort {
    const element = this.#element(name)
    if (element.factory !== 'appsrc') {
      throw new RxGstError('ERR_WRONG_MEDIA', `${name} is a ${element.factory}: a program pushes into an appsrc`, {
        element: name,
      })
    }
    if (this.#over) throw this.#over.error ?? this.#notRunning()
    if (this.state.phase === 'idle' || this.#stopping) throw this.#notRunning()
    let port = this.#ports.get(name)
    if (!port) {
      port = new PushPort(element)
      this.#ports.set(name, port)
      if (this.#opened) port.attach(this.#runner!.element(name))
      if (this.state.phase === 'live') port.open()
    }
    return port
  }

  probe$(pad: string, interval = 250): Observable<PadStats> {
    return new Observable<PadStats>(subscriber => {
      checkNumber('interval', interval, 1, 3_600_000)
      const [name, padName] = splitPad(pad)
      const element = this.#element(name)
      let checked = false
      let last: PadStats | null = null
      const read = (): PadStats => {
        const runner = this.#runner
        if (runner && !checked) {
          checkPad(runner.pads(name), element, padName)
          checked = true
        }
        return (last = padStats(pad, runner?.counts(pad) ?? null, last))
      }
      if (this.#runner) read()
      return snapshots(read, interval, this.#end, this.#clock).subscribe(subscriber)
    })
  }

  get(element: string, property: string): GstValue {
    this.#element(element)
    if (typeof property !== 'string') throw badOption("a property's name", 'property', property)
    return this.#readable().get(element, property)
  }

  set(element: string, props: Props): void {
    const of = this.#element(element)
    const given = givenProps(element, props)
    for (const secret of secretsOf(of, given)) this.#secrets.add(secret)
    this.#readable().set(element, given)
  }

  /** The pipeline for get(), set() and toDot(): also before its start and after its end, but not after stop(). */
  #readable(): Runner {
    if (this.#stopping) throw this.#notRunning()
    return this.#build()
  }

  toDot(): string {
    return this.#readable().toDot()
  }

  stats(): PipelineStats {
    const sources = Object.fromEntries([...this.#ports].map(([name, port]) => [name, port.stats()]))
    return { droppedMessages: this.#runner?.droppedMessages ?? 0, sinks: this.#sinks.stats(), sources }
  }

  #element(name: string): GraphElement {
    return elementOf(this.#graph, name)
  }
}
