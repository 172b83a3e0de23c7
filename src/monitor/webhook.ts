import { systemClock, type Clock } from '../core/clock'
import type { Alert } from './alert'
import { AlertSender } from './alert-sender'
import { sign, SIGNATURE_HEADER } from './signature'
import { postJson } from './webhook-post'
import { resolveWebhookOptions, type ResolvedWebhookOptions, type WebhookOptions } from './webhook-options'

export type { WebhookStats } from './alert-sender'

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

/**
 * Posts alerts to a URL, one by one and in order. A failed delivery is tried again with growing delays, and the
 * deliveries behind it wait. Waiting does not keep the process alive: end with `await sender.flush()`, or `await
 * using`.
 *
 * @example
 * const sender = webhook({ url: 'https://example.com/alerts', secret: process.env.WEBHOOK_SECRET })
 * monitor.alerts$.subscribe(sender)
 */
export class WebhookSender extends AlertSender<Alert> {
  constructor({ url, secret, headers, allowPrivate, ...options }: ResolvedWebhookOptions, clock: Clock) {
    super(
      {
        ...options,
        name: url.host,
        deliver: ({ id, event, alert, lost }, signal) => {
          const body = JSON.stringify({ delivery: id, event, alert, lost } satisfies WebhookBody)
          const sent = new Headers(headers)
          // The time of this try, not of the alert: a receiver refuses old ones.
          sent.set(SIGNATURE_HEADER, sign(secret, Math.floor(clock.unix() / 1000), body))
          return postJson({ url, headers: sent, body, signal, allowPrivate })
        },
      },
      clock,
    )
  }
}

/** Makes a sender; subscribe it to `alerts$`. Throws ERR_OPTION. The last argument is for tests. */
export function webhook(options: WebhookOptions, clock: Clock = systemClock): WebhookSender {
  return new WebhookSender(resolveWebhookOptions(options), clock)
}
