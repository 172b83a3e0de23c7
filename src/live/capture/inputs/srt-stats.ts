import type { SrtStats } from '../../../core/addresses/srt-stats'
import type { Runner } from '../../../engine/runner'
import { CAPTURE } from '../../../pipelines/capture'

/** By the text of srtsrc's `stats`; null: there is no connection. */
export function readSrtStats(text: string): SrtStats | null {
  const known = (field: string): number | null => {
    const found = new RegExp(`\\b${field}=\\\\*\\((?:\\w+)\\\\*\\)(-?[\\d.]+)`).exec(text)?.[1]
    return found === undefined ? null : Number(found)
  }
  const number = (field: string): number => known(field) ?? 0
  if (!text.includes('packets-received=')) return null
  return {
    rttMs: number('rtt-ms'),
    latencyMs: number('negotiated-latency-ms'),
    bitrate: Math.round(number('receive-rate-mbps') * 1e6),
    sent: 0,
    received: number('packets-received'),
    lost: number('packets-received-lost'),
    retransmitted: known('packets-received-retransmitted'),
    dropped: known('packets-received-dropped'),
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
