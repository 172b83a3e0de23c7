/** ms before each further attempt. */
const DELAYS = [0, 200, 400, 800, 1600]
/** An encoder that ran for this long, ms, has failed for another reason. */
const MEMORY = 60_000

/**
 * How often an encoder that fails is made anew: a driver that lost its device once may not do so again, a broken one
 * does.
 */
export class RestartLimit {
  #times: readonly number[] = []

  /** The delay before the next attempt, ms; null: enough within a minute. */
  next(now: number): number | null {
    this.#times = [...this.#times.filter(time => now - time < MEMORY), now]
    return DELAYS[this.#times.length - 1] ?? null
  }
}
