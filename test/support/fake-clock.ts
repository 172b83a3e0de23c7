import type { Clock } from '../../src/core/clock'

interface Timer {
  due: number
  fn: () => void
}

/** A clock whose hands a test turns; both times begin anew with each. */
export class FakeClock implements Clock {
  #now = 1000
  #unix = 1_700_000_000_000
  readonly #timers = new Map<number, Timer>()
  #handles = 0

  now = (): number => this.#now
  unix = (): number => this.#unix

  setTimeout(fn: () => void, ms: number): number {
    this.#timers.set(++this.#handles, { due: this.#now + Math.max(0, ms), fn })
    return this.#handles
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number)
  }

  get timers(): number {
    return this.#timers.size
  }

  /** Time passes; what is due runs at its time, and what that plans too. */
  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const [next] = [...this.#timers].filter(([, { due }]) => due <= end).sort(([, a], [, b]) => a.due - b.due)
      if (!next) break
      const [handle, { due, fn }] = next
      this.#timers.delete(handle)
      this.#to(due)
      fn()
    }
    this.#to(end)
  }

  /** The thread was blocked: time passed and nothing ran. */
  block(ms: number): void {
    this.#to(this.#now + ms)
  }

  #to(time: number): void {
    const step = Math.max(0, time - this.#now)
    this.#now += step
    this.#unix += step
  }
}
