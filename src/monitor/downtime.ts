import type { Reading } from './observation'

/** Phases in which what should run does not. */
const DOWN: readonly Reading['phase'][] = ['stalled', 'reconnecting', 'failed']

/**
 * How long an output has been off the air, s: `targetDown`, one of its targets; `offAir`, all of them. Its writes may
 * flow all the while, so that noData says nothing. null before it was started and after stop().
 */
export class Downtime {
  #targetSince: number | null = null
  #allSince: number | null = null

  /** Once a tick. */
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
