import { isIP } from 'node:net'
import { badOption, badValue, checkBoolean, checkInteger, checkNumber, checkRecord } from '../core/check'
import { checkLogger, SILENT_LOGGER, type ResolvedReconnect } from '../core/transport-options'
import type { Logger } from '../core/types'
import { isPublicAddress } from '../core/addresses/public-address'
import { checkSecret, SIGNATURE_HEADER } from './signature'

/** Options of webhook(). */
export interface WebhookOptions {
  /** An http or https URL. Its path and query can be a secret: no message shows them. */
  url: string
  /** The key of the signature; at least 16 characters. */
  secret: string
  /** Number of waiting deliveries. If the queue is full, the oldest one is dropped and counted. Default 1000. */
  queueSize?: number
  /** Longest time of one request, ms. Default 10000. */
  timeout?: number
  /** First delay between two tries of a delivery, ms; grows × 1.5 with full jitter. Default 1000. */
  initialDelay?: number
  /** Longest delay, ms. Default 60000. */
  maxDelay?: number
  /** Time after which a delivery is given up and counted, ms. Default 3600000. */
  giveUpAfter?: number
  /**
   * false: refuses loopback, link-local, private and other special addresses, by the address that the name has at
   * connection time. Use it if users of the program set the receiver. Default true.
   */
  allowPrivate?: boolean
  /**
   * Additional headers, for example a token of the receiver. Headers of the connection, the body (host, content-length,
   * transfer-encoding …) or the signature are ERR_OPTION.
   */
  headers?: Readonly<Record<string, string>>
  /** A logger with pino's methods; without it, nothing is logged. */
  logger?: Logger
}

export interface ResolvedWebhookOptions {
  readonly url: URL
  readonly secret: string
  readonly queueSize: number
  readonly timeout: number
  readonly retry: ResolvedReconnect
  readonly headers: Headers
  /** Whether private addresses are allowed. */
  readonly allowPrivate: boolean
  readonly logger: Logger
}

const NAMES = [
  'url',
  'secret',
  'queueSize',
  'timeout',
  'initialDelay',
  'maxDelay',
  'giveUpAfter',
  'allowPrivate',
  'headers',
  'logger',
] as const
const HOUR = 3_600_000

export function resolveWebhookOptions(options: unknown): ResolvedWebhookOptions {
  const given = checkRecord('options', options, NAMES)
  const initialDelay = checkNumber('initialDelay', given.initialDelay ?? 1000, 1, HOUR)
  const url = checkHttpUrl(given.url)
  const allowPrivate = checkBoolean('allowPrivate', given.allowPrivate ?? true)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
    throw badValue('a public address with allowPrivate: false', 'url', '***')
  return {
    url,
    secret: checkSecret(given.secret),
    queueSize: checkInteger('queueSize', given.queueSize ?? 1000, 1, 100_000),
    timeout: checkNumber('timeout', given.timeout ?? 10_000, 1, 600_000),
    retry: {
      initialDelay,
      maxDelay: checkNumber('maxDelay', given.maxDelay ?? Math.max(60_000, initialDelay), initialDelay, HOUR),
      giveUpAfter: checkNumber('giveUpAfter', given.giveUpAfter ?? HOUR, 0, 24 * HOUR),
    },
    headers: checkHeaders(given.headers ?? {}),
    allowPrivate,
    logger: checkLogger('logger', given.logger ?? SILENT_LOGGER),
  }
}

function checkHttpUrl(value: unknown): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null
  // fetch refuses a URL with a password; a header can carry it.
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  if (typeof value === 'string') throw badValue('an http or https URL without user name and password', 'url', '***')
  throw badOption('an http or https URL', 'url', value)
}

/** Headers of the connection and the body, which the sender sets itself. */
const OWN_HEADERS = [
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  SIGNATURE_HEADER,
]

function checkHeaders(value: unknown): Headers {
  let headers: Headers
  try {
    headers = new Headers(value as Record<string, string>)
  } catch {
    throw badOption('an object of header names and texts', 'headers', value)
  }
  const own = OWN_HEADERS.find(name => headers.has(name))
  if (own !== undefined) throw badValue('headers that the sender does not set itself', 'headers', own)
  return headers
}
