import { badOption, checkInteger, checkNumber, checkRecord } from '../core/check'

/** After this many raises and clears within FLAP_WINDOW ms, one 'flapping' alert replaces the single changes. */
export const FLAP_COUNT = 4
export const FLAP_WINDOW = 300_000
/** A rule that stays raised for this long, ms, does not flap: it is raised under its own name. */
export const FLAP_LONG = 30_000

/** Options of flapping. */
export interface FlappingOptions {
  /** Number of raises and clears within `window`. Default 4. */
  count?: number
  /** ms; also the time without a change after which flapping ends. Default 300000. */
  window?: number
  /** Time of a raise after which the rule is raised under its own name although it flaps, ms. Default 30000. */
  long?: number
}

export type ResolvedFlapping = Readonly<Required<FlappingOptions>>

const DEFAULTS = { count: FLAP_COUNT, window: FLAP_WINDOW, long: FLAP_LONG }
export const FLAPPING_DEFAULTS: ResolvedFlapping = Object.freeze(DEFAULTS)

/** false: no flapping, each change is an alert. */
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

/**
 * Counts the changes of one rule. With the defaults, the rule flaps from the fourth change within 5 minutes until there
 * is no change for 5 minutes.
 */
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

  /** Counts one raise or clear. */
  note(now: number): void {
    const { count } = this.#options
    this.#forget(now)
    if (count === Infinity) return
    this.#changes.push(now)
    if (this.#changes.length >= count) {
      this.#flapping = true
      this.#changes = this.#changes.slice(-count) // only the last change decides when it is quiet
    }
  }

  /** Ends flapping if the rule has been raised for `long` ms without a break; the count restarts. */
  hold(ms: number): void {
    if (this.#flapping && ms >= this.#options.long) this.reset()
  }

  /** To be called at every tick. */
  tick(now: number): void {
    this.#forget(now)
    if (this.#changes.length === 0) this.#flapping = false
  }

  reset(): void {
    this.#changes = []
    this.#flapping = false
  }

  #forget(now: number): void {
    // Removes old changes, and changes in the future (from a clock that went back).
    this.#changes = this.#changes.filter(time => time <= now && now - time < this.#options.window)
  }
}
