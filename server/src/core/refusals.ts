/**
 * Which refusals are told: a stranger who tries keys or passwords would push the events of everybody else out of their
 * ring.
 */

const MOST_AT_ONCE = 10
/** Behind those, one in so long: the ring of 10,000 events would hold a week of them. */
const NEXT_AFTER_MS = 60_000

export class Refusals {
  private readonly now: () => number
  private left = MOST_AT_ONCE
  private countedMs: number
  private untold = 0

  /** @param now ms of a monotonic clock */
  constructor(now: () => number) {
    this.now = now
    this.countedMs = now()
  }

  /** Whether this one is told: how many before it were not, or null. */
  take(): number | null {
    const more = Math.floor((this.now() - this.countedMs) / NEXT_AFTER_MS)
    this.countedMs += more * NEXT_AFTER_MS
    this.left = Math.min(MOST_AT_ONCE, this.left + more)
    if (this.left === 0) {
      this.untold += 1
      return null
    }
    this.left -= 1
    const { untold } = this
    this.untold = 0
    return untold
  }
}
