import type { Clock } from '../../core/clock'
import { RxGstError, type ErrorCode } from '../../core/errors'
import type { ResolvedReconnect } from '../../core/transport-options'
import type { StreamState } from '../../core/types'
import { ConnectGate } from './connect-gate'
import { PeerWish } from './peer-wish'
import type { ReconnectOptions } from './reconnect-options'
import { RetryBudget } from './retry-budget'
import { ShortLives, type Peer } from './short-lives'
import { Stopping } from './stopping'

/**
 * Shortest time that a stalled connection stays in place: a publisher or a process that stood still for a moment goes
 * on by itself.
 */
const STALL_GRACE_MS = 250
/** Time between two questions whether a connection may begin. */
const ASK_AGAIN_MS = 250
const HELD = 'ERR_MAY_NOT_CONNECT'

/**
 * The reconnect machine: keeps one stream connected, by one new connection after the other, never two at a time. It
 * alone decides whether and when the next one begins, for captures and for targets of outputs. Their code knows what a
 * connection is. Everything happens in calls of the owner, and in tick(), which a timer calls. A program that says when
 * connections may begin is asked in the turn in which one begins. What is live stays, whatever it says.
 */
export class ReconnectMachine<A> {
  readonly #options: ReconnectOptions<A>
  readonly #clock: Clock
  readonly #stopping: Stopping<A>
  #attempt: A | null = null
  /** Whether the attempt is live, or was live and is stalled. */
  #isSource = false
  #budget: RetryBudget
  readonly #lives = new ShortLives()
  readonly #gate: ConnectGate
  /** The loss before the hold that lasts; null: nothing is held back. */
  #held: Pick<StreamState, 'reason' | 'hint'> | null = null
  readonly #wish: PeerWish
  #wasLive = false
  #over = false
  #retryAt: number | null = null
  #deadline: number | null = null
  #reason: RxGstError | null = null
  #stalledAt = 0
  #timer: unknown = null
  /** Whether the next attempt gets its whole deadline, even if less is left of giveUpAfter. */
  #replacing = false
  /** Deadline of the present attempt to become live. */
  #allowedMs = 0

  constructor(options: ReconnectOptions<A>) {
    this.#options = options
    this.#clock = options.clock
    this.#stopping = new Stopping(options)
    const { mayConnect = null, logger, name, clock } = options
    this.#gate = new ConnectGate({ mayConnect, logger, name, clock })
    this.#wish = new PeerWish(this.#gate)
    this.#budget = new RetryBudget(this.#clock.now())
  }

  /** The present connection, live or not. */
  get attempt(): A | null {
    return this.#attempt
  }

  /** The outage begins: from here on giveUpAfter counts. */
  begin(): void {
    this.#budget = new RetryBudget(this.#clock.now())
  }

