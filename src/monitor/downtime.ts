import type { Reading } from './observation'

/** Phases of an output that should be live but is not. */
const DOWN: readonly Reading['phase'][] = ['stalled', 'reconnecting', 'failed']

/**
 * How long an output has been off air, s: `targetDown` counts any target, `offAir` all of them. Its writes continue
 * meanwhile, so noData shows nothing. null before start() and after stop().
 */
export class Downtime {
  #targetSince: number | null = null
  #allSince: number | null = null

  /** To be called once per tick. */
  look(
    { phase, liveSince }: Reading,
    now: number,
  ): { readonly targetDown: number | null; readonly offAir: number | null } {
    const down = DOWN.includes(phase)
    const off = down && liveSince === null
    this.#targetSince = down ? (this.#targetSince ?? now) : null
    this.#allSince = off ? (this.#allSince ?? now) : null
    if (!down && phase !== 'live') return { targetDown: null, offAir: null }
    const seconds = (since: number | null): number => (since === null ? 0 : (now - since) / 1000)
    return { targetDown: seconds(this.#targetSince), offAir: seconds(this.#allSince) }
  }
}
