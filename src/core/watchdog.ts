/** What is seen of a thing at one look. */
export interface Observation {
  /** ms of a clock that only goes forward. */
  readonly now: number
}

export interface WatchdogOptions<L extends Observation> {
  /** ms for which the thing may be well at no look. */
  readonly patience: number
  /** ms between two looks, beyond which the whole process stood still, and the wait begins anew. Default Infinity. */
  readonly asleep?: number
  /**
   * Most ms of the time between two looks that count as waited. After a longer time the whole process stood still, and
   * what it looks at may have had no turn either; yet a program that blocks its thread for long, again and again, must
   * still find out. Default Infinity.
   */
  readonly longestGap?: number
  /** Whether it moves, or has no reason to. `well`: the last look at which it was so. */
  isWell(look: L, last: L, well: L): boolean
}

/**
 * Finds out that a thing hangs which reports no error: a decoder, an encoder, a server, a source. Whoever owns it looks
 * at its counters now and then; whether they say that it is well is told by a pure function. No clock, no timers.
 */
export class Watchdog<L extends Observation> {
  readonly #options: WatchdogOptions<L>
  #last: L | null = null
  #well: L | null = null
  /** ms since #well that count. */
  #waited = 0

  constructor(options: WatchdogOptions<L>) {
    this.#options = options
  }

  /** The last look at which it was well, where that is `patience` ms ago or more; else null. */
  overdue(look: L): L | null {
    const { patience, asleep = Infinity, longestGap = Infinity, isWell } = this.#options
    const [last, well] = [this.#last, this.#well]
    this.#last = look
    if (last === null || well === null || look.now - last.now > asleep || isWell(look, last, well)) {
      this.#well = look
      this.#waited = 0
      return null
    }
    this.#waited += Math.min(look.now - last.now, longestGap)
    return this.#waited >= patience ? well : null
  }
}
