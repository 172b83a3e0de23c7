/** Delay before each further restart. */
const DELAYS_MS = [0, 200, 400, 800, 1600]
/** Restarts that are longer ago do not count: the encoder has failed for another reason. */
const MEMORY_MS = 60_000

/**
 * The restart limit of encoders that fail. A driver that has lost its device once may work again; a broken driver fails
 * again and again.
 */
export class RestartLimit {
  #times: readonly number[] = []

  /** Delay before the next restart, ms; null: too many restarts within a minute. */
  next(now: number): number | null {
    this.#times = [...this.#times.filter(time => now - time < MEMORY_MS), now]
    return DELAYS_MS[this.#times.length - 1] ?? null
  }
}
