import type { Clock } from '../../core/clock'

/** A wall clock that goes ahead by more at once was set, or the machine slept. */
const JUMP_MS = 3_600_000
/** So long somebody may set it right. */
const HOLD_MS = 86_400_000

/**
 * Whether what is old may go. Ages are measured by the wall clock, and a bad step of it would make a whole archive old
 * at once. After a jump ahead nothing is old for a day, or until the clock is back.
 */
export class AgeGuard {
  readonly #clock: Clock
  /** Of the wall clock from the monotonic one, as it was believed last. */
  #offset: number
  #jumpedAt: number | null = null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#offset = clock.unix() - clock.now()
  }

  /** ms by which the wall clock is ahead; 0: it is right. */
  get aheadMs(): number {
    return this.holdMs > 0 ? this.#clock.unix() - this.#clock.now() - this.#offset : 0
  }

  /** ms for which nothing goes by its age; 0: it may. */
  get holdMs(): number {
    const now = this.#clock.now()
    const offset = this.#clock.unix() - now
    if (offset - this.#offset > JUMP_MS) {
      this.#jumpedAt ??= now
      const left = this.#jumpedAt + HOLD_MS - now
      if (left > 0) return left
    }
    this.#offset = offset
    this.#jumpedAt = null
    return 0
  }
}

/** One for each clock: recordings begin and end, and none of them may forget a jump. */
const guards = new WeakMap<Clock, AgeGuard>()

export function ageGuard(clock: Clock): AgeGuard {
  const guard = guards.get(clock) ?? new AgeGuard(clock)
  guards.set(clock, guard)
  return guard
}
