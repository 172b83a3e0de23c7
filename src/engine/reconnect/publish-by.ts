import type { Clock } from '../../core/clock'

/** Longer than any attempt lasts, ms. */
const LONGEST_MS = 86_400_000

/**
 * The time by which a server must have been asked for the stream, as the addon takes it: µs of CLOCK_MONOTONIC.
 * @param until the same as a time of the clock
 */
export function publishByUs(until: number, clock: Clock): number {
  // Read before the other clock: where the process stands still between the two, less time is left, and never more.
  const nowUs = Number(process.hrtime.bigint() / 1000n)
  return Math.floor(nowUs + Math.min(until - clock.now(), LONGEST_MS) * 1000)
}
