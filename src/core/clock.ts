/**
 * The source of time for every wait of this package. Tests pass their own clock. It has two times: a monotonic one for
 * waits and ages, and the wall clock for people.
 */
export interface Clock {
  /** ms, monotonic; the base of `VideoFrame.arrivalTime`. */
  now(): number
  /** Unix ms. */
  unix(): number
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

/** Node.js fires a longer timer at once, so 24.8 days stand for "very long". */
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
