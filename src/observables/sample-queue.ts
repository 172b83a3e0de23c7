/**
 * Capacity of a reader's queue, s: the longest call (10 s) and everything that the native queue can deliver at once (10
 * s).
 */
export const QUEUE_SECONDS = 21

interface Piece {
  samples: Float32Array
  position: number
  readonly rate: number
  readonly channels: number
  readonly mask: number | undefined
  discontinuity: boolean
}

const US = 1_000_000
const lengthOf = ({ samples, channels }: Piece): number => samples.length / channels

/**
 * Audio in order, addressed by sample position and read in any lengths. Above `seconds`, the oldest audio is dropped.
 * The source can change its rate and channels: `rate` and `channels` are those of the first sample, and positions count
 * in that rate. Audio in another format waits until it is the first.
 */
export class SampleQueue {
  #pieces: Piece[] = []
  #last: { rate: number; channels: number; mask: number | undefined } = { rate: 0, channels: 0, mask: undefined }

  /**
   * @param seconds capacity
   * @param onDrop called with the samples per channel that the limit dropped
   */
  constructor(
    readonly seconds: number,
    private readonly onDrop: (samples: number) => void = () => {},
  ) {}

  /** Rate of the first sample; of the last one if empty; 0 at the start. */
  get rate(): number {
    return this.#pieces[0]?.rate ?? this.#last.rate
  }

  get channels(): number {
    return this.#pieces[0]?.channels ?? this.#last.channels
  }

  /** Speaker mask of the channels; 0: no particular speakers. */
  get mask(): number | undefined {
    return (this.#pieces[0] ?? this.#last).mask
  }

  /** Position of the first sample, null when empty. */
  get start(): number | null {
    return this.#pieces[0]?.position ?? null
  }

  /** Position after the last sample, in the last sample's rate; null when empty. */
  get end(): number | null {
    const last = this.#pieces[this.#pieces.length - 1]
    return last ? last.position + lengthOf(last) : null
  }

  /** Time after the last sample, µs; null when empty. */
  get endTime(): number | null {
    const end = this.end
    return end === null ? null : (end * US) / this.#pieces[this.#pieces.length - 1]!.rate
  }

  /** Seconds of audio in the queue. */
  get length(): number {
    return this.start === null ? 0 : this.endTime! / US - this.start / this.rate
  }

  push(
    samples: Float32Array,
    position: number,
    rate: number,
    channels: number,
    discontinuity: boolean,
    mask?: number,
  ): void {
    this.#last = { rate, channels, mask }
    this.#pieces.push({ samples, position, rate, channels, mask, discontinuity })
    while (this.#pieces.length > 1 && this.length > this.seconds) {
      this.onDrop(lengthOf(this.#pieces.shift()!))
      this.#pieces[0]!.discontinuity = true
    }
  }

  /**
   * Drops everything before `position`, in the first sample's rate; returns the number of dropped samples per channel.
   */
  skipTo(position: number): number {
    const { rate } = this
    let skipped = 0
    for (let first = this.#pieces[0]; first; first = this.#pieces[0]) {
      const to = first.rate === rate ? position : Math.round((position * first.rate) / rate)
      if (first.position >= to) break
      const count = lengthOf(first)
      const cut = Math.min(count, to - first.position)
      skipped += cut
      if (cut === count) {
        this.#pieces.shift()
      } else {
        first.samples = first.samples.subarray(cut * first.channels)
        first.position += cut
      }
    }
    return skipped
  }

  /**
   * Drops audio that ends before a time, µs: then the first sample, and with it the format, is at that time or later.
   */
  skipBefore(time: number): void {
    for (
      let first = this.#pieces[0];
      first && (first.position + lengthOf(first)) * US <= time * first.rate;
      first = this.#pieces[0]
    ) {
      this.#pieces.shift()
    }
  }

  /** Number of missing samples in [from, to), in the first sample's rate. */
  missing(from: number, to: number): number {
    const { rate } = this
    let there = 0
    for (const piece of this.#pieces) {
      const scale = rate / piece.rate
      there += Math.max(
        0,
        Math.min(to, (piece.position + lengthOf(piece)) * scale) - Math.max(from, piece.position * scale),
      )
    }
    return Math.max(0, Math.round(to - from - there))
  }

  /**
   * The samples of [from, to), with silence for missing samples and samples in another format. `discontinuity`: the
   * range contains a discontinuity or missing samples.
   */
  take(from: number, to: number, channels: number): { samples: Float32Array; discontinuity: boolean; missing: number } {
    const samples = new Float32Array(Math.max(0, to - from) * channels)
    const { rate } = this
    let discontinuity = false
    let filled = 0
    this.skipTo(from)
    for (
      let first = this.#pieces[0];
      first && first.rate === rate && first.channels === channels && first.position < to;
      first = this.#pieces[0]
    ) {
      const count = Math.min(lengthOf(first), to - first.position)
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
