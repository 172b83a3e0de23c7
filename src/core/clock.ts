/**
 * Where every wait of this package takes its time from, so that tests can turn the hands. Two times: one that only goes
 * forward, for waits and ages, and the wall's, for people.
 */
export interface Clock {
  /** ms, monotonic; the base of `VideoFrame.arrivalTime`. */
  now(): number
  /** Unix ms. */
  unix(): number
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

/** Node runs a longer timer at once; 24.8 days stand for "very long". */
export const MAX_TIMEOUT = 2 ** 31 - 1

export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  unix: () => Date.now(),
  setTimeout: (fn: () => void, ms: number) => setTimeout(fn, Math.min(ms, MAX_TIMEOUT)),
  clearTimeout: (handle: unknown) => clearTimeout(handle as NodeJS.Timeout | undefined),
})

/** A clock's timer that keeps no process alive from now on; a test's clock keeps none alive anyway. */
export function unref(timer: unknown): unknown {
  ;(timer as Partial<NodeJS.Timeout> | null)?.unref?.()
  return timer
}
