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
 * jitter": a thousand clients of a restarted server do not return at the same moment). `random` is in [0, 1). After an
 * error that another try cannot help the delay is finalDelay, where there is one. There is no try after `giveUpAfter`.
 */
export function nextRetry(policy: ResolvedReconnect | null, outage: Outage, random: number): Retry {
  if (policy === null) return { retry: false }
  const delay = outage.retryable ? delayOf(policy, outage, random) : policy.finalDelay
  if (delay === undefined) return { retry: false }
  if (outage.downFor + delay > policy.giveUpAfter) return { retry: false }
  return { retry: true, delay }
}

function delayOf({ initialDelay, maxDelay }: ResolvedReconnect, { failures }: Outage, random: number): number {
  // After a few hundred failures the power is Infinity; Math.min handles it.
  return Math.round(Math.min(maxDelay, initialDelay * GROWTH ** failures) * random)
}
