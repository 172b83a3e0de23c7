import { unref, type Clock } from './clock'

/**
 * Calls back every `interval` ms without drift. Ticks that a blocked thread missed are skipped. The timer does not keep
 * the process alive.
 */
export class Ticker {
  readonly #clock: Clock
  readonly #interval: number
  readonly #onTick: () => void
  readonly #keepsAlive: boolean
  #timer: unknown = null
  #due = 0

  /** @param keepsAlive whether its timer keeps the process alive */
  constructor(clock: Clock, interval: number, onTick: () => void, { keepsAlive = false } = {}) {
    this.#clock = clock
    this.#interval = interval
    this.#onTick = onTick
    this.#keepsAlive = keepsAlive
  }

  /** Has no effect while it runs. */
  start(): this {
    if (this.#timer !== null) return this
    this.#due = this.#clock.now()
    this.#plan()
    return this
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer)
    this.#timer = null
  }

  #plan(): void {
    const now = this.#clock.now()
    const late = now - this.#due
    this.#due = late >= 0 && late < this.#interval ? this.#due + this.#interval : now + this.#interval
    const timer = this.#clock.setTimeout(() => this.#wake(), this.#due - now)
    this.#timer = this.#keepsAlive ? timer : unref(timer)
  }

  #wake(): void {
    // Planned before the callback, which can stop the ticker.
    this.#plan()
    this.#onTick()
  }
}
