import { createHmac, timingSafeEqual } from 'node:crypto'
import { badOption, badValue } from '../core/check'

/** Header of every delivery: 't=<Unix s>,v1=<hex>'. */
export const SIGNATURE_HEADER = 'rxgst-signature'

/** HMAC-SHA256 over '<t>.<body>': the time is signed too, so that nobody can send an old delivery again. */
export function sign(secret: string, unixSeconds: number, body: string): string {
  return `t=${unixSeconds},v1=${digest(secret, unixSeconds, body)}`
}

/** Options of verifyWebhook(). */
export interface VerifyOptions {
  /** How old or how far ahead a delivery may be, s. Default 300. */
  tolerance?: number
  /** Unix ms of now; for tests. */
  now?: number
}

/**
 * Whether a body came from who knows the secret, and just now. For those who receive: `body` is the text as it came,
 * not parsed and printed again. A header that is missing or makes no sense is a no; takes the same time for every wrong
 * one.
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

/** Its value is in no message. */
export function checkSecret(secret: unknown): string {
  if (typeof secret === 'string' && secret.length >= 16) return secret
  if (typeof secret === 'string') throw badValue('a text of at least 16 characters', 'secret', '***')
  throw badOption('a text of at least 16 characters', 'secret', secret)
}

function digest(secret: string, unixSeconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex')
}
