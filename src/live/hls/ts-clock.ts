const PACKET = 188
const SYNC = 0x47

/**
 * The first clock reference (PCR) of MPEG-TS, µs; 0: it has none. tsdemux counts its timestamps from there, so that
 * those of two demuxers, or of one behind a hole, can be compared by it alone.
 */
export function firstClockUs(bytes: Uint8Array): number {
  for (let at = 0; at + PACKET <= bytes.length && bytes[at] === SYNC; at += PACKET) {
    const hasField = (bytes[at + 3]! & 0x20) !== 0
    if (!hasField || bytes[at + 4]! < 7 || (bytes[at + 5]! & 0x10) === 0) continue
    const base = bytes.subarray(at + 6, at + 10).reduce((sum, byte) => sum * 256 + byte, 0) * 2 + (bytes[at + 10]! >> 7)
    const extension = ((bytes[at + 10]! & 1) << 8) | bytes[at + 11]!
    return (base * 300 + extension) / 27
  }
  return 0
}
