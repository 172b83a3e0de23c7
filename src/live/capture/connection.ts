import { systemClock, type Clock } from '../../core/clock'
import { RxGstError } from '../../core/errors'
import type { ResolvedCaptureOptions } from '../options'
import type { StateHolder } from '../../engine/state'
import type { Transport } from '../../pipelines/transport'
import { ReconnectMachine, type Verdict } from '../reconnect/reconnect-machine'

/** One connection, as far as who keeps the capture connected cares: an Ingest. */
export interface Attempt {
  readonly transport: Transport
  /** Whether media is there, and so that it may go live. */
  readonly ready: boolean
  /** Why it is not live although media comes; null: none does. */
  readonly overdue?: RxGstError | null
  /** Whether stop() is through; promises do not tell while a blocking iterator holds the event loop. */
  readonly stopped: boolean
  /** Everything else comes by the events. `blocking`: the event loop does not turn, so nothing may wait for it. */
  start(blocking: boolean): void
  setLive(): void
  /** Hears what the pipeline has to say. */
  poll(): void
  /** Blocks the JS thread until media is there, at most `ms`. */
  wait(ms: number, kind: 'picture' | 'audio'): void
  stop(): Promise<void>
}

export interface AttemptEvents {
  /** Pictures or sound wait. */
  onMedia(): void
  /** It is over: an error, or null for the end of the stream. */
  onLost(error: RxGstError | null): void
  /** A live one whose bytes stand still. */
  onStall(error: RxGstError): void
  /** They move again. */
  onFlow(): void
}

export interface ConnectionEvents<A> {
  onLive(attempt: A): void
  onMedia(attempt: A): void
  /** Nothing comes, and perhaps nothing will. */
  onPause(): void
  /** A live connection is gone; `attempt` still holds what it has brought. */
  onLost(attempt: A): void
  /** An attempt takes its leave, live or not. */
  onRetired(attempt: A): void
  /** For good. */
  onFailed(error: RxGstError): void
}

export interface ConnectionOptions<A> {
  readonly options: Pick<ResolvedCaptureOptions, 'transport' | 'reconnect' | 'connectTimeout' | 'logger'>
  readonly state: StateHolder
  /** How the log calls it. */
  readonly name: string
  readonly make: (transport: Transport, events: AttemptEvents) => A
  /** Whether another transport may understand the server better. */
  readonly notUnderstood: (error: RxGstError, attempt: A) => boolean
  /** Whether what failed was ours, and another has taken its place for the next attempt, which begins at once. */
  readonly replaced: (error: RxGstError) => boolean
  readonly events: ConnectionEvents<A>
  readonly clock?: Clock
  readonly random?: () => number
}

/**
 * Keeps a capture connected. When a connection is followed by another one is the machine's to decide; what is a
 * capture's own is here: which transport the next one uses, decoders that failed, and iterators that block the event
 * loop, which the machine is then driven from.
 */
export class CaptureConnection<A extends Attempt> {
  readonly #options: ConnectionOptions<A>
  readonly #clock: Clock
  readonly #machine: ReconnectMachine<A>
  #transport: Transport
  /** That of the next connection alone. */
  #instead: Transport | null = null
  #blocking = false

  constructor(options: ConnectionOptions<A>) {
    const { transport, reconnect, connectTimeout, logger } = options.options
    const { events, state, name, clock = systemClock, random = Math.random } = options
    this.#options = options
    this.#clock = clock
    this.#transport = transport === 'librtmp' ? 'librtmp' : 'rtmp2'
    this.#machine = new ReconnectMachine<A>({
      state,
      reconnect,
      retriesFirst: reconnect?.first ?? false,
      attemptTimeout: connectTimeout,
      logger,
      name,
      clock,
      random,
      make: () => this.#make(),
      start: attempt => attempt.start(this.#blocking),
      stop: attempt => attempt.stop(),
      isStopped: attempt => {
        if (this.#blocking) attempt.poll()
        return attempt.stopped
      },
      look: attempt => {
        attempt.poll()
        this.#onMedia(attempt)
      },
      overdue: (attempt, ms) =>
        attempt.overdue ?? new RxGstError('ERR_CONNECT_TIMEOUT', `no media from ${name} within ${Math.round(ms)} ms`),
      judge: (error, attempt, wasLive) => this.#judge(error, attempt, wasLive),
      onLive: attempt => {
        this.#transport = attempt.transport
        attempt.setLive()
        events.onLive(attempt)
      },
      onPause: () => events.onPause(),
      onLost: attempt => events.onLost(attempt),
      onRetired: attempt => events.onRetired(attempt),
      onFailed: error => events.onFailed(error),
    })
  }

  /** The connection of the moment, live or not. */
  get attempt(): A | null {
    return this.#machine.attempt
  }

  start(): void {
    this.#machine.begin()
    this.#machine.connect()
  }

  #make(): A {
    const { make, name } = this.#options
    const attempt: A = make(this.#instead ?? this.#transport, {
      onMedia: () => this.#onMedia(attempt),
      onLost: error => {
        // A short stream may come and end in one turn of the event loop: it was live all the same.
        if (error === null && !this.#machine.isLive(attempt)) this.#onMedia(attempt)
        const end = `${name} ended: its publisher or the server closed it`
        this.#machine.lost(attempt, error ?? new RxGstError('ERR_STREAM_ENDED', end))
      },
      onStall: error => this.#machine.stalled(attempt, error),
      onFlow: () => this.#machine.flows(attempt),
    })
    this.#instead = null
    return attempt
  }

  #onMedia(attempt: A): void {
    if (attempt !== this.#machine.attempt) return
    if (!this.#machine.isLive(attempt)) {
      if (!attempt.ready) return
      this.#machine.live(attempt)
    }
    this.#options.events.onMedia(attempt)
  }

  #judge(error: RxGstError, attempt: A, wasLive: boolean): Verdict {
    const { transport } = attempt
    const { options, name, notUnderstood, replaced } = this.#options
    if (!wasLive && transport === 'rtmp2' && notUnderstood(error, attempt)) {
      options.logger.warn(`${name}: ${error.message}; trying librtmp`)
      this.#instead = 'librtmp'
      return 'instead'
    }
    if (replaced(error)) {
      this.#instead = transport
      return 'replace'
    }
    // Whoever answers there now may be another server.
    if (!wasLive) this.#transport = options.transport === 'librtmp' ? 'librtmp' : 'rtmp2'
    // That a live stream ends is no reason why it should not begin again.
    return error.retryable || error.code === 'ERR_STREAM_ENDED' ? 'retry' : 'final'
  }

  /** Whatever has happened meanwhile: the event loop may have been held up. */
  look(): void {
    this.#machine.look()
  }

  /**
   * The blocking iterators' turn: lets time pass until there is media of this kind, at most `ms`, and does what is due.
   */
  wait(ms: number, kind: 'picture' | 'audio'): void {
    this.#blocking = true
    try {
      const from = this.#clock.now()
      const { attempt } = this.#machine
      if (attempt) attempt.wait(ms, kind)
      this.#machine.reap()
      if (attempt && attempt === this.#machine.attempt) this.#onMedia(attempt)
      else if (this.#clock.now() - from < 1) pause(Math.min(ms, SHORT_PAUSE))
      this.#machine.tick()
    } finally {
      this.#blocking = false
    }
  }

  /** Resolves when everything of it has stopped, within the deadline of each. Idempotent. */
  stop(): Promise<void> {
    return this.#machine.stop()
  }
}

/** ms; what a pipeline takes to stop. */
const SHORT_PAUSE = 5

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
