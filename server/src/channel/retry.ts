/** When something that failed is tried anew. The monotonic clock decides: somebody may set the other one. */

/** What has failed for good is tried anew after so long: its peer, or its file, may be another then. */
export const RETRY_FAILED_MS = 30_000

export interface Clocks {
  /** ms of a monotonic clock. */
  now(): number
  /** Unix ms. */
  unix(): number
}

export class Retry {
  readonly #clocks: Clocks
  #dueMs: number | null = null
  #at: number | null = null

  constructor(clocks: Clocks) {
    this.#clocks = clocks
  }

  /** Unix ms, for people; null: nothing is planned. */
  get at(): number | null {
    return this.#at
  }

  get isPlanned(): boolean {
    return this.#dueMs !== null
  }

  get isDue(): boolean {
    return this.#dueMs !== null && this.#clocks.now() >= this.#dueMs
  }

  plan(delayMs: number): void {
    this.#dueMs = this.#clocks.now() + delayMs
    this.#at = this.#clocks.unix() + delayMs
  }

  clear(): void {
    this.#dueMs = null
    this.#at = null
  }
}
