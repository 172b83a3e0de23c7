import type { Observer } from 'rxjs'
import { systemClock, type Clock } from '../core/clock'
import '../core/dispose'
import { nextRetry } from '../core/retry'
import type { Alert } from './alert'
import { PRIVATE_ADDRESS, publicLookup } from '../core/addresses/public-address'
import { sign, SIGNATURE_HEADER } from './signature'
import { post } from './webhook-post'
import { resolveWebhookOptions, type ResolvedWebhookOptions, type WebhookOptions } from './webhook-options'

/** The JSON body of a delivery. */
export interface WebhookBody {
  /** The same for all tries of one delivery, so that a receiver can detect a repetition. */
  readonly delivery: string
  /** Whether the alert begins or ends. */
  readonly event: 'raised' | 'cleared'
  /** The alert at that time. */
  readonly alert: Alert
  /** Number of deliveries that this sender has given up or dropped so far. */
  readonly lost: number
}

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

interface Delivery {
  readonly id: string
  readonly alert: Alert
  readonly since: number
  failures: number
}

type Outcome = { readonly taken: true } | { readonly taken: false; readonly why: string; readonly retryable: boolean }

/** Temporary statuses: the receiver is overloaded or restarts, or its proxy has lost it. */
const TEMPORARY = [408, 425, 429]

/**
 * Posts alerts to a URL, one by one and in order. A failed delivery is tried again with growing delays, and the
 * deliveries behind it wait. Waiting does not keep the process alive: end with `await sender.flush()`, or `await
 * using`.
 *
 * @example
 * const sender = webhook({ url: 'https://example.com/alerts', secret: process.env.WEBHOOK_SECRET })
 * monitor.alerts$.subscribe(sender)
 */
export class WebhookSender implements Observer<Alert>, AsyncDisposable {
  readonly #options: ResolvedWebhookOptions
  readonly #clock: Clock
  /** Callers of flush() that wait for an empty queue. */
  readonly #flushing = new Set<() => void>()
  #stats = { delivered: 0, failedTries: 0, failed: 0, dropped: 0 }
  /** The delivery that is being sent or waits for its next try. */
  #current: Delivery | null = null
  /** The deliveries behind it. */
  readonly #queue: Delivery[] = []
  #timer: unknown = null
  #abort: AbortController | null = null
  #closed = false

  constructor(options: ResolvedWebhookOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** Queues an alert; a full queue drops its oldest one. */
  next(alert: Alert): void {
    if (this.#closed) return void this.#stats.dropped++
    const id = `${alert.id}-${alert.clearedAt === null ? 'raised' : 'cleared'}`
    this.#queue.push({ id, alert, since: this.#clock.now(), failures: 0 })
    this.#pump()
    if (this.#queue.length <= this.#options.queueSize) return
    this.#queue.shift()
    this.#stats.dropped++
    this.#options.logger.warn(`the webhook's queue is full: ${this.#stats.dropped} alerts were dropped so far`)
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

  #send(delivery: Delivery): void {
    void this.#try(delivery).then(outcome => {
      if (!this.#closed) this.#after(delivery, outcome)
    })
  }

  #after(delivery: Delivery, outcome: Outcome): void {
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
    const what = `alert ${delivery.id} was not taken by ${this.#options.url.host}: ${outcome.why}`
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

  /** Sends one request. Never rejects, and always ends within `timeout`. */
  async #try({ id, alert }: Delivery): Promise<Outcome> {
    const { url, secret, timeout, headers, allowPrivate } = this.#options
    const lookup = allowPrivate ? null : publicLookup()
    const event = alert.clearedAt === null ? 'raised' : 'cleared'
    const lost = this.#stats.failed + this.#stats.dropped
    const body = JSON.stringify({ delivery: id, event, alert, lost } satisfies WebhookBody)
    const sent = new Headers(headers)
    sent.set('content-type', 'application/json')
    if (!sent.has('user-agent')) sent.set('user-agent', 'rxgst')
    // The time of this try, not of the alert: a receiver refuses old ones.
    sent.set(SIGNATURE_HEADER, sign(secret, Math.floor(this.#clock.unix() / 1000), body))
    const abort = new AbortController()
    this.#abort = abort
    const timer = this.#clock.setTimeout(() => abort.abort(), timeout)
    try {
      const status = await post({ url, headers: sent, body, signal: abort.signal, lookup })
      if (status >= 200 && status < 300) return { taken: true }
      // A redirect is not followed either: it would send a signed body to another receiver.
      return { taken: false, why: `status ${status}`, retryable: status >= 500 || TEMPORARY.includes(status) }
    } catch (error) {
      const why = abort.signal.aborted ? `no answer within ${timeout} ms` : reasonOf(error)
      return { taken: false, why, retryable: true }
    } finally {
      this.#clock.clearTimeout(timer)
      this.#abort = null
    }
  }
}

/** Makes a sender; subscribe it to `alerts$`. Throws ERR_OPTION. The last argument is for tests. */
export function webhook(options: WebhookOptions, clock: Clock = systemClock): WebhookSender {
  return new WebhookSender(resolveWebhookOptions(options), clock)
}

/** The error's code, without addresses. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  if (code === PRIVATE_ADDRESS) return 'it has a private address, and allowPrivate is false'
  return typeof code === 'string' ? code : 'the request failed'
}
