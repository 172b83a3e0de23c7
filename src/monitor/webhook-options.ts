import { badOption, checkInteger, checkNumber, checkRecord } from '../core/check'
import { checkLogger, SILENT_LOGGER, type ResolvedReconnect } from '../core/options-transport'
import type { Logger } from '../core/types'
import { checkSecret } from './signature'

export interface WebhookOptions {
  /** http or https. Its path and query may be a secret: no message shows them. */
  url: string
  /** Signs every delivery; at least 16 characters. */
  secret: string
  /** Deliveries that wait. Default 1000; when it is full the oldest is dropped, and counted. */
  queueSize?: number
  /** ms for one request. Default 10000. */
  timeout?: number
  /** Between two tries of one delivery, ms: grows ×1.5 with full jitter. Defaults 1000 and 60000. */
  initialDelay?: number
  maxDelay?: number
  /** A delivery that did not succeed within this is dropped, and counted, ms. Default 3600000. */
  giveUpAfter?: number
  /** Further headers, for a receiver that wants its own token. */
  headers?: Readonly<Record<string, string>>
  /** pino-shaped; silent when absent. */
  logger?: Logger
}

export interface ResolvedWebhookOptions {
  readonly url: URL
  readonly secret: string
  readonly queueSize: number
  readonly timeout: number
  readonly retry: ResolvedReconnect
  readonly headers: Headers
  readonly logger: Logger
}

const NAMES = ['url', 'secret', 'queueSize', 'timeout', 'initialDelay', 'maxDelay', 'giveUpAfter', 'headers', 'logger'] as const
const HOUR = 3_600_000

export function resolveWebhookOptions(options: unknown): ResolvedWebhookOptions {
  const given = checkRecord('options', options, NAMES)
  const initialDelay = checkNumber('initialDelay', given.initialDelay ?? 1000, 1, HOUR)
  return {
    url: checkHttpUrl(given.url),
    secret: checkSecret(given.secret),
    queueSize: checkInteger('queueSize', given.queueSize ?? 1000, 1, 100_000),
    timeout: checkNumber('timeout', given.timeout ?? 10_000, 1, 600_000),
    retry: {
      initialDelay,
      maxDelay: checkNumber('maxDelay', given.maxDelay ?? Math.max(60_000, initialDelay), initialDelay, HOUR),
      giveUpAfter: checkNumber('giveUpAfter', given.giveUpAfter ?? HOUR, 0, 24 * HOUR),
    },
    headers: checkHeaders(given.headers ?? {}),
    logger: checkLogger('logger', given.logger ?? SILENT_LOGGER),
  }
}

function checkHttpUrl(value: unknown): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null
  // fetch refuses a URL with a password; a header carries it as well.
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  throw badOption('an http or https URL without user name and password', 'url', typeof value === 'string' ? '***' : value)
}

function checkHeaders(value: unknown): Headers {
  try {
    return new Headers(value as Record<string, string>)
  } catch {
    throw badOption('an object of header names and texts', 'headers', value)
  }
}
