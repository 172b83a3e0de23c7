import type { Clock } from '../../core/clock'
import { withDeadline } from '../../core/deadline'
import { deferred, type Deferred } from '../../core/deferred'
import { asRxGstError, RxGstError } from '../../core/errors'
import { peerText } from '../../core/peer-text'
import type { BusMessage } from '../../core/pipeline-types'
import type { Logger } from '../../core/types'
import type { Graph } from '../../pipelines/graph/graph'
import { isLiveGraph } from '../../pipelines/live'
import { busMessage } from '../bus-message'
import { LiveWatch, standstill, type LiveWatchOptions } from '../live-watch'
import { Runner } from '../runner'

export interface RunAttemptOptions {
  readonly graph: Graph
  readonly logger: Logger
  /** Read for each text, since more may become known meanwhile. */
  readonly secrets: ReadonlySet<string>
  readonly timeouts: LiveWatchOptions
  readonly clock: Clock
  readonly events: RunAttemptEvents
}

export interface RunAttemptEvents {
  /** All elements are made, at the start or for an earlier reader. */
  onBuilt(runner: Runner): void
  /** The pipeline is about to play. */
  onOpen(runner: Runner): void
  /** It takes data. */
  onPlaying(): void
  /** Media flows. May come more than once. */
  onLive(): void
  onMessage(message: BusMessage): void
  /** It has not begun, or has failed. */
  onFailed(error: RxGstError): void
  /** Every sink has got end-of-stream. */
  onEnded(): void
}

/** The pipeline of a graph, once: from its elements to its stop. */
export class RunAttempt {
  readonly #options: RunAttemptOptions
  /** Whether the source is RTMP. Of other graphs GStreamer itself tells when all of it plays. */
  readonly #isRtmp: boolean
  #runner: Runner | null = null
  #watch: LiveWatch | null = null
  #live = false
  #opened = false
  #playing = false
  #over = false
  /** The end of the streams that a stop waits for. */
  #ending: Deferred<void> | null = null

  constructor(options: RunAttemptOptions) {
    this.#options = options
    this.#isRtmp = isLiveGraph(options.graph)
  }

  /** Builds the pipeline, once: at the start, or earlier for a call that needs it. ERR_GRAPH and its like. */
  get runner(): Runner {
    return this.#runner ?? this.#build()
  }

  /** null: it has not been built. */
  get built(): Runner | null {
    return this.#runner
  }

  /** Whether data may have flowed. */
  get opened(): boolean {
    return this.#opened
  }

  /** Whether it takes data. */
  get playing(): boolean {
    return this.#playing && !this.#over
  }

  get over(): boolean {
    return this.#over
  }

  #build(): Runner {
    const { graph, secrets, clock, logger, events } = this.#options
    const runner = new Runner(graph, {
      counted: true,
      pushed: true,
      relayed: true,
      secrets,
      clock,
      logger,
      wasLive: () => this.#live,
      live: this.#isRtmp,
      // A live graph is in state PLAYING before its first buffer comes.
      onPlaying: () => void (this.#isRtmp || this.#onLive()),
      onUnlinked: (pad, caps) => logger.info(`no branch takes the pad ${pad}: ${peerText(caps, secrets)}`),
      onMessage: message => events.onMessage(busMessage(message, text => runner.mask(text), clock)),
      onError: error => events.onFailed(error),
      onEos: () => (this.#ending ? this.#ending.resolve() : events.onEnded()),
    })
    this.#runner = runner
    events.onBuilt(runner)
    return runner
  }

  #onLive(): void {
    this.#live = true
    this.#options.events.onLive()
  }

  /** Plays; events report the rest. */
  async play(): Promise<void> {
    const { events, graph } = this.#options
    try {
      const { runner } = this
      events.onOpen(runner)
      this.#opened = true
      const ok = await runner.setState('PLAYING')
      // Most often the bus has the reason of a failed start; else this error is all that is known.
      runner.poll()
      if (this.#over) return
      if (!ok) throw new RxGstError('ERR_STATE_CHANGE', 'the pipeline did not start')
      this.#playing = true
      events.onPlaying()
      if (this.#isRtmp) this.#watch = this.#newWatch(runner)
      // A sink behind an appsrc gets its first buffer from a push of the program, which waits for start().
      if (graph.elements.some(({ factory }) => factory === 'appsrc')) this.#onLive()
    } catch (error) {
      if (!this.#over) events.onFailed(asRxGstError(error, 'the pipeline could not be built'))
    }
  }

  #newWatch(runner: Runner): LiveWatch {
    const { graph, timeouts, clock, events } = this.#options
    const watched = { onStarted: () => this.#onLive(), onDead: (error: RxGstError) => events.onFailed(error) }
    return new LiveWatch(graph, runner, watched, timeouts, clock)
  }

  /** That it is not live after `ms`, and what it waits for. */
  late(ms: number): string {
    const within = `not every sink had a first buffer within ${Math.round(ms)} ms`
    const still = this.#runner?.standstill() ?? null
    if (still) return `${within}: ${standstill(still).message}`
    const waiting = this.#watch?.waiting ?? []
    return waiting.length > 0 ? `${within}; ${waiting.join(', ')} had none` : within
  }

  /** Reads what the bus has to report. */
  poll(): void {
    if (this.#opened && !this.#over) this.#runner?.poll()
  }

  /** Ends the streams of all sources. False: the end has not come to all sinks within the deadline. */
  async endStreams(deadlineMs: number): Promise<boolean> {
    const ending = deferred()
    this.#ending = ending
    const ended = this.runner.endSources().then(() => ending.promise)
    try {
      await withDeadline(ended, deadlineMs, () => new Error('late'), this.#options.clock)
      return true
    } catch {
      return false
    }
  }

  /** It has had its time: what it begins now begins nothing. */
  halt(): void {
    this.#over = true
    this.#watch?.[Symbol.dispose]()
  }

  /** Stops the pipeline, within a deadline; its elements can still be read, until stop(). */
  settle(deadlineMs: number): Promise<void> {
    this.halt()
    return this.#runner?.settle(deadlineMs) ?? Promise.resolve()
  }

  stop(deadlineMs: number): Promise<void> {
    this.halt()
    return this.#runner?.stop(deadlineMs) ?? Promise.resolve()
  }
}
