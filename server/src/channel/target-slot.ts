/** One target of the configuration, through all connections and removals of it. */
import type { OutputTargetView, RxGstError } from 'rxgst'
import type { TargetConfig } from '../core/schema.js'
import type { Reason, TargetStatus } from '../core/status.js'
import { displayOf, kindOf } from './places.js'
import { type Clocks, Retry } from './retry.js'

const BITRATE_WINDOW_MS = 5000

export class TargetSlot {
  readonly name: string
  config: TargetConfig
  /** By configuration, or by an operator since. */
  enabled: boolean
  /** Why the library refused it, or gave it up. */
  fault: RxGstError | null = null
  /** When it is tried anew after that. */
  readonly retry: Retry
  #view: OutputTargetView | null = null
  /** Of the views before. */
  #past = { outBytes: 0, dropped: 0, reconnects: 0 }
  readonly #sent: { readonly at: number; readonly bytes: number }[] = []

  constructor(name: string, config: TargetConfig, clocks: Clocks) {
    this.name = name
    this.retry = new Retry(clocks)
    this.config = config
    this.enabled = config.enabled
  }

  get view(): OutputTargetView | null {
    return this.#view
  }

  get isLive(): boolean {
    return this.#view?.state.phase === 'live'
  }

  enter(view: OutputTargetView): void {
    this.#view = view
    this.fault = null
    this.retry.clear()
  }

  leave(): void {
    this.#past = this.#totals()
    this.#view = null
  }

  #totals(): { outBytes: number; dropped: number; reconnects: number } {
    const { outBytes = 0, dropped = 0, reconnects = 0 } = this.#view?.stats() ?? {}
    const past = this.#past
    return {
      outBytes: past.outBytes + outBytes,
      dropped: past.dropped + dropped,
      reconnects: past.reconnects + reconnects,
    }
  }

  totals(): { readonly dropped: number; readonly reconnects: number } {
    return this.#totals()
  }

  /** Once a second. @param now ms of a monotonic clock */
  measure(now: number): void {
    this.#sent.push({ at: now, bytes: this.#totals().outBytes })
    while (this.#sent.length > 2 && now - this.#sent[0]!.at > BITRATE_WINDOW_MS) this.#sent.shift()
  }

  get bitrate(): number {
    const [first, last] = [this.#sent[0], this.#sent.at(-1)]
    if (!first || !last || last.at <= first.at) return 0
    return Math.round(((last.bytes - first.bytes) * 8000) / (last.at - first.at))
  }

  /** @param reasonOf the words for a code */
  status(reasonOf: (code: string) => Reason): TargetStatus {
    const { name, config, enabled } = this
    const state = this.#view?.state
    const { dropped, reconnects } = this.#totals()
    const failed = this.fault !== null && enabled
    const idle = enabled ? 'idle' : 'stopped'
    const phase = failed ? (this.retry.isPlanned ? 'reconnecting' : 'failed') : (state?.phase ?? idle)
    const reason = failed ? { code: this.fault!.code, message: this.fault!.message } : null
    return {
      name,
      kind: kindOf(config),
      url: this.#view?.url ?? displayOf(config),
      platform: 'platform' in config ? config.platform : null,
      enabled,
      phase,
      reason: reason ?? (state?.reason ? reasonOf(state.reason) : null),
      nextRetryAt: failed ? this.retry.at : (state?.nextRetryAt ?? null),
      bitrate: this.bitrate,
      dropped,
      reconnects,
      queueMs: Math.round(this.#view?.stats().queueMs ?? 0),
    }
  }
}
