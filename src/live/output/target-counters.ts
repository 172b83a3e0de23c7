import type { Encoding } from './encoding'
import type { PublisherStats } from './publisher'

/** What the fan-out knows of a connection. `target`: its number there; 0: it gets no packets. */
export function countersOf(encoding: Encoding, target: number, outBytes: number): PublisherStats {
  const counted = target ? encoding.targetStats(target) : null
  const { packets = 0, bytes = 0, dropped = 0 } = counted ?? {}
  return { packets, bytes, dropped, outBytes }
}

/** Milliseconds of the stream that wait for it. */
export function queueMsOf(encoding: Encoding, target: number): number {
  return target ? (encoding.targetStats(target)?.queueMs ?? 0) : 0
}
