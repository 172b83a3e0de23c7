import { badOption, checkInteger, checkNumber, checkRecord } from '../core/check'

/** This many raises and clears within this time, and a rule is said to flap instead of being said each time. */
export const FLAP_COUNT = 4
export const FLAP_WINDOW = 300_000
/** One that stays raised for so long does not come and go: it is said by its own name. */
export const FLAP_LONG = 30_000

/** When a rule is said to flap. */
export interface FlappingOptions {
  /** Raises and clears within `window`. Default 4. */
  count?: number
  /** ms; also how long nothing may change until it is over. Default 300000. */
  window?: number
  /** ms for which an alert stays raised and is then said by its own name, though it flaps. Default 30000. */
  long?: number
}

export type ResolvedFlapping = Readonly<Required<FlappingOptions>>

const DEFAULTS = { count: FLAP_COUNT, window: FLAP_WINDOW, long: FLAP_LONG }
export const FLAPPING_DEFAULTS: ResolvedFlapping = Object.freeze(DEFAULTS)

/** false: nothing flaps, each change is said. */
export function resolveFlapping(value: unknown): ResolvedFlapping {
  if (value === false) return { ...FLAPPING_DEFAULTS, count: Infinity }
  if (typeof value !== 'object' || value === null) throw badOption('an object or false', 'flapping', value)
  const given = checkRecord('flapping', value, ['count', 'window', 'long'])
  const { count = FLAP_COUNT, window = FLAP_WINDOW, long = FLAP_LONG } = given
  return {
    count: checkInteger('flapping.count', count, 2, 1000),
    window: checkNumber('flapping.window', window, 1000, 86_400_000),
    long: checkNumber('flapping.long', long, 0, Infinity),
  }
}

/** Counts one rule's changes. It flaps from the fourth within 5 minutes on, until there was none for 5 minutes. */
export class FlapGuard {
  readonly #options: ResolvedFlapping
  #changes: number[] = []
  #flapping = false

  constructor(options: ResolvedFlapping = FLAPPING_DEFAULTS) {
    this.#options = options
  }

  get flapping(): boolean {
    return this.#flapping
  }

  /** One raise or clear. */
  note(now: number): void {
    const { count } = this.#options
    this.#forget(now)
    if (count === Infinity) return
    this.#changes.push(now)
    if (this.#changes.length >= count) {
      this.#flapping = true
      this.#changes = this.#changes.slice(-count) // the last one alone says when it is quiet
    }
  }

  /** It has been raised for so many ms without a break: a long one is no flapping, and the count begins anew. */
  hold(ms: number): void {
    if (this.#flapping && ms >= this.#options.long) this.reset()
  }

  /** To be called as time passes. */
  tick(now: number): void {
    this.#forget(now)
    if (this.#changes.length === 0) this.#flapping = false
  }

  reset(): void {
    this.#changes = []
    this.#flapping = false
  }

  #forget(now: number): void {
    // Neither what is too old nor what a clock that went back left in the future.
    this.#changes = this.#changes.filter(time => time <= now && now - time < this.#options.window)
  }
}
