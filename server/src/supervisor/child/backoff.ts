/** When a process that ended is started again. */

/** The first one at once, so that a crash costs a second. */
const DELAYS_MS = [0, 1000, 2000, 4000, 8000, 16_000, 30_000] as const
export const LONGEST_DELAY_MS = DELAYS_MS[DELAYS_MS.length - 1]!
/** A process that ran so long was well: the next exit counts as a first one. */
export const GOOD_AFTER_MS = 60_000
/** Exits in a row, none of them after a good time, that are a loop. */
export const LOOP_EXITS = 4

export class Backoff {
  /** Exits without a good time between them. */
  exits = 0

  /** The delay until the next start, ms. `ranMs`: how long the process was well. */
  next(ranMs: number): number {
    if (ranMs >= GOOD_AFTER_MS) this.exits = 0
    const delay = DELAYS_MS[Math.min(this.exits, DELAYS_MS.length - 1)]!
    this.exits += 1
    return delay
  }

  reset(): void {
    this.exits = 0
  }
}
