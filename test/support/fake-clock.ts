import type { Clock } from '../../src/core/clock'

export interface FakeClock extends Clock {
  /** Lets time pass: every timer that is due by then runs, in order, and what it starts in promises too. */
  pass(ms: number): Promise<void>
  readonly pending: number
}

export function fakeClock(start = 1_000_000): FakeClock {
  let now = 0
  const timers = new Set<{ at: number; fn: () => void }>()
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    now: () => now,
    unix: () => start + now,
    setTimeout: (fn, ms) => {
      const timer = { at: now + ms, fn }
      timers.add(timer)
      return timer
    },
    clearTimeout: (handle) => void timers.delete(handle as { at: number; fn: () => void }),
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
