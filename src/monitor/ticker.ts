import type { Clock } from '../core/clock'

/**
 * Calls back every `interval` ms without drift. Ticks that a blocked thread missed are skipped. The timer does not keep
 * the process alive.
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

  /** Has no effect while it runs. */
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
    // Planned before the callback, which can stop the ticker.
    this.#plan()
    this.#onTick()
  }
}
