import '../../core/dispose'
import { Subject, type Observable } from 'rxjs'
import { badOption } from '../../core/check'
import { systemClock, unref, type Clock } from '../../core/clock'
import { deferred, type Deferred } from '../../core/deferred'
import { asRxGstError, RxGstError } from '../../core/errors'
import { METER, type Meter, type Metered, type MeterPadNames } from '../../meter/meter'
import type { MetricName } from '../../meter/metrics'
import type { AudioChunk, Logger, PixelBytes, StreamState, VideoFrame, WriteOptions } from '../../core/types'
import type { BusMessage, Packet, PadStats } from '../../core/pipeline-types'
import { DOOR, type Introspectable } from '../../addon/door'
import type { Graph, GraphElement, GstValue, Props } from '../../pipelines/graph/graph'
import { graphSecrets } from '../../pipelines/graph/secrets'
import { givenProps, secretsOf } from './given-props'
import { KeptProps } from './kept-props'
import { PadProbes } from './pad-probes'
import { PipelineMeters } from './pipeline-meters'
import { prepare } from '../prepare'
import type { PushPort } from './push-port'
import { PushPorts } from './push-ports'
import { ReconnectMachine } from '../reconnect/reconnect-machine'
import { isRetryable } from './retryable'
import { RunAttempt } from './run-attempt'
import type { Runner } from '../runner'
import type { FramesOptions } from '../sinks/sink-stream'
import { SinkStreams } from '../sinks/sink-streams'
import type { PipelineStats, ResolvedRunOptions, RunningPipeline } from './run-types'
import { StateHolder } from '../state'
import { elementOf, unknownElement } from '../build-error'

/** Deadline for end-of-stream to reach all sinks: a part of the 5 s of stop(). */
const END_DEADLINE_MS = 3000
const STOP_DEADLINE_MS = 4800

/** See RunningPipeline. JS thread. */
export class EnginePipeline implements RunningPipeline, Metered, Introspectable {
  readonly #graph: Graph
  readonly #options: ResolvedRunOptions
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #state: StateHolder
  readonly #machine: ReconnectMachine<RunAttempt>
  readonly #bus = new Subject<BusMessage>()
  readonly #sinks: SinkStreams
  readonly #probes: PadProbes
  readonly #meters: PipelineMeters
  readonly #ports: PushPorts
  readonly #props = new KeptProps()
  readonly #secrets = new Set<string>()
  /** The present pipeline, or the last one; null: nobody has asked for it. */
  #attempt: RunAttempt | null = null
  /** When the first pipeline began to play; null: none has. */
  #beganAt: number | null = null
  /** What is added to the running times of the present pipeline, µs. */
  #offsetUs = 0
  #wasLive = false
  #reconnects = 0
  #droppedMessages = 0
  #started: Deferred<void> | null = null
  #over: { readonly error: RxGstError | null } | null = null
  #settling: Promise<void> | null = null
  #stopping: Promise<void> | null = null

  readonly state$: Observable<StreamState>
  readonly bus$ = this.#bus.asObservable()

