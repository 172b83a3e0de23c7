import type { Clock } from '../../core/clock'
import { RxGstError, type ErrorCode } from '../../core/errors'
import type { ResolvedReconnect } from '../../core/transport-options'
import type { Logger } from '../../core/types'
import type { StateHolder } from '../../engine/state'
import { RetryBudget } from './retry-budget'

/** What follows a connection that was lost, or did not come about. */
export type Verdict =
  /** Another one, when `reconnect` says so. */
  | 'retry'
  /** None: the next one would fail in the same way. */
  | 'final'
  /** Another one at once, by another way to the same server; both are one attempt. */
  | 'instead'
  /** Another one at once: the fault was this side's, and is mended. It counts as no failure. */
  | 'replace'

export interface ReconnectOptions<A> {
  readonly state: StateHolder
  readonly reconnect: ResolvedReconnect | null
  /** Whether the first connection is tried again like any other. */
  readonly retriesFirst: boolean
  /** ms that an attempt has to become live, where this machine watches that; null: the attempts do. */
  readonly attemptTimeout: number | null
  readonly logger: Logger
  /** The peer, for the log. */
  readonly name: string
  readonly clock: Clock
  readonly random: () => number
  /** A new connection, which start() begins; whatever becomes of it is told to the machine together with it. */
  make(): A
  start(attempt: A): void
  /** Resolves when the connection is gone. `goodbye`: it still works, and takes leave of its peer first. */
  stop(attempt: A, goodbye: boolean): Promise<void>
  /** Whether stop() is through, for those whose event loop does not turn; absent: its promise tells. */
  isStopped?(attempt: A): boolean
  /** Hears what the connection has to say, before the machine acts on its silence. */
  look?(attempt: A): void
  /** Why an attempt is not live after `ms`. */
  overdue?(attempt: A, ms: number): RxGstError
  judge(error: RxGstError, attempt: A, wasLive: boolean): Verdict
  onLive(attempt: A): void
  /** A live connection is silent, and perhaps gone. */
  onPause?(): void
  /** A live connection is gone; `attempt` still holds what it has brought. */
  onLost?(attempt: A): void
  /** A connection is given up, live or not; it stops from here on. */
  onRetired(attempt: A): void
  /** No further attempt is made. */
  onFailed(error: RxGstError): void
}

/**
 * A connection that stands still is left in place for at least so long, ms: a publisher that was away for a moment, or
 * a process that was, goes on by itself.
 */
const STALL_GRACE = 250

/**
 * Keeps one stream connected: one connection after the other, each of which is made anew, and never two at a time.
 * Whether and when the next one begins is decided here alone, for captures and for targets of outputs; what a
 * connection is, they know. Everything happens in the calls of its owner and in tick(), which a timer calls.
 */
export class ReconnectMachine<A> {
  readonly #options: ReconnectOptions<A>
  readonly #clock: Clock
  readonly #leaving = new Map<A, Promise<void>>()
  #attempt: A | null = null
  /** Whether the attempt is live, or was and stands still. */
  #isSource = false
  #budget: RetryBudget
  #wasLive = false
  #over = false
  #retryAt: number | null = null
  #deadline: number | null = null
  #reason: RxGstError | null = null
  #timer: unknown = null
  /** Whether the next attempt has its whole time, whatever is left of the outage's. */
  #replacing = false
  /** ms that the present attempt has to become live. */
  #allowed = 0

  constructor(options: ReconnectOptions<A>) {
    this.#options = options
    this.#clock = options.clock
    this.#budget = new RetryBudget(this.#clock.now())
  }

  /** The connection of the moment, live or not. */
  get attempt(): A | null {
    return this.#attempt
  }

  /** From here on the time counts in which nothing is live. */
  begin(): void {
    this.#budget = new RetryBudget(this.#clock.now())
  }

