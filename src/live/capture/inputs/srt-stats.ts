import type { Runner } from '../../../engine/runner'
import { CAPTURE } from '../../../pipelines/capture'
/** The network's side of an SRT connection. */
export interface SrtStats {
  /** Round-trip time now, ms. */
  readonly rttMs: number
  /** Latency that both sides have agreed on: how long a lost packet is waited for, ms. */
  readonly latencyMs: number
  /** Packets that came, since start(). */
  readonly received: number
  /** Packets that were missed, and asked for again. */
  readonly lost: number
  /** Packets that came again. */
  readonly retransmitted: number
  /** Packets that came too late, or never. */
  readonly dropped: number
}

/** By the text of srtsrc's `stats`; null: there is no connection. */
function readSrtStats(text: string): SrtStats | null {
  const number = (field: string): number =>
    Number(new RegExp(`\\b${field}=\\\\*\\((?:\\w+)\\\\*\\)(-?[\\d.]+)`).exec(text)?.[1] ?? 0)
  if (!text.includes('packets-received=')) return null
  return {
    rttMs: number('rtt-ms'),
    latencyMs: number('negotiated-latency-ms'),
    received: number('packets-received'),
    lost: number('packets-received-lost'),
    retransmitted: number('packets-received-retransmitted'),
    dropped: number('packets-received-dropped'),
  }
}

/** Those of two connections, the later one behind. */
export function sumSrt(a: SrtStats | null, b: SrtStats | null): SrtStats | null {
  if (!a || !b) return b ?? a
  return {
    rttMs: b.rttMs,
    latencyMs: b.latencyMs,
    received: a.received + b.received,
    lost: a.lost + b.lost,
    retransmitted: a.retransmitted + b.retransmitted,
    dropped: a.dropped + b.dropped,
  }
}

/** The statistics of one connection. */
export class SrtLook {
  #last: SrtStats | null = null

  /** The present ones; the last ones where the element has stopped (`runner` null) or holds its lock. */
  at(runner: Runner | null): SrtStats | null {
    try {
      if (runner) this.#last = readSrtStats(String(runner.get(CAPTURE.source, 'stats'))) ?? this.#last
    } catch {
      // It tells nothing new.
    }
    return this.#last
  }
}
