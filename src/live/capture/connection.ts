import { systemClock, type Clock } from '../../core/clock'
import { RxGstError } from '../../core/errors'
import type { ResolvedCaptureOptions, ResolvedReconnect } from '../options'
import type { StateHolder } from '../../engine/state'
import { HEALTHY, nextRetry } from '../../core/retry'
import type { Transport } from '../../pipelines/transport'

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
  wait(ms: number, kind: 'picture' | 'sound'): void
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
  readonly notUnderstood: (error: RxGstError | null) => boolean
  /** Whether what failed was ours, and another has taken its place for the next attempt, which begins at once. */
  readonly replaced: (error: RxGstError) => boolean
  readonly events: ConnectionEvents<A>
  readonly clock?: Clock
  readonly random?: () => number
}

/**
 * A connection that stands still is left in place for at least so long, ms: a publisher that was away for a moment, or
 * a process that was, goes on by itself.
 */
const STALL_GRACE = 250

/**
 * Keeps a capture connected: the first connection may fail once (with `reconnect.first` it is tried like any other),
 * from the first live one on a loss is followed by attempts, as `reconnect` says. A connection that is silent, but not
 * gone, stays until the next attempt begins: the publisher may come back on it. Everything is decided in tick(), which
 * a timer calls, or a blocking iterator's wait.
 */
export class CaptureConnection<A extends Attempt> {
  readonly #options: ConnectionOptions<A>
  readonly #clock: Clock
  readonly #random: () => number
  #attempt: A | null = null
  readonly #leaving = new Map<A, Promise<void>>()
  #transport: Transport
  #blocking = false
  #wasLive = false
  #over = false
  /** `attempt` is live, or was and stands still. */
  #isSource = false
  /** Attempts since it was last live for long. */
  #failures = 0
  /** When it was last live, or start() was called; null while it is. */
  #downSince: number | null = null
  #liveSince = 0
  #retryAt: number | null = null
  #deadline: number | null = null
  #reason: RxGstError | null = null
  #timer: unknown = null
  /** The attempt that begins takes the place of one that was ours to fail: it has its whole time. */
  #replacing = false
  /** ms that the present attempt has to become live. */
  #allowed = 0

