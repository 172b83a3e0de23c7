import { HEALTHY, nextRetry, type Retry } from '../../core/retry'
import type { ResolvedReconnect } from '../../core/transport-options'

/**
 * The failures and the outage of one stream, by which nextRetry() decides on the next attempt. Times are in ms of one
 * monotonic clock.
 */
export class RetryBudget {
  #failures = 0
  /** null while a connection is live. */
  #downSince: number | null
  /** null: no attempt is held back. */
  #heldSince: number | null = null
  #liveSince = 0

  /** @param now time of the first attempt */
  constructor(now: number) {
    this.#downSince = now
  }

  get isLive(): boolean {
    return this.#downSince === null
  }

  live(now: number): void {
    this.#downSince = null
    this.#heldSince = null
    this.#liveSince = now
  }

  /** The live connection is lost. Idempotent. */
  down(now: number): void {
    if (this.#downSince !== null) return
    if (now - this.#liveSince >= HEALTHY) this.#failures = 0
    this.#downSince = now
  }

  /** The next attempt is held back from now on: that time belongs to no outage. Idempotent. */
  hold(now: number): void {
    this.#heldSince ??= now
  }

  /** The attempt begins. */
  release(now: number): void {
    if (this.#downSince !== null && this.#heldSince !== null) this.#downSince += now - this.#heldSince
    this.#heldSince = null
  }

  /** Milliseconds since a connection was last live, or since the first attempt, without those of a hold. */
  downFor(now: number): number {
    return this.#downSince === null ? 0 : (this.#heldSince ?? now) - this.#downSince
  }

  /** A connection was lost or failed: whether another one follows, and after which delay. */
  lost(now: number, policy: ResolvedReconnect | null, retryable: boolean, random: number): Retry {
    this.down(now)
    return nextRetry(policy, { failures: this.#failures++, downFor: this.downFor(now), retryable }, random)
  }
}
