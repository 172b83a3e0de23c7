import type { ResolvedReconnect } from '../../core/transport-options'
import { HEALTHY, nextRetry, type Retry } from '../../core/retry'

/** How the connections of one stream have fared, as far as the next one depends on it. Times in ms of any one clock. */
export class Outages {
  #failures = 0
  #downSince: number
  #liveSince: number | null = null

  /** `now`: when the first connection is tried. */
  constructor(now: number) {
    this.#downSince = now
  }

  live(now: number): void {
    this.#liveSince = now
  }

  /** A connection was lost, or did not come about: whether there is another, and after how long. */
  lost(now: number, policy: ResolvedReconnect | null, retryable: boolean, random: number): Retry {
    if (this.#liveSince !== null) {
      if (now - this.#liveSince >= HEALTHY) this.#failures = 0
      this.#downSince = now
      this.#liveSince = null
    }
    return nextRetry(policy, { failures: this.#failures++, downFor: now - this.#downSince, retryable }, random)
  }
}
