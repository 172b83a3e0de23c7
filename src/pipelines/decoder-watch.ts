/** What is seen of a decoder at one look; counters. */
export interface DecoderLook {
  /** ms of a clock. */
  readonly now: number
  readonly decoded: number
  /** Compressed pictures that came to it. */
  readonly packets: number
  /** Buffers of the source; with one thread for all, they stop where the decoder does not return. */
  readonly moved: number
  /** Off the network; 0 where the transport does not tell. */
  readonly bytes: number
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
  #moved = 0

  /** @param patience ms without a picture */
  constructor(patience: number) {
    this.#patience = patience
  }

  hangs(look: DecoderLook): boolean {
    const last = this.#last
    this.#last = look
    if (last === null || look.decoded > last.decoded || this.#well === null || look.now - last.now > ASLEEP) {
      this.#well = look
      this.#moved = look.now
      return false
    }
    if (look.moved > last.moved) this.#moved = look.now
    if (look.now - this.#well.now < this.#patience) return false
    if (look.packets - this.#well.packets > HELD) return true
    // Its thread does not return: what comes off the network stays there.
    return look.packets > 0 && look.now - this.#moved >= this.#patience && look.bytes - this.#well.bytes > FLOWING_BYTES
  }
}
