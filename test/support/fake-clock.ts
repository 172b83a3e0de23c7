import type { Clock } from '../../src/core/clock'

interface Timer {
  due: number
  fn: () => void
}

/** A clock that a test moves. Each one begins at the same times. */
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

  /** Lets time pass: each timer runs at its time, also one that another timer sets. */
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

  /** Lets time pass without running timers, as when the thread is blocked. */
  block(ms: number): void {
    this.#to(this.#now + ms)
  }

  /** Somebody sets the wall clock ahead, or back. */
  step(ms: number): void {
    this.#unix += ms
  }

  #to(time: number): void {
    const step = Math.max(0, time - this.#now)
    this.#now += step
    this.#unix += step
  }
}

/** A fake clock that lets promises settle between its timers. */
export interface SettlingClock extends Clock {
  /** Lets time pass: each timer runs at its time, in order, and the promises that it starts settle. */
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