  /** Makes and starts the first connection, or the next, as soon as the program allows it. */
  connect(): void {
    const until = this.#gate.ask()
    // The program may have called stop().
    if (this.#over) return
    if (until === null) return this.#hold()
    this.#release()
    const { make, start, attemptTimeoutMs } = this.#options
    const attempt = make()
    this.#attempt = attempt
    // A first connection without retry has its deadline from the stream's start().
    if (attemptTimeoutMs !== null && (this.#wasLive || this.#policy)) {
      this.#allowedMs = this.#replacing ? attemptTimeoutMs : Math.min(attemptTimeoutMs, this.#timeLeft())
      this.#deadline = this.#clock.now() + this.#allowedMs
    }
    this.#replacing = false
    this.#arm()
    start(attempt, until)
  }

  /** The next connection waits for the program. That is no failure, and no part of the outage. */
  #hold(): void {
    const now = this.#clock.now()
    this.#retryAt = now + ASK_AGAIN_MS
    this.#deadline = null
    this.#arm()
    const { state, logger, name } = this.#options
    if (this.#held && state.state.reason === HELD) return
    this.#held ??= state.state
    this.#budget.hold(now)
    logger.info(`${name}: the next connection waits until mayConnect says yes`)
    state.apply({ type: 'hold', reason: HELD })
  }

  #release(): void {
    const held = this.#held
    this.#held = null
    this.#budget.release(this.#clock.now())
    const { state } = this.#options
    const loss = held?.reason ? { reason: held.reason, hint: held.hint } : undefined
    if (held || state.state.phase === 'reconnecting') state.apply({ type: 'attempt', loss })
  }

  /** Whether a connection might begin now. */
  get mayConnect(): boolean {
    return this.#gate.ask() !== null
  }

  #timeLeft(): number {
    return Math.max(0, (this.#options.reconnect?.giveUpAfter ?? 0) - this.#budget.downFor(this.#clock.now()))
  }

  /** How another connection follows one that is lost or that fails; null: none does. */
  get #policy(): ResolvedReconnect | null {
    return this.#wasLive || this.#options.retriesFirst ? this.#options.reconnect : null
  }

  /** How many connections in a row were short-lived. */
  get shortLives(): number {
    return this.#lives.count(this.#clock.now())
  }

  isLive(attempt: A): boolean {
    return attempt === this.#attempt && this.#isSource
  }

  /** The attempt is live: its peer sends or takes media. */
  live(attempt: A): void {
    if (this.#over || attempt !== this.#attempt || this.#isSource) return
    this.#isSource = true
    this.#wasLive = true
    this.#lives.live(this.#clock.now())
    this.#recover()
    this.#options.onLive(attempt)
    this.#options.state.apply({ type: 'live' })
  }

  #recover(): void {
    this.#budget.live(this.#clock.now())
    this.#held = null
    this.#retryAt = null
    this.#deadline = null
    this.#arm()
  }

  /** A live connection stands still. It stays in place until the next attempt begins. */
  stalled(attempt: A, error: RxGstError): void {
    if (this.#over || attempt !== this.#attempt || !this.#budget.isLive) return
    if (!this.#options.reconnect) return void this.lost(attempt, error)
    this.#stalledAt = this.#clock.now()
    this.#plan(error, true, 'stall')
    if (!this.#over) this.#options.onPause?.()
  }

  /**
   * A live connection stands still, and its owner would give it up. True: it stays, since no other one may follow it
   * yet; flows() tells that it moves again.
   */
  keepsStalled(attempt: A, error: RxGstError): boolean {
    if (!this.isLive(attempt) || !this.#options.reconnect || this.mayConnect) return false
    this.stalled(attempt, error)
    return true
  }

  /** The peer of a live connection wishes to be left for another one: `follow` does so when that may begin. */
  wish(attempt: A, follow: (until: number) => void): void {
    if (attempt === this.#attempt) this.#wish.set(follow)
    this.tick()
  }

  /** The stalled connection moves again. */
  flows(attempt: A): void {
    if (this.#over || attempt !== this.#attempt || this.#budget.isLive) return
    this.#recover()
    this.#options.state.apply({ type: 'live' })
    this.#options.logger.info(`${this.#options.name} goes on`)
  }

  /** A connection is lost, or has failed. Returns its error, with what the machine knows of it. */
  lost(attempt: A, given: RxGstError): RxGstError {
    if (this.#over || attempt !== this.#attempt) return given
    const error = this.#lives.end(given, this.#clock.now(), this.#peer(attempt))
    this.#end(attempt, error)
    return error
  }

  #peer(attempt: A): Peer {
    const { acknowledged } = this.#options
    return { takes: acknowledged !== undefined, acknowledged: acknowledged?.(attempt) ?? true }
  }

  #end(attempt: A, error: RxGstError): void {
    const wasSource = this.#isSource
    // The time in which it might have asked its peer was over.
    if (error.code === HELD) {
      this.#retire()
      return this.#over ? undefined : this.#hold()
    }
    const verdict = this.#options.judge(error, attempt)
    if (verdict === 'replace') return this.replace(attempt, error.code, error)
    if (verdict === 'end') return this.#finish(error)
    if (!this.#policy) return this.#fail(error)
    this.#budget.down(this.#clock.now())
    this.#retire()
    // A callback may have called stop().
    if (this.#over) return
    // An attempt whose deadline has passed is counted already, and the next one is planned.
    if (!wasSource && this.#retryAt !== null && verdict === 'retry') return
    this.#plan(error, verdict === 'retry')
  }

  /**
   * Replaces this connection by another one at once. That is no outage of the peer: it does not count as a failure, and
   * there is no delay. `error`: its failure; null: it works, and has reached its age limit. It then stays until another
   * one may begin, and the owner calls again.
   */
  replace(attempt: A, reason: ErrorCode, error: RxGstError | null): void {
    if (error === null && attempt === this.#attempt && !this.mayConnect) return
    if (this.#over || attempt !== this.#attempt) return
    const wasSource = this.#isSource
    this.#budget.down(this.#clock.now())
    if (!this.#wasLive) {
      this.#retire()
      if (!this.#over) this.connect()
      return
    }
    this.#retire(error === null)
    if (this.#over) return
    const { logger, state, name } = this.#options
    this.#replacing = true
    this.#reason = error
    this.#deadline = null
    this.#retryAt = this.#clock.now()
    state.apply({ type: 'retry', reason, nextRetryAt: this.#clock.unix() })
    if (wasSource && error) logger.warn(`${name}: ${error.code}: ${error.message}; connecting again at once`)
    this.#arm()
  }

  /** Begins a live connection anew that has come to its end: its stream goes on, and stays live. */
  renew(attempt: A): void {
    if (this.#over || attempt !== this.#attempt) return
    this.#budget.down(this.#clock.now())
    this.#retire()
    if (this.#over) return
    this.#replacing = true
    this.#deadline = null
    this.#retryAt = this.#clock.now()
    this.#arm()
  }

  /** Sets the time of the next attempt, or fails. */
  #plan(error: RxGstError, retryable: boolean, type: 'stall' | 'retry' = 'retry'): void {
    const { reconnect, state, name, logger, random } = this.#options
    this.#reason = error
    this.#held = null
    this.#budget.release(this.#clock.now())
    const next = this.#budget.lost(this.#clock.now(), reconnect, retryable, random())
    if (!next.retry) return this.#fail(error)
    const delay = type === 'stall' ? Math.max(next.delay, STALL_GRACE_MS) : next.delay
    this.#deadline = null
    this.#retryAt = this.#clock.now() + delay
    const loss = { reason: error.code, hint: error.hint }
    // A publisher does not stay in place when it stalls: its state passes through 'stalled' all the same.
    if (type === 'retry' && error.code === 'ERR_STALLED') state.apply({ type: 'stall', ...loss })
    state.apply({ type, ...loss, nextRetryAt: this.#clock.unix() + delay })
    logger.warn(`${name}: ${error.code}: ${error.message}; next attempt in ${delay} ms`)
    this.#arm()
  }

  /** Acts on a deadline or a retry that is due. Idempotent. */
  tick(): void {
    if (this.#over) return
    const now = this.#clock.now()
    this.#wish.grant()
    if (this.#over) return
    if (this.#deadline !== null && now >= this.#deadline) this.#timeOut()
    if (this.#retryAt !== null && now >= this.#retryAt) this.#retry()
    this.#arm()
  }

  #timeOut(): void {
    this.#deadline = null
    const attempt = this.#attempt
    this.look()
    if (this.#over || attempt === null || this.#budget.isLive || attempt !== this.#attempt) return
    // giveUpAfter cut this attempt short: the earlier error is the better reason.
    if (this.#timeLeft() === 0 && this.#reason) return this.#fail(this.#reason)
    const error =
      this.#options.overdue?.(attempt, this.#allowedMs) ??
      new RxGstError(
        'ERR_CONNECT_TIMEOUT',
        `${this.#options.name} was not live within ${Math.round(this.#allowedMs)} ms`,
      )
    this.#plan(error, error.retryable)
  }

  /** Reads what the connection has to report: a blocked event loop may have made a deadline late. */
  look(): void {
    if (this.#attempt !== null) this.#options.look?.(this.#attempt)
  }

  #retry(): void {
    this.look()
    if (this.#retryAt === null || this.#over) return
    // One that stands still may go on as long as no other may begin.
    const stays = this.#isSource && !this.mayConnect
    if (this.#over) return
    if (stays) return this.#hold()
    // A connection that stands still is over now, and was when it began to.
    if (this.#isSource && this.#attempt && this.#reason)
      this.#lives.end(this.#reason, this.#stalledAt, this.#peer(this.#attempt))
    this.#retire()
    if (this.#over) return
    const { state } = this.#options
    if (state.state.phase === 'stalled') {
      const { reason, hint } = this.#held ?? state.state
      state.apply({ type: 'retry', reason: reason!, hint, nextRetryAt: this.#clock.unix() })
    }
    // One connection at a time: the one that still stops has a deadline of its own.
    this.reap()
    if (!this.#stopping.isEmpty) return
    this.#retryAt = null
    this.connect()
  }

  #retire(goodbye = false): void {
    const attempt = this.#attempt
    if (attempt === null) return
    this.#attempt = null
    this.#wish.clear()
    const source = this.#isSource
    this.#isSource = false
    this.#lives.leave(this.#clock.now())
    if (source && !this.#over) this.#options.onLost?.(attempt)
    this.#options.onRetired(attempt)
    this.#stopping.add(attempt, this.#options.stop(attempt, goodbye), () => this.tick())
  }

  /** Forgets connections that have stopped, while the event loop does not turn, and no promise resolves. */
  reap(): void {
    this.#stopping.reap()
  }

  /** Sets the timer for the next deadline or retry. */
  #arm(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = null
    const asks = this.#wish.waits ? this.#clock.now() + ASK_AGAIN_MS : Infinity
    const due = Math.min(this.#deadline ?? Infinity, this.#retryAt ?? Infinity, asks)
    if (this.#over || due === Infinity) return
    const wait = due - this.#clock.now()
    // Overdue while a connection still stops: its end calls tick().
    if (wait <= 0 && !this.#stopping.isEmpty) return
    this.#timer = this.#clock.setTimeout(() => this.tick(), Math.max(0, wait))
  }

  #fail(error: RxGstError): void {
    if (this.#over) return
    this.halt()
    // Its consumers get the media that it still holds before it is given up.
    this.#options.state.apply({ type: 'lost', reason: error.code, hint: error.hint })
    this.#options.onFailed(error)
    this.#retire()
  }

  #finish(error: RxGstError): void {
    if (this.#over) return
    // An input that ends before anything has come is none.
    if (!this.#wasLive) return this.#fail(error)
    this.halt()
    this.#options.state.apply({ type: 'end', reason: error.code })
    this.#options.onEnded?.(error)
    this.#retire()
  }

  /** Makes no further attempt; the present connection stays until stop(). */
  halt(): void {
    this.#over = true
    this.#wish.clear()
    this.#arm()
  }

  /** Resolves when all connections have stopped, each within its deadline. Idempotent. */
  async stop(): Promise<void> {
    this.halt()
    this.#retire()
    await this.#stopping.ended()
  }
}
