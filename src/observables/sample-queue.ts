/** What a reader's queue holds: the longest call (10 s) and all that the native queue can hand over at once (10 s). */
export const QUEUE_SECONDS = 21

/** Sound in order, addressed by sample position; taken out in any lengths. Bounded: past `capacity` the oldest goes. */
export class SampleQueue {
  #chunks: { samples: Float32Array; position: number; discontinuity: boolean }[] = []
  #dropped = 0
  channels = 0
  rate = 0

  /** @param seconds what it holds at most */
  constructor(readonly seconds: number) {}

  /** Position of the first sample, null when empty. */
  get start(): number | null {
    return this.#chunks[0]?.position ?? null
  }

  /** Position behind the last sample, null when empty. */
  get end(): number | null {
    const last = this.#chunks[this.#chunks.length - 1]
    return last ? last.position + last.samples.length / this.channels : null
  }

  /** Seconds of sound in it. */
  get length(): number {
    return this.start === null || this.rate === 0 ? 0 : (this.end! - this.start) / this.rate
  }

  /** Samples per channel that its bound lost. */
  get dropped(): number {
    return this.#dropped
  }

  push(samples: Float32Array, position: number, rate: number, channels: number, discontinuity: boolean): void {
    this.rate = rate
    this.channels = channels
    this.#chunks.push({ samples, position, discontinuity })
    while (this.#chunks.length > 1 && this.end! - this.start! > this.seconds * rate) {
      const gone = this.#chunks.shift()!
      this.#dropped += gone.samples.length / channels
      this.#chunks[0]!.discontinuity = true
    }
  }

  /** Forgets everything before `position`; returns how many samples per channel that were. */
  skipTo(position: number): number {
    let skipped = 0
    for (let first = this.#chunks[0]; first && first.position < position; first = this.#chunks[0]) {
      const count = first.samples.length / this.channels
      const cut = Math.min(count, position - first.position)
      skipped += cut
      if (cut === count) {
        this.#chunks.shift()
      } else {
        first.samples = first.samples.subarray(cut * this.channels)
        first.position += cut
      }
    }
    return skipped
  }

  /** How many of the samples of [from, to) are not there. */
  missing(from: number, to: number): number {
    let there = 0
    for (const { samples, position } of this.#chunks) {
      there += Math.max(0, Math.min(to, position + samples.length / this.channels) - Math.max(from, position))
    }
    return Math.max(0, to - from) - there
  }

  /**
   * The samples of [from, to); where there are none, silence. `discontinuity`: a seam lies in it, or a part was missing.
   */
  take(from: number, to: number, channels: number): { samples: Float32Array; discontinuity: boolean; missing: number } {
    const samples = new Float32Array(Math.max(0, to - from) * channels)
    let discontinuity = false
    let filled = 0
    this.skipTo(from)
    for (let first = this.#chunks[0]; first && first.position < to; first = this.#chunks[0]) {
      const count = Math.min(first.samples.length / channels, to - first.position)
      samples.set(first.samples.subarray(0, count * channels), (first.position - from) * channels)
      filled += count
      discontinuity ||= first.discontinuity
      first.discontinuity = false
      this.skipTo(first.position + count)
    }
    const missing = to - from - filled
    return { samples, discontinuity: discontinuity || missing > 0, missing }
  }
}