  /** The first connection. */
  connect(): void {
    const { make, start, attemptTimeout } = this.#options
    const attempt = make()
    this.#attempt = attempt
    // A first one that is not tried again has its deadline from whoever called the stream's start().
    if (attemptTimeout !== null && (this.#wasLive || this.#policy)) {
      this.#allowed = this.#replacing ? attemptTimeout : Math.min(attemptTimeout, this.#timeLeft())
      this.#deadline = this.#clock.now() + this.#allowed
    }
    this.#replacing = false
    this.#arm()
    start(attempt)
  }

  #timeLeft(): number {
    return Math.max(0, (this.#options.reconnect?.giveUpAfter ?? 0) - this.#budget.downFor(this.#clock.now()))
  }

  /** How a connection that is lost, or does not come about, is followed by another; null: it is not. */
  get #policy(): ResolvedReconnect | null {
    return this.#wasLive || this.#options.retriesFirst ? this.#options.reconnect : null
  }

  isLive(attempt: A): boolean {
    return attempt === this.#attempt && this.#isSource
  }

  /** Its peer gives, or takes, media. */
  live(attempt: A): void {
    if (this.#over || attempt !== this.#attempt || this.#isSource) return
    this.#isSource = true
    this.#wasLive = true
    this.#recover()
    this.#options.onLive(attempt)
    this.#options.state.apply({ type: 'live' })
  }

  #recover(): void {
    this.#budget.live(this.#clock.now())
    this.#retryAt = null
    this.#deadline = null
    this.#arm()
  }

  /** A live connection that stands still. It is left in place until the next attempt begins. */
  stalled(attempt: A, error: RxGstError): void {
    if (this.#over || attempt !== this.#attempt || !this.#budget.isLive) return
    if (!this.#options.reconnect) return this.lost(attempt, error)
    this.#plan(error, true, 'stall')
    if (!this.#over) this.#options.onPause?.()
  }

  /** And moves again. */
  flows(attempt: A): void {
    if (this.#over || attempt !== this.#attempt || this.#budget.isLive) return
    this.#recover()
    this.#options.state.apply({ type: 'live' })
    this.#options.logger.info(`${this.#options.name} goes on`)
  }

  /** A connection that is gone, or did not come about. */
  lost(attempt: A, error: RxGstError): void {
    if (this.#over || attempt !== this.#attempt) return
    const wasSource = this.#isSource
    const verdict = this.#options.judge(error, attempt, wasSource)
    if (verdict === 'instead') return this.#connectInstead()
    if (verdict === 'replace') return this.replace(attempt, error.code, error)
    if (!this.#policy) return this.#fail(error)
    this.#budget.down(this.#clock.now())
    this.#retire()
    // Whoever was told may have called stop().
    if (this.#over) return
    // An attempt that was silent for too long has been counted; it is gone a little earlier than it would be.
    if (!wasSource && this.#retryAt !== null && verdict === 'retry') return
    this.#plan(error, verdict === 'retry')
  }

  #connectInstead(): void {
    this.#retire()
    if (!this.#over) this.connect()
  }

  /**
   * Another connection takes this one's place at once: no outage of the peer's. It counts as no failure, and is not
   * waited for. `error`: what went wrong with it; null: it works, and is near the end of its time.
   */
  replace(attempt: A, reason: ErrorCode, error: RxGstError | null): void {
    if (this.#over || attempt !== this.#attempt) return
    const wasSource = this.#isSource
    this.#budget.down(this.#clock.now())
    if (!this.#wasLive) return this.#connectInstead()
    this.#retire(error === null)
    if (this.#over) return
    const { logger, state, name } = this.#options
    this.#replacing = true
    this.#reason = error
    this.#deadline = null
    this.#retryAt = this.#clock.now()
    state.apply({ type: 'retry', reason, nextRetryAt: this.#clock.unix() })
    if (wasSource && error) logger.warn(`${name}: ${error.code}: ${error.message}; connecting anew at once`)
    this.#arm()
  }

  /** When the next attempt begins, or that there is none. */
  #plan(error: RxGstError, retryable: boolean, type: 'stall' | 'retry' = 'retry'): void {
    const { reconnect, state, name, logger, random } = this.#options
    this.#reason = error
    const next = this.#budget.lost(this.#clock.now(), reconnect, retryable, random())
    if (!next.retry) return this.#fail(error)
    const delay = type === 'stall' ? Math.max(next.delay, STALL_GRACE) : next.delay
    this.#deadline = null
    this.#retryAt = this.#clock.now() + delay
    // One that stood still is not left in place by everybody.
    if (type === 'retry' && error.code === 'ERR_STALLED') state.apply({ type: 'stall', reason: error.code })
    state.apply({ type, reason: error.code, nextRetryAt: this.#clock.unix() + delay })
    logger.warn(`${name}: ${error.code}: ${error.message}; next attempt in ${delay} ms`)
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
    if (this.#over || attempt === null || this.#budget.isLive || attempt !== this.#attempt) return
    // Cut short by giveUpAfter: what went wrong before is the better reason.
    if (this.#timeLeft() === 0 && this.#reason) return this.#fail(this.#reason)
    const error =
      this.#options.overdue?.(attempt, this.#allowed) ??
      new RxGstError('ERR_CONNECT_TIMEOUT', `${this.#options.name} was not live within ${Math.round(this.#allowed)} ms`)
    this.#plan(error, error.retryable)
  }

  /** Whatever has happened meanwhile: a deadline may be late, as the event loop was held up. */
  look(): void {
    if (this.#attempt !== null) this.#options.look?.(this.#attempt)
  }

  #retry(): void {
    this.look()
    if (this.#retryAt === null || this.#over) return
    this.#retire()
    if (this.#over) return
    const { state } = this.#options
    if (state.state.phase === 'stalled') {
      state.apply({ type: 'retry', reason: state.state.reason!, nextRetryAt: this.#clock.unix() })
    }
    // One at a time: what still stops has at most its own deadline.
    this.reap()
    if (this.#leaving.size > 0) return
    this.#retryAt = null
    state.apply({ type: 'attempt' })
    this.connect()
  }

  #retire(goodbye = false): void {
    const attempt = this.#attempt
    if (attempt === null) return
    this.#attempt = null
    const source = this.#isSource
    this.#isSource = false
    if (source && !this.#over) this.#options.onLost?.(attempt)
    this.#options.onRetired(attempt)
    this.#leave(attempt, this.#options.stop(attempt, goodbye))
  }

  #leave(attempt: A, stopped: Promise<void>): void {
    const gone = stopped.then(() => {
      this.#leaving.delete(attempt)
      this.tick()
    })
    this.#leaving.set(attempt, gone)
  }

  /** Those whose promise cannot tell that they have stopped, since the event loop does not turn. */
  reap(): void {
    for (const attempt of this.#leaving.keys()) if (this.#options.isStopped?.(attempt)) this.#leaving.delete(attempt)
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

  #fail(error: RxGstError): void {
    if (this.#over) return
    this.halt()
    // First its consumers get what it has brought.
    this.#options.state.apply({ type: 'lost', reason: error.code })
    this.#options.onFailed(error)
    this.#retire()
  }

  /** No further attempt is made; the present connection stays until stop(). */
  halt(): void {
    this.#over = true
    this.#arm()
  }

  /** Resolves when everything of it has stopped, within the deadline of each. Idempotent. */
  async stop(): Promise<void> {
    this.halt()
    this.#retire()
    await Promise.all(this.#leaving.values())
  }
}
