/** Mail by SMTP. */
import { createTransport, type Transporter } from 'nodemailer'
import { isPublicAddress, type Outcome } from 'rxgst/checks'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { WebhookConfig } from '../core/schema.js'
import { mailOf, type Notice } from './shapes.js'

const CONNECT_TIMEOUT_MS = 8000

export interface MailOptions {
  /** false: refuses servers in private networks. Asked at each mail. */
  readonly privateAddresses: () => boolean
  /** All addresses of a host; a test has its own. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

const resolveAll = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address)

export class MailAddress {
  readonly #config: Extract<WebhookConfig, { type: 'mail' }>
  readonly #options: MailOptions
  readonly #url: URL

  /** The URL: smtp://user:password@host:587, smtps://… for TLS from the beginning. */
  constructor(config: Extract<WebhookConfig, { type: 'mail' }>, options: MailOptions) {
    this.#config = config
    this.#options = options
    this.#url = new URL(config.smtp)
  }

  /** One connection a mail: alerts are rare, and servers end idle ones. */
  async send(notice: Notice, signal: AbortSignal): Promise<Outcome> {
    const host = this.#url.hostname.replace(/^\[|\]$/g, '')
    const { privateAddresses, resolve = resolveAll } = this.#options
    let address = host
    if (!privateAddresses()) {
      const addresses = await resolve(host)
      if (addresses.length === 0 || !addresses.every(isPublicAddress)) {
        return { taken: false, why: 'it has a private address, which the server refuses', retryable: true }
      }
      // To the address that was looked at: the name may lead elsewhere the next time.
      address = addresses[0]!
    }
    const transport: Transporter = createTransport({
      host: address,
      ...(isIP(host) === 0 && { tls: { servername: host } }),
      port: Number(this.#url.port) || (this.#url.protocol === 'smtps:' ? 465 : 587),
      secure: this.#url.protocol === 'smtps:',
      ...(this.#url.username !== '' && {
        auth: { user: decodeURIComponent(this.#url.username), pass: decodeURIComponent(this.#url.password) },
      }),
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: CONNECT_TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    const abort = (): void => transport.close()
    signal.addEventListener('abort', abort, { once: true })
    try {
      const { subject, text } = mailOf(notice)
      const { from, to } = this.#config
      await transport.sendMail({ from, to, subject, text })
      return { taken: true }
    } catch (error) {
      const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
      const status = typeof responseCode === 'number' ? responseCode : null
      const why = status === null ? (typeof code === 'string' ? code : 'the mail failed') : `SMTP status ${status}`
      // A permanent answer of SMTP is 5xx.
      return { taken: false, why, retryable: status === null || status < 500 }
    } finally {
      signal.removeEventListener('abort', abort)
      transport.close()
    }
  }
}
