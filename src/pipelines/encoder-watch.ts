/** What is seen of an encoder at one look; counters. */
export interface EncoderLook {
  /** ms of a clock. */
  readonly now: number
  /** That have come to it. */
  readonly pictures: number
  readonly packets: number
}

/** ms without a packet, with more pictures in it than it keeps; well before targets that get nothing seem to stall. */
const PATIENCE = 1500
/** ms between two looks, beyond which the whole process stood still. */
const ASLEEP = 1200

/**
 * Finds out that an encoder's device hangs: more pictures are in it than it is used to keep, and nothing comes out. What
 * it keeps until the next ones come is the least that was ever in it.
 */
export class EncoderWatch {
  #packets = -1
  #since = 0
  #looked = -Infinity
  #kept = Infinity

  hangs({ now, pictures, packets }: EncoderLook): boolean {
    const slept = now - this.#looked > ASLEEP
    this.#looked = now
    const inside = pictures - packets
    if (packets > 0) this.#kept = Math.min(this.#kept, inside)
    const well = packets !== this.#packets || slept || inside <= (packets > 0 ? this.#kept : 0)
    if (well) this.#since = now
    this.#packets = packets
    return now - this.#since >= PATIENCE
  }
}