  constructor(graph: Graph, options: ResolvedRunOptions, clock: Clock = systemClock) {
    const { logger, reconnect, patienceMs } = options
    this.#clock = clock
    this.#state = new StateHolder(clock)
    this.state$ = this.#state.state$
    this.#graph = graph
    this.#logger = logger
    this.#options = options
    this.#sinks = new SinkStreams(name => this.#element(name), logger)
    this.#probes = new PadProbes({
      element: name => this.#element(name),
      runner: () => this.#attempt?.built ?? null,
      clock,
    })
    this.#ports = new PushPorts(reconnect !== null)
    const phase = () => this.state.phase
    this.#meters = new PipelineMeters(graph, phase, () => this.#sinks.dropped)
    for (const secret of graphSecrets(graph)) this.#secrets.add(secret)
    this.state$.subscribe(({ phase }) => this.#meters.setPhase(phase))
    this.#machine = new ReconnectMachine<RunAttempt>({
      state: this.#state,
      reconnect,
      retriesFirst: reconnect?.first ?? false,
      attemptTimeoutMs: patienceMs,
      logger,
      name: 'the pipeline',
      clock,
      random: Math.random,
      make: () => this.#next(),
      start: attempt => void attempt.play(),
      stop: attempt => attempt.settle(STOP_DEADLINE_MS),
      look: attempt => attempt.poll(),
      overdue: (attempt, ms) => new RxGstError('ERR_CONNECT_TIMEOUT', attempt.late(ms)),
      judge: error => {
        const ended = error.code === 'ERR_STREAM_ENDED' && options.atEnd === 'retry'
        return ended || isRetryable(error) ? 'retry' : 'final'
      },
      onLive: () => this.#onLive(),
      onRetired: attempt => this.#onRetired(attempt),
      onFailed: error => this.#failed(error),
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
      if (!this.#over && !this.#stopping) {
        this.#machine.begin()
        this.#machine.connect()
      }
      await started.promise
    } catch (error) {
      if (!this.#over && !this.#stopping) {
        const reason = asRxGstError(error, 'the pipeline could not be built')
        this.#state.apply({ type: 'lost', reason: reason.code })
        this.#failed(reason)
      }
      throw error
    } finally {
      this.#started = null
    }
  }

  /**
   * start() does not wait for ever: a source may wait for a peer, as a listening socket does, which is no failure.
   * Where the first pipeline is tried again, the machine has its deadline.
   */
  #bePatient(attempt: RunAttempt): void {
    const { patienceMs, reconnect } = this.#options
    if (reconnect?.first) return
    const onLate = (): void => {
      if (!this.#started || this.state.phase !== 'connecting') return
      this.#logger.warn(`the pipeline goes on waiting: ${attempt.late(patienceMs)}`)
      this.#started.resolve()
    }
    unref(this.#clock.setTimeout(onLate, patienceMs))
  }

  /** The next pipeline: the present one, where nothing has played yet. */
  #next(): RunAttempt {
    const last = this.#attempt
    if (last === null || last.over) {
      if (last?.built) {
        this.#droppedMessages += last.built.droppedMessages
        void last.stop(STOP_DEADLINE_MS)
      }
      this.#attempt = this.#newAttempt(last !== null)
    }
    return this.#attempt!
  }

  /** @param again whether another one was there before */
  #newAttempt(again: boolean): RunAttempt {
    const attempt: RunAttempt = new RunAttempt({
      graph: this.#graph,
      logger: this.#logger,
      secrets: this.#secrets,
      timeouts: this.#options,
      clock: this.#clock,
      events: {
        onBuilt: runner => {
          if (again) this.#props.apply(runner, this.#logger)
          this.#meters.attach(runner)
        },
        onOpen: runner => this.#open(runner),
        onPlaying: () => {
          this.#ports.open(again)
          if (!again) this.#bePatient(attempt)
        },
        onLive: () => this.#machine.live(attempt),
        onMessage: message => this.#bus.next(message),
        onFailed: error => void (this.#stopping || this.#machine.lost(attempt, error)),
        onEnded: () => this.#ended(attempt),
      },
    })
    return attempt
  }

  #open(runner: Runner): void {
    const now = this.#clock.now()
    this.#beganAt ??= now
    this.#offsetUs = Math.max(this.#offsetUs, Math.round((now - this.#beganAt) * 1000))
    this.#probes.open(this.#offsetUs)
    this.#sinks.open(runner, { offsetUs: this.#offsetUs, goesOn: this.#options.reconnect !== null })
    this.#ports.attach(runner)
  }

  #onLive(): void {
    if (this.#wasLive) this.#reconnects++
    this.#wasLive = true
    this.#started?.resolve()
  }

  /** A pipeline that is lost goes, and another one may follow. */
  #onRetired({ built }: RunAttempt): void {
    if (this.#over || this.#stopping || !built) return
    // Timestamps never go back, though a pipeline may run faster than time.
    const last = this.#sinks.lastRunning(built)
    if (last !== null) this.#offsetUs += last + 1
    this.#probes.keep(built)
    this.#sinks.lose()
    this.#ports.detach()
    this.#meters.detach()
  }

  /** For StreamMonitor. */
  [METER](metrics: readonly MetricName[], where: MeterPadNames = {}): Meter {
    const attempt = this.#attempt
    return this.#meters.open(metrics, where, attempt && !attempt.over && !this.#over ? attempt.built : null)
  }

  /** For rxgst/gi, which has opened the door. */
  [DOOR](): boolean {
    return !this.#over && !this.#stopping && this.#present().runner.introspect()
  }

  /** The pipeline has failed: the state says so already. */
  #failed(error: RxGstError): void {
    if (this.#over) return
    this.#logger.error(`${error.code}: ${error.message}`)
    this.#finish(error)
    this.#started?.reject(error)
  }

  /** Every sink has got end-of-stream. */
  #ended(attempt: RunAttempt): void {
    if (this.#over || this.#stopping || attempt !== this.#machine.attempt) return
    // A short stream may come and end in one turn of the event loop.
    this.#machine.live(attempt)
    if (this.#options.atEnd === 'retry') {
      this.#machine.lost(attempt, new RxGstError('ERR_STREAM_ENDED', 'every stream of the graph has ended'))
      return
    }
    this.#machine.halt()
    this.#state.apply({ type: 'stop' })
    this.#finish(null)
    this.#settling = (async () => {
      await attempt.settle(STOP_DEADLINE_MS)
      this.#state.apply({ type: 'stopped' })
    })()
  }

  /** Ends all observables and ports; null: without an error. */
  #finish(error: RxGstError | null): void {
    if (this.#over) return
    this.#over = { error }
    this.#attempt?.halt()
    this.#sinks.end(error)
    this.#ports.close(error ?? this.#notRunning())
    this.#meters.detach()
    this.#probes.end()
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
    const { phase } = this.state
    const attempt = this.#attempt
    const running = phase === 'live' || phase === 'connecting' || attempt?.playing === true
    this.#machine.halt()
    this.#started?.reject(new RxGstError('ERR_ABORTED', 'stop() was called before the pipeline was live'))
    if (phase === 'stopping') await this.#settling
    const stopped = this.state.phase === 'stopped'
    if (!stopped) this.#state.apply({ type: 'stop' })
    if (running && attempt?.opened && attempt.runner.wantsEnd) await this.#endStreams(attempt)
    this.#finish(null)
    await this.#settling
    const ended = attempt?.stop(Math.max(1000, STOP_DEADLINE_MS - (this.#clock.now() - from)))
    await Promise.all([ended, this.#machine.stop()])
    if (!stopped) this.#state.apply({ type: 'stopped' })
  }

  /** Lets the pipeline empty itself and end its streams, so that files are complete. */
  async #endStreams(attempt: RunAttempt): Promise<void> {
    this.#ports.close(this.#notRunning())
    if (await attempt.endStreams(END_DEADLINE_MS)) return
    this.#logger.warn(`the streams did not end within ${END_DEADLINE_MS} ms: files may be incomplete at the end`)
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
    return this.#ports.port(element)
  }

  probe$(pad: string, interval = 250): Observable<PadStats> {
    return this.#probes.probe$(pad, interval)
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
    if (this.#options.reconnect) this.#props.keep(element, given)
  }

  /**
   * The pipeline for get(), set() and toDot(): also before its start, between two of them, and after its end, but not
   * after stop().
   */
  #readable(): Runner {
    if (this.#stopping) throw this.#notRunning()
    return this.#present().runner
  }

  #present(): RunAttempt {
    return (this.#attempt ??= this.#newAttempt(false))
  }

  toDot(): string {
    return this.#readable().toDot()
  }

  stats(): PipelineStats {
    const droppedMessages = this.#droppedMessages + (this.#attempt?.built?.droppedMessages ?? 0)
    return { reconnects: this.#reconnects, droppedMessages, sinks: this.#sinks.stats(), sources: this.#ports.stats() }
  }

  #element(name: string): GraphElement {
    return elementOf(this.#graph, name)
  }
}
