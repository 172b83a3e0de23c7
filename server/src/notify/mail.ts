/** Mail by SMTP. */
import { createTransport, type Transporter } from 'nodemailer'
import { isPublicAddress, type Outcome } from 'rxgst/checks'
import { lookup } from 'node:dns/promises'
import type { WebhookConfig } from '../core/schema.js'
import { mailOf, type Notice } from './shapes.js'

const CONNECT_TIMEOUT_MS = 8000

export class MailAddress {
  readonly #config: Extract<WebhookConfig, { type: 'mail' }>
  readonly #allowPrivate: boolean
  readonly #url: URL

  /** The URL: smtp://user:password@host:587, smtps://… for TLS from the beginning. */
  constructor(config: Extract<WebhookConfig, { type: 'mail' }>, allowPrivate: boolean) {
    this.#config = config
    this.#allowPrivate = allowPrivate
    this.#url = new URL(config.smtp)
  }

  /** One connection a mail: alerts are rare, and servers end idle ones. */
  async send(notice: Notice, signal: AbortSignal): Promise<Outcome> {
    const host = this.#url.hostname.replace(/^\[|\]$/g, '')
    if (!this.#allowPrivate) {
      const { address } = await lookup(host)
      if (!isPublicAddress(address)) {
        return { taken: false, why: 'it has a private address, which the server refuses', retryable: true }
      }
    }
    const transport: Transporter = createTransport({
      host,
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
