import type { PacketSource } from '../record/packet-source'
import type { PublisherStats } from './publisher'

/** What the fan-out knows of a connection. `target`: its number there; 0: it gets no packets. */
export function countersOf(source: PacketSource, target: number, outBytes: number): PublisherStats {
  const counted = target ? source.targetStats(target) : null
  const { packets = 0, bytes = 0, dropped = 0 } = counted ?? {}
  return { packets, bytes, dropped, outBytes }
}

/** Milliseconds of the stream that wait for it. */
export function queueMsOf(source: PacketSource, target: number): number {
  return target ? (source.targetStats(target)?.queueMs ?? 0) : 0
}
