import { Watchdog, type Observation } from '../../core/watchdog'

/** What is seen of a decoder at one look; counters. */
export interface DecoderObservation extends Observation {
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
  readonly #pictures: Watchdog<DecoderObservation>
  readonly #bytes: Watchdog<DecoderObservation>

  /** @param patience ms without a picture */
  constructor(patience: number) {
    this.#pictures = new Watchdog({
      patience,
      asleep: ASLEEP,
      isWell: (look, last) => look.decoded > last.decoded || look.packets === 0,
    })
    this.#bytes = new Watchdog({
      patience,
      asleep: ASLEEP,
      isWell: (look, last) => look.decoded > last.decoded || look.taken > last.taken,
    })
  }

  hangs(look: DecoderObservation): boolean {
    const decoded = this.#pictures.overdue(look)
    const flowed = this.#bytes.overdue(look)
    if (decoded === null) return false
    if (look.packets - decoded.packets > HELD) return true
    // Its thread does not return: what comes off the network stays where it is.
    return flowed !== null && look.received - flowed.received > FLOWING_BYTES
  }
}
