import type { Clock } from '../core/clock'

/**
 * Calls back every `interval` ms while it runs, without drifting; ticks that a blocked thread missed are not made up
 * for. Its timer does not keep the process alive.
 */
export class Ticker {
  readonly #clock: Clock
  readonly #interval: number
  readonly #onTick: () => void
  #timer: unknown = null
  #due = 0

  constructor(clock: Clock, interval: number, onTick: () => void) {
    this.#clock = clock
    this.#interval = interval
    this.#onTick = onTick
  }

  /** No effect while it runs. */
  start(): void {
    if (this.#timer !== null) return
    this.#due = this.#clock.now()
    this.#plan()
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer)
    this.#timer = null
  }

  #plan(): void {
    const now = this.#clock.now()
    const late = now - this.#due
    this.#due = late >= 0 && late < this.#interval ? this.#due + this.#interval : now + this.#interval
    const timer = this.#clock.setTimeout(() => this.#ring(), this.#due - now)
    this.#timer = timer
    ;(timer as Partial<NodeJS.Timeout> | null)?.unref?.()
  }

  #ring(): void {
    // Planned first: whatever the callback does, stopping included, counts.
    this.#plan()
    this.#onTick()
  }
}
