import { CHANGE } from '../../addon/js'
import type { CaptureInfo } from '../../core/types'
import type { FrameBudget } from '../../engine/sinks/frame-budget'
import type { ResolvedCaptureOptions } from '../options'
import type { Ingest } from './ingest'
import { NO_STATS, sum, type IngestStats } from './ingest-stats'
import type { CaptureInput } from './inputs/input'
import { describeInfo } from './stream-info'

/** The live connection of a capture: what it carries, and what outlives it. Used on the JS thread alone. */
export class CurrentIngest {
  readonly #input: CaptureInput
  readonly #options: ResolvedCaptureOptions
  readonly #budget: FrameBudget
  readonly #attempt: () => Ingest | null
  /** null: no connection is live. */
  #live: Ingest | null = null
  /** Timeline of the last connection, which the next one continues. */
  #timeline: Ingest['timeline'] = null
  #earlier: IngestStats = NO_STATS
  #info: CaptureInfo | null = null
  #mistimedWarned = false

  /** @param attempt the present connection, live or not */
  constructor(input: CaptureInput, options: ResolvedCaptureOptions, budget: FrameBudget, attempt: () => Ingest | null) {
    this.#attempt = attempt
    this.#input = input
    this.#options = options
    this.#budget = budget
  }

  /** What the next connection continues. */
  get timeline(): Ingest['timeline'] {
    return this.#timeline
  }

  /** What the stream carries; null before a connection was live. */
  get info(): CaptureInfo | null {
    const attempt = this.#attempt()
    if (attempt && attempt === this.#live) this.#look(attempt)
    return this.#info
  }

  #look(ingest: Ingest): void {
    const info = ingest.info()
    const same = JSON.stringify(info) === JSON.stringify(this.#info)
    if (!same && (info.video || info.audio)) this.#info = info
  }

  /** A connection is live. Returns what it carries. */
  enter(ingest: Ingest): CaptureInfo {
    const info = ingest.info()
    const before = this.#info ? `; it was ${describeInfo(this.#info)}` : ''
    this.#options.logger.info(`${this.#input.display} is live over ${ingest.transport}: ${describeInfo(info)}${before}`)
    this.#info = info
    this.#live = ingest
    // Changes from before it was live.
    this.change(ingest, CHANGE.held | CHANGE.mistimed)
    return info
  }

  /** Changes of a connection, apart from media that waits for consumers. */
  change(ingest: Ingest, changes: number): void {
    if (ingest !== this.#live) return
    if (changes & CHANGE.info) this.#look(ingest)
    if (changes & CHANGE.held) this.#budget.check(ingest.held)
    if (changes & CHANGE.mistimed && !this.#mistimedWarned && ingest.mistimed > 0) {
      this.#mistimedWarned = true
      const text = 'sends pictures whose time no reordering explains: they get their decoding time (stats().mistimed)'
      this.#options.logger.warn(`${this.#input.display} ${text}`)
    }
  }

  /** A connection has ended. */
  retire(ingest: Ingest): void {
    // The last look: nobody may have asked while it was live.
    if (ingest === this.#live) {
      this.#look(ingest)
      this.#live = null
    }
    this.#timeline = ingest.timeline
    // The bytes that waited in it are no longer waiting.
    this.#earlier = sum(this.#earlier, { ...ingest.stats(), waitingBytes: 0 })
  }

  /** Counters over all connections. */
  stats(): IngestStats {
    const attempt = this.#attempt()
    return attempt ? sum(this.#earlier, attempt.stats()) : this.#earlier
  }
}
