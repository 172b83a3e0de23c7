import { createHmac, timingSafeEqual } from 'node:crypto'
import { badOption, badValue } from '../core/check'

/** The header of every delivery: 't=<Unix s>,v1=<hex>'. */
export const SIGNATURE_HEADER = 'rxgst-signature'

/** HMAC-SHA256 of '<t>.<body>'. The time is signed too, so that a recorded delivery cannot be sent again later. */
export function sign(secret: string, unixSeconds: number, body: string): string {
  return `t=${unixSeconds},v1=${digest(secret, unixSeconds, body)}`
}

/** Options of verifyWebhook(). */
export interface VerifyOptions {
  /** Largest age of a delivery, or largest time in the future, s. Default 300. */
  tolerance?: number
  /** The current time, Unix ms; for tests. */
  now?: number
}

/**
 * For receivers: whether the sender of a body knows the secret and has just sent it. `body` is the received text, not
 * parsed and printed again. A missing or invalid header returns false. Every wrong header takes the same time.
 */
export function verifyWebhook(
  secret: string,
  header: string | undefined,
  body: string,
  options: VerifyOptions = {},
): boolean {
  checkSecret(secret)
  const { tolerance = 300, now = Date.now() } = options
  const [, time, mac] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? []
  if (time === undefined || mac === undefined) return false
  const right = digest(secret, Number(time), body)
  return timingSafeEqual(Buffer.from(mac), Buffer.from(right)) && Math.abs(now / 1000 - Number(time)) <= tolerance
}

/** No message shows the value. */
export function checkSecret(secret: unknown): string {
  if (typeof secret === 'string' && secret.length >= 16) return secret
  if (typeof secret === 'string') throw badValue('a text of at least 16 characters', 'secret', '***')
  throw badOption('a text of at least 16 characters', 'secret', secret)
}

function digest(secret: string, unixSeconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex')
}
