import { HEALTHY, nextRetry, type Retry } from '../../core/retry'
import type { ResolvedReconnect } from '../../core/transport-options'

/** How the connections of one stream have fared, as far as the next one depends on it. Times in ms of any one clock. */
export class RetryBudget {
  #failures = 0
  /** Null while a connection is live. */
  #downSince: number | null
  #liveSince = 0

  /** `now`: when the first connection is tried. */
  constructor(now: number) {
    this.#downSince = now
  }

  get isLive(): boolean {
    return this.#downSince === null
  }

  live(now: number): void {
    this.#downSince = null
    this.#liveSince = now
  }

  /** The live connection is lost; idempotent. */
  down(now: number): void {
    if (this.#downSince !== null) return
    if (now - this.#liveSince >= HEALTHY) this.#failures = 0
    this.#downSince = now
  }

  /** ms since a connection was last live, or since the first one was tried. */
  downFor(now: number): number {
    return this.#downSince === null ? 0 : now - this.#downSince
  }

  /** A connection was lost, or did not come about: whether there is another, and after how long. */
  lost(now: number, policy: ResolvedReconnect | null, retryable: boolean, random: number): Retry {
    this.down(now)
    return nextRetry(policy, { failures: this.#failures++, downFor: this.downFor(now), retryable }, random)
  }
}
