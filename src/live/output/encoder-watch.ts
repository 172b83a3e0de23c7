import type { Clock } from '../../core/clock'
import { Ticker } from '../../core/ticker'
import { Watchdog, type Observation } from '../../core/watchdog'
import type { Runner } from '../../engine/runner'
import { ENCODING } from '../../pipelines/output'

/** What is seen of an encoder at one look. */
export interface EncoderObservation extends Observation {
  /** That have come to it, and packets that have left it; counters. */
  readonly pictures: number
  readonly packets: number
  /** Pictures that it does not take now. */
  readonly queued: number
  /** The network holds it up ('none' waits for it): no packet is its fault. */
  readonly heldUp: boolean
}

/** ms without a packet; well before targets that get nothing seem to stall. */
const PATIENCE = 1500
/** Pictures that one without B-frames and look-ahead may keep until others come. */
const KEPT = 16
/** ms between two looks, beyond which the whole process stood still. */
const ASLEEP = 1200

/**
 * Finds out that an encoder's device hangs: no packet comes out while pictures wait before it, which it does not take,
 * or more have gone in than any keeps.
 */
export class EncoderWatch {
  readonly #packets = new Watchdog<EncoderObservation>({
    patience: PATIENCE,
    asleep: ASLEEP,
    isWell: ({ pictures, packets, queued, heldUp }, last) =>
      packets !== last.packets || heldUp || (queued === 0 && pictures - packets <= KEPT),
  })

  hangs(look: EncoderObservation): boolean {
    return this.#packets.overdue(look) !== null
  }
}

/** Between two looks at an encoder that may hang, ms. */
const INTERVAL = 250

/** Looks at an encoder that runs, until the function that it returns is called. `onHang` may come at each look. */
export function watchEncoder(runner: Runner, heldUp: () => boolean, clock: Clock, onHang: () => void): () => void {
  const watch = new EncoderWatch()
  const pictures = runner.counter(ENCODING.encoder, 'sink')
  const packets = runner.counter(ENCODING.encoder, 'src')
  const queued = (): number => {
    try {
      return Number(runner.get(ENCODING.video, 'current-level-buffers'))
    } catch {
      return 0 // it holds its lock: the next look will tell
    }
  }
  const look = (): EncoderObservation => ({
    now: clock.now(),
    pictures: pictures.buffers(),
    packets: packets.buffers(),
    queued: queued(),
    heldUp: heldUp(),
  })
  const ticker = new Ticker(clock, INTERVAL, () => {
    if (watch.hangs(look())) onHang()
  }).start()
  return () => {
    ticker.stop()
    pictures.close()
    packets.close()
  }
}
