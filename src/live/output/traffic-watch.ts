import { Watchdog, type Observation } from '../../core/watchdog'

/** Counters of a connection since its beginning. */
export interface TrafficObservation extends Observation {
  /** Packets that were given to it. */
  readonly packets: number
  /** Bytes that have left, counted as near to the peer as possible. */
  readonly bytes: number
}

/** Most of the time between two looks that counts: in a longer time the whole process stood still. */
const LONGEST_GAP_MS = 1000

/**
 * The watch of a connection that may stand still: it gets packets and moves no byte. The server has stopped reading, or
 * the network is gone, and neither reports it. A slow connection moves; one without packets has no reason to.
 */
export class TrafficWatch {
  readonly #bytes: Watchdog<TrafficObservation>

  constructor(patienceMs: number) {
    this.#bytes = new Watchdog({
      patience: patienceMs,
      longestGap: LONGEST_GAP_MS,
      isWell: (look, _, well) => look.bytes !== well.bytes || look.packets <= well.packets,
    })
  }

  hangs(look: TrafficObservation): boolean {
    return this.#bytes.overdue(look) !== null
  }
}

/**
 * Age at which a connection is renewed: RTMP's timestamps have 32 bits, and software that reads them as signed numbers
 * breaks after 24.85 days (2³¹ ms).
 */
export const LONGEST_CONNECTION_MS = 24 * 86_400_000
