/** The network's side of an SRT connection. */
export interface SrtStats {
  /** Round-trip time now, ms; of a listener with several callers, their mean. */
  readonly rttMs: number
  /** Latency that both sides have agreed on: how long a lost packet is waited for, ms. */
  readonly latencyMs: number
  /** Rate now of what comes, or of what leaves to all callers, bit/s; with what is sent again. */
  readonly bitrate: number
  /** Packets that left, since start(); of a capture 0. */
  readonly sent: number
  /** Packets that came, since start(); of a target 0. */
  readonly received: number
  /** Packets that were missed, and asked for again. */
  readonly lost: number
  /** Packets that came or left again; null: GStreamer does not tell, as 1.22 of what comes. */
  readonly retransmitted: number | null
  /** Packets that came too late, or never; null: GStreamer does not tell, as 1.22 of what comes. */
  readonly dropped: number | null
}

/** Those of two connections, the later one behind. */
export function sumSrt(a: SrtStats | null, b: SrtStats | null): SrtStats | null {
  if (!a || !b) return b ?? a
  const { rttMs, latencyMs, bitrate } = b
  return { rttMs, latencyMs, bitrate, ...counted(a, b) }
}

/** Those of connections that exist side by side: the worst network, and all packets. null: there is none. */
export function worstSrt(all: readonly (SrtStats | null)[]): SrtStats | null {
  const known = all.filter(one => one !== null)
  if (known.length === 0) return null
  return known.reduce((a, b) => ({
    rttMs: Math.max(a.rttMs, b.rttMs),
    latencyMs: Math.max(a.latencyMs, b.latencyMs),
    bitrate: a.bitrate + b.bitrate,
    ...counted(a, b),
  }))
}

function counted(a: SrtStats, b: SrtStats): Omit<SrtStats, 'rttMs' | 'latencyMs' | 'bitrate'> {
  const sum = (one: number | null, other: number | null): number | null =>
    one === null || other === null ? (one ?? other) : one + other
  return {
    sent: a.sent + b.sent,
    received: a.received + b.received,
    lost: a.lost + b.lost,
    retransmitted: sum(a.retransmitted, b.retransmitted),
    dropped: sum(a.dropped, b.dropped),
  }
}
