import { Watchdog, type Observation } from '../../core/watchdog'

/** Counters of a decoder and its input, at one look. */
export interface DecoderObservation extends Observation {
  /** Pictures that it has given out. */
  readonly decoded: number
  /** Encoded pictures that have come since the first keyframe; before it nothing can be decoded. */
  readonly packets: number
  /**
   * Bytes that the source has read from its socket, or buffers that it has given out: what the thread does that
   * decodes, too. So it stands still while the decoder does not return.
   */
  readonly taken: number
  /** Bytes that have come for it, taken or not; 0 where that is unknown. */
  readonly received: number
  /** Whether more is always there, as in a file. */
  readonly endless?: boolean
}

/** More pictures than a decoder keeps: for reordering (at most 16, by the standard) and for its own threads. */
const MOST_HELD_PICTURES = 32
/** More bytes than pings and acknowledgements need in that time. */
const FLOWING_BYTES = 4096
/** After a longer gap between two looks the whole process stood still, and the wait begins again. */
const ASLEEP_MS = 1000

/** The watch of a decoder that may hang: pictures come in, or bytes that nothing reads, and no picture comes out. */
export class DecoderWatch {
  readonly #pictures: Watchdog<DecoderObservation>
  readonly #bytes: Watchdog<DecoderObservation>

  constructor(patienceMs: number) {
    this.#pictures = new Watchdog({
      patience: patienceMs,
      asleep: ASLEEP_MS,
      isWell: (look, last) => look.decoded > last.decoded || look.packets === 0,
    })
    this.#bytes = new Watchdog({
      patience: patienceMs,
      asleep: ASLEEP_MS,
      isWell: (look, last) => look.decoded > last.decoded || look.taken > last.taken,
    })
  }

  hangs(look: DecoderObservation): boolean {
    const decoded = this.#pictures.overdue(look)
    const flowed = this.#bytes.overdue(look)
    if (decoded === null) return false
    if (look.packets - decoded.packets > MOST_HELD_PICTURES) return true
    // Its thread does not return, so the bytes from the network stay in the socket.
    return flowed !== null && (look.endless === true || look.received - flowed.received > FLOWING_BYTES)
  }
}