  constructor(options: ConnectionOptions<A>) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.#transport = this.#first
  }

  get #first(): Transport {
    return this.#options.options.transport === 'librtmp' ? 'librtmp' : 'rtmp2'
  }

  /** The connection of the moment, live or not. */
  get attempt(): A | null {
    return this.#attempt
  }

  start(): void {
    this.#downSince = this.#clock.now()
    this.#connect(this.#transport)
  }

  #connect(transport: Transport): void {
    const attempt: A = this.#options.make(transport, {
      onMedia: () => this.#onMedia(attempt),
      onLost: error => this.#onLost(attempt, error),
      onStall: error => this.#onStall(attempt, error),
      onFlow: () => this.#onFlow(attempt),
    })
    this.#attempt = attempt
    // A first one that is not tried again has its deadline from who called start().
    const { connectTimeout } = this.#options.options
    this.#allowed = this.#replacing ? connectTimeout : Math.min(connectTimeout, this.#timeLeft())
    if (this.#wasLive || this.#policy) this.#deadline = this.#clock.now() + this.#allowed
    this.#replacing = false
    this.#arm()
    attempt.start(this.#blocking)
  }

  #timeLeft(): number {
    return Math.max(0, (this.#options.options.reconnect?.giveUpAfter ?? 0) - this.#downFor())
  }

  #downFor(): number {
    return this.#downSince === null ? 0 : this.#clock.now() - this.#downSince
  }

  get #live(): boolean {
    return this.#downSince === null
  }

  /** How a connection that is lost, or does not come about, is followed by another; null: it is not. */
  get #policy(): ResolvedReconnect | null {
    const { reconnect } = this.#options.options
    return this.#wasLive || reconnect?.first ? reconnect : null
  }

  #onMedia(attempt: A): void {
    if (attempt !== this.#attempt) return
    if (!this.#isSource) {
      if (!attempt.ready) return
      this.#goLive(attempt)
    }
    this.#options.events.onMedia(attempt)
  }

  #goLive(attempt: A): void {
    this.#isSource = true
    this.#wasLive = true
    this.#transport = attempt.transport
    attempt.setLive()
    this.#recover()
    this.#options.events.onLive(attempt)
    this.#options.state.apply({ type: 'live' })
  }

  #recover(): void {
    this.#downSince = null
    this.#liveSince = this.#clock.now()
    this.#retryAt = null
    this.#deadline = null
    this.#arm()
  }

  #onFlow(attempt: A): void {
    if (attempt !== this.#attempt || this.#live) return
    this.#recover()
    this.#options.state.apply({ type: 'live' })
    this.#options.options.logger.info(`${this.#options.name} goes on`)
  }

  #onStall(attempt: A, error: RxGstError): void {
    if (attempt !== this.#attempt || !this.#live) return
    if (!this.#options.options.reconnect) return this.#onLost(attempt, error)
    this.#goDown()
    this.#plan(error, 'stall')
    if (!this.#over) this.#options.events.onPause()
  }

  /** No outage of the peer's: it counts as no failure, and is not waited for. */
  #replace({ transport }: A, error: RxGstError): void {
    const wasSource = this.#isSource
    this.#goDown()
    this.#retire()
    // Whoever was told may have called stop().
    if (this.#over) return
    if (!this.#wasLive) return this.#connect(transport)
    this.#replacing = true
    const { options, state, name } = this.#options
    this.#reason = error
    this.#deadline = null
    this.#retryAt = this.#clock.now()
    state.apply({ type: 'retry', reason: error.code, nextRetryAt: this.#clock.unix() })
    if (wasSource) options.logger.warn(`${name}: ${error.code}: ${error.message}; connecting anew at once`)
    this.#arm()
  }

  #goDown(): void {
    if (!this.#live) return
    const now = this.#clock.now()
    if (now - this.#liveSince >= HEALTHY) this.#failures = 0
    this.#downSince = now
  }

  #onLost(attempt: A, error: RxGstError | null): void {
    if (attempt !== this.#attempt) return
    if (!this.#isSource && attempt.transport === 'rtmp2' && this.#options.notUnderstood(error)) {
      this.#options.options.logger.warn(`${this.#options.name}: ${error!.message}; trying librtmp`)
      this.#retire()
      this.#connect('librtmp')
      return
    }
    if (error && this.#options.replaced(error)) return this.#replace(attempt, error)
    const reason =
      error ?? new RxGstError('ERR_STREAM_ENDED', `${this.#options.name} ended: its publisher or the server closed it`)
    if (!this.#policy) return this.fail(reason)
    const wasSource = this.#isSource
    // Whoever answers there now may be another server.
    if (!wasSource) this.#transport = this.#first
    this.#goDown()
    this.#retire()
    // An attempt that was silent for too long has been counted; it is gone a little earlier than it would be.
    if (!wasSource && this.#retryAt !== null && reason.retryable) return
    this.#plan(reason)
  }

  /** When the next attempt begins, or that there is none. */
  #plan(error: RxGstError, type: 'stall' | 'retry' = 'retry'): void {
    const { options, state, name } = this.#options
    this.#reason = error
    // That a live stream ends is no reason why it should not begin again.
    const retryable = error.retryable || error.code === 'ERR_STREAM_ENDED'
    const outage = { failures: this.#failures++, downFor: this.#downFor(), retryable }
    const next = nextRetry(options.reconnect, outage, this.#random())
    if (!next.retry) return this.fail(error)
    const delay = type === 'stall' ? Math.max(next.delay, STALL_GRACE) : next.delay
    this.#deadline = null
    this.#retryAt = this.#clock.now() + delay
    state.apply({ type, reason: error.code, nextRetryAt: this.#clock.unix() + delay })
    options.logger.warn(`${name}: ${error.code}: ${error.message}; next attempt in ${delay} ms`)
    this.#arm()
  }

  /** Does what is due. Idempotent. */
  tick(): void {
    if (this.#over) return
    const now = this.#clock.now()
    if (this.#deadline !== null && now >= this.#deadline) this.#timeOut()
    if (this.#retryAt !== null && now >= this.#retryAt) this.#retry()
    this.#arm()
  }

  #timeOut(): void {
    this.#deadline = null
    const attempt = this.#attempt
    this.look()
    if (this.#over || this.#live || attempt !== this.#attempt) return
    // Cut short by giveUpAfter: what went wrong before is the better reason.
    if (this.#timeLeft() === 0 && this.#reason) return this.fail(this.#reason)
    const silence = `no media from ${this.#options.name} within ${Math.round(this.#allowed)} ms`
    this.#plan(attempt?.overdue ?? new RxGstError('ERR_CONNECT_TIMEOUT', silence))
  }

  /** Whatever has happened meanwhile: a deadline may be late, as the event loop was held up. */
  look(): void {
    const attempt = this.#attempt
    attempt?.poll()
    if (attempt) this.#onMedia(attempt)
  }

  #retry(): void {
    this.look()
    if (this.#retryAt === null || this.#over) return
    this.#retire()
    const { state } = this.#options
    if (state.state.phase === 'stalled') {
      state.apply({ type: 'retry', reason: state.state.reason!, nextRetryAt: this.#clock.unix() })
    }
    // One at a time: what still stops has at most its own deadline.
    this.#reap()
    if (this.#leaving.size > 0) return
    this.#retryAt = null
    state.apply({ type: 'attempt' })
    this.#connect(this.#transport)
  }

  #retire(): void {
    const attempt = this.#attempt
    if (!attempt) return
    this.#attempt = null
    const source = this.#isSource
    this.#isSource = false
    if (source && !this.#over) this.#options.events.onLost(attempt)
    this.#options.events.onRetired(attempt)
    const gone = attempt.stop().then(() => {
      this.#leaving.delete(attempt)
      this.tick()
    })
    this.#leaving.set(attempt, gone)
  }

  #reap(): void {
    for (const attempt of this.#leaving.keys()) {
      if (this.#blocking) attempt.poll()
      if (attempt.stopped) this.#leaving.delete(attempt)
    }
  }

  /** Sets the alarm for what is due next. */
  #arm(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = null
    const due = Math.min(this.#deadline ?? Infinity, this.#retryAt ?? Infinity)
    if (this.#over || due === Infinity) return
    const wait = due - this.#clock.now()
    // Overdue while something still stops: it is called when that has.
    if (wait <= 0 && this.#leaving.size > 0) return
    this.#timer = this.#clock.setTimeout(() => this.tick(), Math.max(0, wait))
  }

  /**
   * The blocking iterators' turn: lets time pass until there is media of this kind, at most `ms`, and does what is due.
   */
  wait(ms: number, kind: 'picture' | 'sound'): void {
    this.#blocking = true
    try {
      const from = this.#clock.now()
      const attempt = this.#attempt
      if (attempt) attempt.wait(ms, kind)
      this.#reap()
      if (attempt && attempt === this.#attempt) this.#onMedia(attempt)
      else if (this.#clock.now() - from < 1) pause(Math.min(ms, SHORT_PAUSE))
      this.tick()
    } finally {
      this.#blocking = false
    }
  }

  /** It has failed for good. */
  fail(error: RxGstError): void {
    if (this.#over) return
    this.#over = true
    this.#arm()
    // First its consumers get what it has brought.
    this.#options.state.apply({ type: 'lost', reason: error.code })
    this.#options.events.onFailed(error)
    this.#retire()
  }

  /** Resolves when everything of it has stopped, within the deadline of each. Idempotent. */
  async stop(): Promise<void> {
    this.#over = true
    this.#arm()
    this.#retire()
    await Promise.all(this.#leaving.values())
  }
}

/** ms; what a pipeline takes to stop. */
const SHORT_PAUSE = 5

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
