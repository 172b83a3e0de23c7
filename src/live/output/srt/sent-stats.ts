import type { SrtStats } from '../../../core/addresses/srt-stats'

type Numbers = Readonly<Record<string, number>>

/** srtsink's names of what it counts of each caller. */
const COUNTED = {
  sent: 'packets-sent',
  lost: 'packets-sent-lost',
  retransmitted: 'packets-retransmitted',
  dropped: 'packets-sent-dropped',
} as const
type Counter = keyof typeof COUNTED

/** The statistics of one connection of a target. Those of a caller that leaves stay counted. */
export class SentStats {
  readonly #sums: Record<Counter, number> = { sent: 0, lost: 0, retransmitted: 0, dropped: 0 }
  readonly #last: Record<Counter, number> = { sent: 0, lost: 0, retransmitted: 0, dropped: 0 }
  #stats: SrtStats | null = null

  /** null: nobody was connected so far. */
  get stats(): SrtStats | null {
    return this.#stats
  }

  /** @param numbers of srtsink: the sums over its callers */
  look(numbers: Numbers): void {
    if (!(COUNTED.sent in numbers)) return
    for (const [name, field] of Object.entries(COUNTED) as [Counter, string][]) {
      const now = numbers[field] ?? 0
      this.#sums[name] += Math.max(0, now - this.#last[name])
      this.#last[name] = now
    }
    const callers = Math.max(1, numbers.callers ?? 1)
    const mean = (field: string): number => (numbers[field] ?? 0) / callers
    this.#stats = {
      rttMs: mean('rtt-ms'),
      latencyMs: mean('negotiated-latency-ms'),
      bitrate: Math.round((numbers['send-rate-mbps'] ?? 0) * 1e6),
      received: 0,
      ...this.#sums,
    }
  }
}
