import type { Packet } from '../../../src/index'
import type { FlvTag } from '../../support/peers/rtmp-server'

/** Tags of Enhanced RTMP around encoded packets, written by its specification and by nothing of ours. */

const milliseconds = (us: number | null): number => Math.round((us ?? 0) / 1000)

/** What the caps carry of the codec's configuration. */
export function configuration(caps: string): Buffer {
  return Buffer.from(/codec_data=\(buffer\)([0-9a-f]+)/.exec(caps)?.[1] ?? '', 'hex')
}

/** The first of the headers that the caps carry. */
export function streamHeader(caps: string): Buffer {
  return Buffer.from(/streamheader=\(buffer\)<\s*([0-9a-f]+)/.exec(caps)?.[1] ?? '', 'hex')
}

/** @param composition whether frames say when they are shown: avc1, hvc1 */
export function videoTags(fourCc: string, config: Buffer, packets: readonly Packet[], composition: boolean): FlvTag[] {
  const head = (frameType: number, packetType: number): Buffer =>
    Buffer.concat([Buffer.of(0x80 | (frameType << 4) | packetType), Buffer.from(fourCc, 'latin1')])
  const first = packets[0]!
  const start = milliseconds(first.dts ?? first.timestamp)
  const tags: FlvTag[] = [{ type: 'video', timestamp: 0, data: Buffer.concat([head(1, 0), config]) }]
  for (const { data, timestamp, dts, keyframe } of packets) {
    const decoded = milliseconds(dts ?? timestamp)
    const offset = milliseconds(timestamp) - decoded
    const time = composition && offset !== 0 ? [offset >> 16, offset >> 8, offset].map(byte => byte & 255) : []
    // Without an offset the packet type says so.
    const kind = head(keyframe ? 1 : 2, composition && offset === 0 ? 3 : 1)
    tags.push({ type: 'video', timestamp: decoded - start, data: Buffer.concat([kind, Buffer.from(time), data]) })
  }
  return tags
}

export function audioTags(fourCc: string, config: Buffer | null, packets: readonly Packet[]): FlvTag[] {
  const head = (packetType: number): Buffer =>
    Buffer.concat([Buffer.of((9 << 4) | packetType), Buffer.from(fourCc, 'latin1')])
  const tags: FlvTag[] = config ? [{ type: 'audio', timestamp: 0, data: Buffer.concat([head(0), config]) }] : []
  const start = milliseconds(packets[0]!.timestamp)
  for (const { data, timestamp } of packets) {
    const at = Math.max(0, milliseconds(timestamp) - start)
    tags.push({ type: 'audio', timestamp: at, data: Buffer.concat([head(1), data]) })
  }
  return tags
}
