import type { Observer } from 'rxjs'
import type { Clock } from '../core/clock'
import '../core/dispose'
import { nextRetry } from '../core/retry'
import type { ResolvedReconnect } from '../core/transport-options'
import type { Logger } from '../core/types'

/** Counters of a sender. */
export interface WebhookStats {
  /** Taken by the receiver (2xx). */
  readonly delivered: number
  /** Number of failed tries. */
  readonly failedTries: number
  /** Given up: refused (4xx), or not accepted within giveUpAfter. */
  readonly failed: number
  /** Dropped from a full queue, or by dispose(). */
  readonly dropped: number
  /** Waiting now, including the current one. */
  readonly queued: number
}

/** What a sender needs of an alert. */
export interface SentAlert {
  readonly id: string
  readonly clearedAt: number | null
}

/** One delivery, at one try. */
export interface Delivery<A extends SentAlert> {
  /** The same for all tries. */
  readonly id: string
  readonly event: 'raised' | 'cleared'
  readonly alert: A
  /** Deliveries that the sender has given up or dropped so far. */
  readonly lost: number
}

/** Whether the receiver took it. `why` has no secret in it. */
export type Outcome =
  | { readonly taken: true }
  | { readonly taken: false; readonly why: string; readonly retryable: boolean }

export interface SenderOptions<A extends SentAlert> {
  /** For logs: a host, without path and query. */
  readonly name: string
  readonly queueSize: number
  /** Of one try, ms. */
  readonly timeout: number
  readonly retry: ResolvedReconnect
  readonly logger: Logger
  /** Sends one; a rejection is a try that failed. The signal ends it. */
  readonly deliver: (delivery: Delivery<A>, signal: AbortSignal) => Promise<Outcome>
}

interface Waiting<A> {
  readonly id: string
  readonly alert: A
  readonly since: number
  failures: number
}

/**
 * Sends alerts to a receiver, one by one and in order. A failed delivery is tried again with growing delays, and the
 * deliveries behind it wait. Waiting does not keep the process alive: end with `await sender.flush()`, or `await
 * using`.
 */
export class AlertSender<A extends SentAlert> implements Observer<A>, AsyncDisposable {
  readonly #options: SenderOptions<A>
  readonly #clock: Clock
  /** Callers of flush() that wait for an empty queue. */
  readonly #flushing = new Set<() => void>()
  #stats = { delivered: 0, failedTries: 0, failed: 0, dropped: 0 }
  /** The delivery that is being sent or waits for its next try. */
  #current: Waiting<A> | null = null
  /** The deliveries behind it. */
  readonly #queue: Waiting<A>[] = []
  #timer: unknown = null
  #abort: AbortController | null = null
  #closed = false

  constructor(options: SenderOptions<A>, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** Queues an alert; a full queue drops its oldest one. */
  next(alert: A): void {
    if (this.#closed) return void this.#stats.dropped++
    const id = `${alert.id}-${alert.clearedAt === null ? 'raised' : 'cleared'}`
    this.#queue.push({ id, alert, since: this.#clock.now(), failures: 0 })
    this.#pump()
    if (this.#queue.length <= this.#options.queueSize) return
    this.#queue.shift()
    this.#stats.dropped++
    this.#options.logger.warn(
      `the queue of ${this.#options.name} is full: ${this.#stats.dropped} alerts were dropped so far`,
    )
  }

  /** The end of the source does not end the sender: waiting alerts are still sent. */
  error(): void {}

  /** As error(). */
  complete(): void {}

  /** Counters since the sender was made. */
  stats(): WebhookStats {
    return { ...this.#stats, queued: this.#queued }
  }

  /** Waits up to `timeout` ms (default 5000); resolves with true if no delivery is left. */
  async flush(timeout = 5000): Promise<boolean> {
    if (this.#queued === 0) return true
    await new Promise<void>(resolve => {
      const done = (): void => {
        this.#clock.clearTimeout(timer)
        this.#flushing.delete(done)
        resolve()
      }
      const timer = this.#clock.setTimeout(done, timeout)
      this.#flushing.add(done)
    })
    return this.#queued === 0
  }

  /** Aborts the current request; drops and counts the waiting deliveries. Idempotent. */
  dispose(): void {
    if (this.#closed) return
    this.#closed = true
    this.#clock.clearTimeout(this.#timer)
    this.#abort?.abort()
    this.#stats.dropped += this.#queued
    this.#queue.length = 0
    this.#current = null
    this.#tellFlushed()
  }

  /** Waits up to 5 s for the queue, then disposes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush()
    this.dispose()
  }

  get #queued(): number {
    return this.#queue.length + (this.#current ? 1 : 0)
  }

  #pump(): void {
    if (this.#current || this.#closed) return
    this.#current = this.#queue.shift() ?? null
    if (this.#current) this.#send(this.#current)
    else this.#tellFlushed()
  }

  #send(delivery: Waiting<A>): void {
    void this.#try(delivery).then(outcome => {
      if (!this.#closed) this.#after(delivery, outcome)
    })
  }

  #after(delivery: Waiting<A>, outcome: Outcome): void {
    const { logger, retry } = this.#options
    if (outcome.taken) {
      this.#stats.delivered++
      return this.#done()
    }
    this.#stats.failedTries++
    const downFor = this.#clock.now() - delivery.since
    const next = nextRetry(
      retry,
      { failures: delivery.failures++, downFor, retryable: outcome.retryable },
      Math.random(),
    )
    const what = `alert ${delivery.id} was not taken by ${this.#options.name}: ${outcome.why}`
    if (!next.retry) {
      this.#stats.failed++
      logger.error(`${what}; given up`)
      return this.#done()
    }
    logger.warn(`${what}; again in ${next.delay} ms`)
    this.#timer = this.#clock.setTimeout(() => this.#send(delivery), next.delay)
    ;(this.#timer as Partial<NodeJS.Timeout>).unref?.()
  }

  #done(): void {
    this.#current = null
    this.#pump()
  }

  #tellFlushed(): void {
    for (const done of [...this.#flushing]) done()
  }

  /** Never rejects, and always ends within `timeout`. */
  async #try({ id, alert }: Waiting<A>): Promise<Outcome> {
    const { timeout, deliver } = this.#options
    const event = alert.clearedAt === null ? 'raised' : 'cleared'
    const lost = this.#stats.failed + this.#stats.dropped
    const abort = new AbortController()
    this.#abort = abort
    const timer = this.#clock.setTimeout(() => abort.abort(), timeout)
    try {
      return await deliver({ id, event, alert, lost }, abort.signal)
    } catch (error) {
      const { code } = error as { code?: unknown }
      // A code has no addresses in it.
      const reason = typeof code === 'string' ? code : 'the request failed'
      return { taken: false, why: abort.signal.aborted ? `no answer within ${timeout} ms` : reason, retryable: true }
    } finally {
      this.#clock.clearTimeout(timer)
      this.#abort = null
    }
  }
}
