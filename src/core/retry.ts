import type { ResolvedReconnect } from './transport-options'

/** What is known when a connection was lost or did not come about. */
export interface Outage {
  /** How many attempts failed since the stream was last live for `HEALTHY` ms; 0 right after such a loss. */
  readonly failures: number
  /** ms since it was last live, or since start() where it never was. */
  readonly downFor: number
  /** Whether what went wrong may go right at another time (RxGstError.retryable). */
  readonly retryable: boolean
}

export type Retry = { readonly retry: true; readonly delay: number } | { readonly retry: false }

const GROWTH = 1.5

/**
 * Live for this long, ms, and the next loss is a new story: it begins with the first delay again. A server that takes a
 * stream and drops it after a second keeps its growing delay.
 */
export const HEALTHY = 60_000

/**
 * Whether another attempt is made, and after how long: initialDelay × 1.5ⁿ up to maxDelay, of which a random part is
 * waited ("full jitter": a thousand clients of one server that restarts do not come back at one moment). `random` is in
 * [0, 1). An attempt that would begin after `giveUpAfter` is none.
 */
export function nextRetry(policy: ResolvedReconnect | null, outage: Outage, random: number): Retry {
  if (policy === null || !outage.retryable) return { retry: false }
  // Past a few hundred the power is Infinity, which the cap takes care of.
  const ceiling = Math.min(policy.maxDelay, policy.initialDelay * GROWTH ** outage.failures)
  const delay = Math.round(ceiling * random)
  if (outage.downFor + delay > policy.giveUpAfter) return { retry: false }
  return { retry: true, delay }
}
