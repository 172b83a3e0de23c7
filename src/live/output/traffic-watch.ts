import { Watchdog, type Observation } from '../../core/watchdog'

/** What a connection has been given and what has left on it, both since its beginning. */
export interface TrafficObservation extends Observation {
  readonly packets: number
  /** As near to the other end as can be known. */
  readonly bytes: number
}

/**
 * Finds out that a connection stands still: it is given packets and moves no byte, since its server has stopped
 * reading, or the network is gone, and neither says so. One that is slow moves; one that is given nothing has no reason
 * to.
 */
export class TrafficWatch {
  readonly #bytes: Watchdog<TrafficObservation>

  /** @param patience ms without a byte */
  constructor(patience: number) {
    this.#bytes = new Watchdog({
      patience,
      isWell: (look, _, well) => look.bytes !== well.bytes || look.packets <= well.packets,
    })
  }

  hangs(look: TrafficObservation): boolean {
    return this.#bytes.overdue(look) !== null
  }
}

/**
 * A connection is made anew when its time gets here, ms: RTMP's timestamps have 32 bits, and what reads them as signed
 * ones breaks after 24.85 days (2³¹ ms).
 */
export const LONGEST_CONNECTION = 24 * 86_400_000
