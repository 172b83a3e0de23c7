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

/** One whose timers' promises are settled between them. */
export interface SettlingClock extends Clock {
  /** Lets time pass: every timer that is due by then runs, in order, and what it starts in promises too. */
  pass(ms: number): Promise<void>
  readonly pending: number
}

export function fakeClock(start = 1_000_000): SettlingClock {
  let now = 0
  const timers = new Set<{ at: number; fn: () => void }>()
  const settle = () => new Promise<void>(resolve => setImmediate(resolve))
  return {
    now: () => now,
    unix: () => start + now,
    setTimeout: (fn, ms) => {
      const timer = { at: now + ms, fn }
      timers.add(timer)
      return timer
    },
    clearTimeout: handle => void timers.delete(handle as { at: number; fn: () => void }),
    async pass(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const next = [...timers].sort((a, b) => a.at - b.at).find(({ at }) => at <= until)
        if (!next) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.fn()
        await settle()
      }
      now = until
    },
    get pending() {
      return timers.size
    },
  }
}
