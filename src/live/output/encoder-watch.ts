import type { Clock } from '../../core/clock'
import { Ticker } from '../../core/ticker'
import { Watchdog, type Observation } from '../../core/watchdog'
import type { Runner } from '../../engine/runner'
import { ENCODING } from '../../pipelines/output'

/** State of an encoder at one look. */
export interface EncoderObservation extends Observation {
  /** Counter of the pictures that have gone in. */
  readonly pictures: number
  /** Counter of the packets that have come out. */
  readonly packets: number
  /** Pictures that wait before it. */
  readonly queued: number
  /** Whether the network holds it up (the fill 'none' waits for it); then a missing packet is not its fault. */
  readonly heldUp: boolean
}

/** Longest time without a packet; well below the time after which starved targets seem to stall. */
const PATIENCE_MS = 1500
/** Most pictures that an encoder without B-frames and look-ahead keeps. */
const MOST_KEPT_PICTURES = 16
/** After a longer gap between two looks the whole process stood still, and the wait begins again. */
const ASLEEP_MS = 1200

/**
 * The watch of an encoder whose device may hang: no packet comes out, while pictures wait before it, or more have gone
 * in than any encoder keeps.
 */
export class EncoderWatch {
  readonly #packets = new Watchdog<EncoderObservation>({
    patience: PATIENCE_MS,
    asleep: ASLEEP_MS,
    isWell: ({ pictures, packets, queued, heldUp }, last) =>
      packets !== last.packets || heldUp || (queued === 0 && pictures - packets <= MOST_KEPT_PICTURES),
  })

  hangs(look: EncoderObservation): boolean {
    return this.#packets.overdue(look) !== null
  }
}

const INTERVAL_MS = 250

/** Watches a running encoder until the returned function is called. onHang() may be called at each look. */
export function watchEncoder(runner: Runner, heldUp: () => boolean, clock: Clock, onHang: () => void): () => void {
  const watch = new EncoderWatch()
  const pictures = runner.counter(ENCODING.encoder, 'sink')
  const packets = runner.counter(ENCODING.encoder, 'src')
  const queued = (): number => {
    try {
      return Number(runner.get(ENCODING.video, 'current-level-buffers'))
    } catch {
      return 0 // the element holds its lock: the next look tells
    }
  }
  const look = (): EncoderObservation => ({
    now: clock.now(),
    pictures: pictures.buffers(),
    packets: packets.buffers(),
    queued: queued(),
    heldUp: heldUp(),
  })
  const ticker = new Ticker(clock, INTERVAL_MS, () => {
    if (watch.hangs(look())) onHang()
  }).start()
  return () => {
    ticker.stop()
    pictures.close()
    packets.close()
  }
}
