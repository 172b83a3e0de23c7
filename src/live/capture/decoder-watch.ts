/** What is seen of a decoder at one look; counters. */
export interface DecoderLook {
  /** ms of a clock. */
  readonly now: number
  readonly decoded: number
  /** Compressed pictures that came to it since the first keyframe: before, there is nothing to decode. */
  readonly packets: number
  /**
   * Bytes that the source has taken off its socket; with one thread for all, they stand still where a decoder does not
   * return.
   */
  readonly taken: number
  /** Bytes that the system has received for it; 0 where it does not tell. */
  readonly received: number
}

/** More than a decoder keeps for reordering, at most 16 by the standard, and for its own threads. */
const HELD = 32
/** What pings and acknowledgements take in that time is less. */
const FLOWING_BYTES = 4096
/** ms between two looks, beyond which the whole process stood still. */
const ASLEEP = 1000

/** Finds out that a decoder hangs: pictures come to it, or bytes that nothing takes, and none comes out. */
export class DecoderWatch {
  readonly #patience: number
  #last: DecoderLook | null = null
  /** The last look at which a picture had come out. */
  #well: DecoderLook | null = null
  /** The last look at which the source took something. */
  #flowed: DecoderLook | null = null

  /** @param patience ms without a picture */
  constructor(patience: number) {
    this.#patience = patience
  }

  hangs(look: DecoderLook): boolean {
    const last = this.#last
    this.#last = look
    if (
      last === null ||
      this.#well === null ||
      this.#flowed === null ||
      look.decoded > last.decoded ||
      look.now - last.now > ASLEEP
    ) {
      this.#well = this.#flowed = look
      return false
    }
    if (look.taken > last.taken) this.#flowed = look
    if (look.packets === 0) this.#well = look
    if (look.now - this.#well.now < this.#patience) return false
    if (look.packets - this.#well.packets > HELD) return true
    // Its thread does not return: what comes off the network stays where it is.
    return look.now - this.#flowed.now >= this.#patience && look.received - this.#flowed.received > FLOWING_BYTES
  }
}
