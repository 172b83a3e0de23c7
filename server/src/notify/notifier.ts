/**
 * Tells people of alerts: by signed webhooks, in the words of services, by mail. Each address has a queue and retries
 * of its own, so that one that is down holds up nobody.
 */
import { createHash, randomUUID } from 'node:crypto'
import { AlertSender, postJson, sign, SIGNATURE_HEADER, type Clock, type Delivery, type Outcome } from 'rxgst/checks'
import { Problem } from '../core/problem.js'
import type { WebhookConfig } from '../core/schema.js'
import type { AlertView } from '../core/status.js'
import { MailAddress } from './mail.js'
import { bodyOf, type Notice } from './shapes.js'

const QUEUE_SIZE = 1000
const TRY_TIMEOUT_MS = 10_000
const RETRY = { initialDelay: 1000, maxDelay: 60_000, giveUpAfter: 3_600_000 }
/** Of addresses that no configuration has any more, for what still waits. */
const IDLE_CLOSE_MS = 3_600_000

type Log = Pick<Console, 'debug' | 'info' | 'warn' | 'error'>

export interface NotifierOptions {
  readonly logger: Log
  readonly clock: Clock
  /** Those of the server and of all channels now: who gets tests, and alerts of the server. */
  readonly addresses: () => { readonly server: readonly WebhookConfig[]; readonly all: readonly WebhookConfig[] }
  /** Puts secrets in the place of references. Rejects with Problem: one leads nowhere. */
  readonly resolve?: (hook: WebhookConfig) => Promise<WebhookConfig>
  /** false: refuses receivers in private networks. */
  readonly privateAddresses: () => boolean
  /** Of Telegram's API; a test has another one. */
  readonly telegram?: string
}

type Tell = (notice: Notice & { readonly id: string; readonly lost: number }, signal: AbortSignal) => Promise<Outcome>

interface Address {
  readonly sender: AlertSender<AlertView>
  readonly tell: Tell
  readonly name: string
  lastUsed: number
}

/** What a test sends. */
const testAlert = (now: number): AlertView => ({
  id: randomUUID(),
  channel: 'test',
  rule: 'test',
  metric: 'test',
  severity: 'warning',
  message: 'Test of rxgst: alerts arrive here',
  raisedAt: now,
  clearedAt: null,
  clearedBy: null,
  value: 0,
  peak: 0,
  acknowledgedBy: null,
  acknowledgedAt: null,
})

