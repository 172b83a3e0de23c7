import type { ResolvedReconnect } from './transport-options'

/** The facts about a lost or failed connection. */
export interface Outage {
  /** Failed tries since the stream was last live for `HEALTHY` ms; 0 right after such a loss. */
  readonly failures: number
  /** ms since the stream was last live, or since start() if it never was. */
  readonly downFor: number
  /** Whether a later try can succeed (RxGstError.retryable). */
  readonly retryable: boolean
}

export type Retry = { readonly retry: true; readonly delay: number } | { readonly retry: false }

const GROWTH = 1.5

/**
 * After this long live, ms, the next loss starts again with the first delay. A server that accepts a stream and drops
 * it after a second keeps its growing delay.
 */
export const HEALTHY = 60_000

/**
 * Decides whether to try again, and after which delay: a random part of initialDelay × 1.5ⁿ, at most maxDelay ("full
 * jitter": a thousand clients of a restarted server do not return at the same moment). `random` is in [0, 1). There is
 * no try after `giveUpAfter`.
 */
export function nextRetry(policy: ResolvedReconnect | null, outage: Outage, random: number): Retry {
  if (policy === null || !outage.retryable) return { retry: false }
  // After a few hundred failures the power is Infinity; Math.min handles it.
  const ceiling = Math.min(policy.maxDelay, policy.initialDelay * GROWTH ** outage.failures)
  const delay = Math.round(ceiling * random)
  if (outage.downFor + delay > policy.giveUpAfter) return { retry: false }
  return { retry: true, delay }
}
