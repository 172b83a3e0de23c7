import { systemClock, type Clock } from '../../core/clock'
import { RxGstError } from '../../core/errors'
import type { ResolvedCaptureOptions } from '../options'
import type { StateHolder } from '../../engine/state'
import { ReconnectMachine } from '../../engine/reconnect/reconnect-machine'
import type { Verdict } from '../../engine/reconnect/reconnect-options'

/** One connection, as CaptureConnection sees it: an Ingest. */
export interface Attempt {
  /** Whether media is there, so that it may go live. */
  readonly ready: boolean
  /** Why it is not live although media comes; null: no media comes. */
  readonly overdue?: RxGstError | null
  /** Whether stop() is done. While a blocking iterator holds the event loop, no promise can tell it. */
  readonly stopped: boolean
  /**
   * Begins to connect; events report the rest. `blocking`: the event loop does not turn, so nothing may wait for it.
   */
  start(blocking: boolean): void
  setLive(): void
  /** Reads what the pipeline has to report. */
  poll(): void
  /** Blocks the JS thread until media of this kind is there, at most `ms`. */
  wait(ms: number, kind: 'picture' | 'audio'): void
  stop(): Promise<void>
}

export interface AttemptEvents {
  /** Pictures or sound wait to be taken. */
  onMedia(): void
  /** The connection is over: an error, or null for the end of the stream. */
  onLost(error: RxGstError | null): void
  /** The bytes of a live connection stand still. */
  onStall(error: RxGstError): void
  /** The bytes move again. */
  onFlow(): void
}

export interface ConnectionEvents<A> {
  onLive(attempt: A): void
  onMedia(attempt: A): void
  /** Nothing comes now. */
  onPause(): void
  /** A live connection is lost; `attempt` still holds its media. */
  onLost(attempt: A): void
  /** A connection is given up, live or not. */
  onRetired(attempt: A): void
  /** The capture has failed: no further attempt follows. */
  onFailed(error: RxGstError): void
  /** The input has ended as it should: no further attempt follows. */
  onEnded?(error: RxGstError): void
}

export interface ConnectionOptions<A> {
  readonly options: Pick<ResolvedCaptureOptions, 'reconnect' | 'connectTimeout' | 'logger'>
  readonly state: StateHolder
  /** The stream's name in the log. */
  readonly name: string
  readonly make: (events: AttemptEvents) => A
  /** Whether the decoder failed and another one has taken its place, so that the next attempt begins at once. */
  readonly replaced: (error: RxGstError, attempt: A) => boolean
  /** What follows the end of a live stream. Default 'retry': it may begin again. */
  readonly atEnd?: 'retry' | 'end' | 'replace'
  /** Whether an error may go away by another connection. Default true. */
  readonly retries?: boolean
  readonly events: ConnectionEvents<A>
  readonly clock?: Clock
  readonly random?: () => number
}

/**
 * The connections of a capture. The ReconnectMachine decides when one follows another. This class knows the rest: what
 * a failed decoder means, and how blocking iterators drive the machine while the event loop does not turn.
 */
export class CaptureConnection<A extends Attempt> {
  readonly #options: ConnectionOptions<A>
  readonly #clock: Clock
  readonly #machine: ReconnectMachine<A>
  #blocking = false

  constructor(options: ConnectionOptions<A>) {
    const { reconnect, connectTimeout, logger } = options.options
    const { events, state, name, clock = systemClock, random = Math.random } = options
    this.#options = options
    this.#clock = clock
    this.#machine = new ReconnectMachine<A>({
      state,
      reconnect,
      retriesFirst: reconnect?.first ?? false,
      attemptTimeoutMs: connectTimeout,
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
      judge: (error, attempt) => this.#judge(error, attempt),
      onLive: attempt => {
        attempt.setLive()
        events.onLive(attempt)
      },
      onPause: () => events.onPause(),
      onLost: attempt => events.onLost(attempt),
      onRetired: attempt => events.onRetired(attempt),
      onFailed: error => events.onFailed(error),
      onEnded: error => events.onEnded?.(error),
    })
  }

  /** The present connection, live or not. */
  get attempt(): A | null {
    return this.#machine.attempt
  }

  /** How many connections in a row were short-lived. */
  get shortLives(): number {
    return this.#machine.shortLives
  }

  start(): void {
    this.#machine.begin()
    this.#machine.connect()
  }

  #make(): A {
    const { make, name, atEnd = 'retry' } = this.#options
    const attempt: A = make({
      onMedia: () => this.#onMedia(attempt),
      onLost: error => {
        // A short stream may come and end in one turn of the event loop: it goes live before it is lost.
        const cut = error === null || error.code === 'ERR_CONNECTION_LOST'
        if (cut && !this.#machine.isLive(attempt)) this.#onMedia(attempt)
        // It begins again by itself: no loss.
        if (error === null && this.#options.atEnd === 'replace' && this.#machine.isLive(attempt))
          return this.#machine.renew(attempt)
        const end = `${name} ended${atEnd === 'retry' ? ': its publisher or the server closed it' : ''}`
        this.#machine.lost(attempt, error ?? new RxGstError('ERR_STREAM_ENDED', end))
      },
      onStall: error => this.#machine.stalled(attempt, error),
      onFlow: () => this.#machine.flows(attempt),
    })
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

  #judge(error: RxGstError, attempt: A): Verdict {
    if (this.#options.replaced(error, attempt)) return 'replace'
    const { atEnd = 'retry', retries = true, options } = this.#options
    if (error.code === 'ERR_STREAM_ENDED' && atEnd === 'retry') return 'retry'
    if (error.code === 'ERR_STREAM_ENDED' && options.reconnect?.finalDelay === undefined) return 'end'
    return error.retryable && retries ? 'retry' : 'final'
  }

  /** Reads what has happened while the event loop was blocked. */
  look(): void {
    this.#machine.look()
  }

  /**
   * For blocking iterators: blocks until media of this kind is there, at most `ms`, and acts on deadlines that are due.
   */
  wait(ms: number, kind: 'picture' | 'audio'): void {
    this.#blocking = true
    try {
      const from = this.#clock.now()
      const { attempt } = this.#machine
      if (attempt) attempt.wait(ms, kind)
      this.#machine.reap()
      if (attempt && attempt === this.#machine.attempt) this.#onMedia(attempt)
      else if (this.#clock.now() - from < 1) pause(Math.min(ms, STOP_PAUSE_MS))
      this.#machine.tick()
    } finally {
      this.#blocking = false
    }
  }

  /** Resolves when all connections have stopped, each within its deadline. Idempotent. */
  stop(): Promise<void> {
    return this.#machine.stop()
  }
}

/** About the time that a pipeline needs to stop. */
const STOP_PAUSE_MS = 5

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