export class Notifier {
  readonly #options: NotifierOptions
  readonly #addresses = new Map<string, Address>()

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  /** An alert of a channel goes to its addresses and to the server's; one of the server (null) to the server's. */
  send(alert: AlertView, channel: { readonly webhooks: readonly WebhookConfig[] } | null): void {
    const hooks = [...(channel?.webhooks ?? []), ...this.#options.addresses().server]
    for (const [key, hook] of byKey(hooks)) this.#address(key, hook).sender.next(alert)
    this.#forget()
  }

  /** Sends a test to each address, once. `failed` has no secrets. */
  async test(): Promise<{ readonly sent: number; readonly failed: readonly string[] }> {
    const hooks = [...byKey(this.#options.addresses().all)]
    const alert = testAlert(this.#options.clock.unix())
    const results = await Promise.all(
      hooks.map(async ([key, hook]): Promise<string | null> => {
        const { tell, name } = this.#address(key, hook)
        const signal = AbortSignal.timeout(TRY_TIMEOUT_MS)
        const outcome = await tell({ event: 'test', alert, id: alert.id, lost: 0 }, signal).catch(
          (error: unknown): Outcome => ({ taken: false, why: codeOf(error), retryable: false }),
        )
        return outcome.taken ? null : `${name}: ${outcome.why}`
      }),
    )
    const failed = results.filter(result => result !== null)
    return { sent: results.length - failed.length, failed }
  }

  /** Over all addresses. */
  stats(): { readonly delivered: number; readonly failed: number; readonly dropped: number; readonly queued: number } {
    const all = [...this.#addresses.values()].map(({ sender }) => sender.stats())
    const sum = (of: 'delivered' | 'failed' | 'dropped' | 'queued'): number =>
      all.reduce((total, stats) => total + stats[of], 0)
    return { delivered: sum('delivered'), failed: sum('failed'), dropped: sum('dropped'), queued: sum('queued') }
  }

  /** Waits for what is queued, at most so long; then ends. */
  async close(deadlineMs: number): Promise<void> {
    await Promise.all([...this.#addresses.values()].map(({ sender }) => sender.flush(deadlineMs)))
    for (const { sender } of this.#addresses.values()) sender.dispose()
    this.#addresses.clear()
  }

  #address(key: string, hook: WebhookConfig): Address {
    const now = this.#options.clock.now()
    const known = this.#addresses.get(key)
    if (known) {
      known.lastUsed = now
      return known
    }
    const { clock, logger } = this.#options
    const tell = this.#tellOf(hook)
    const name = nameOf(hook)
    const deliver = ({ id, event, alert, lost }: Delivery<AlertView>, signal: AbortSignal): Promise<Outcome> =>
      tell({ event, alert, id, lost }, signal)
    const options = { name, queueSize: QUEUE_SIZE, timeout: TRY_TIMEOUT_MS, retry: RETRY, logger, deliver }
    const address = { sender: new AlertSender<AlertView>(options, clock), tell, name, lastUsed: now }
    this.#addresses.set(key, address)
    return address
  }

  /** References are looked up at each try: a secret that is missing, or changes, concerns its own address alone. */
  #tellOf(hook: WebhookConfig): Tell {
    const { resolve } = this.#options
    if (!resolve) return (notice, signal) => this.#tell(hook, notice, signal)
    return async (notice, signal) => {
      let resolved: WebhookConfig
      try {
        resolved = await withSignal(resolve(hook), signal)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const why = error.problems.map(({ message }) => message).join('; ') || error.code
        return { taken: false, why, retryable: true }
      }
      return this.#tell(resolved, notice, signal)
    }
  }

  async #tell(hook: WebhookConfig, ...[{ event, alert, id, lost }, signal]: Parameters<Tell>): Promise<Outcome> {
    const { telegram = 'https://api.telegram.org', privateAddresses, clock } = this.#options
    if (hook.type === 'mail') return new MailAddress(hook, { privateAddresses }).send({ event, alert }, signal)
    const url = new URL(hook.type === 'telegram' ? `${telegram}/bot${hook.token}/sendMessage` : hook.url)
    const allowPrivate = privateAddresses()
    const headers = new Headers()
    if (hook.type !== 'webhook') {
      const chat = hook.type === 'telegram' ? hook.chat : null
      const body = JSON.stringify(bodyOf(hook.type, { event, alert }, chat))
      return postJson({ url, headers, body, signal, allowPrivate })
    }
    const body = JSON.stringify({ delivery: id, event, alert, lost })
    // The time of this try, not of the alert: a receiver refuses old ones.
    const seconds = Math.floor(clock.unix() / 1000)
    if (hook.secret !== undefined) headers.set(SIGNATURE_HEADER, sign(hook.secret, seconds, body))
    return postJson({ url, headers, body, signal, allowPrivate })
  }

  #forget(): void {
    const now = this.#options.clock.now()
    for (const [key, { sender, lastUsed }] of this.#addresses) {
      if (now - lastUsed < IDLE_CLOSE_MS) continue
      sender.dispose()
      this.#addresses.delete(key)
    }
  }
}

/** The same address twice gets one message. The key is in memory alone. */
function byKey(hooks: readonly WebhookConfig[]): Map<string, WebhookConfig> {
  return new Map(hooks.map(hook => [createHash('sha256').update(JSON.stringify(hook)).digest('hex'), hook]))
}

/** For logs: what it is, and the host. */
function nameOf(hook: WebhookConfig): string {
  if (hook.type === 'telegram') return 'telegram'
  return `${hook.type} ${hostOf(hook.type === 'mail' ? hook.smtp : hook.url)}`
}

const REFERENCE = /\$\{[^{}]*\}/g

function hostOf(url: string): string {
  // Where the whole address is a reference, that is its name.
  if (url.replace(REFERENCE, '') === '') return url
  const plain = url.replace(REFERENCE, 'reference')
  return URL.canParse(plain) ? new URL(plain).host : 'of no valid address'
}

async function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const codeOf = (error: unknown): string => {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : name === 'AbortError' ? 'no answer in time' : 'the request failed'
}
