/** What a player of FLV needs before it begins at a keyframe: header, metadata, the codecs' configurations. */

const HEADER_BYTES = 13
const TAG_HEADER_BYTES = 11
const TAG_TAIL_BYTES = 4
const AUDIO = 8
const VIDEO = 9
const SCRIPT = 18
const AAC = 10
const ENHANCED_AUDIO = 9

/** The prelude at the head of a stream's first bytes; null: they are no FLV. */
export function flvPrelude(bytes: Buffer): Buffer | null {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 3) !== 'FLV') return null
  let at = HEADER_BYTES
  while (at + TAG_HEADER_BYTES <= bytes.length) {
    const next = at + TAG_HEADER_BYTES + bytes.readUIntBE(at + 1, 3) + TAG_TAIL_BYTES
    if (next > bytes.length || !prepares(bytes[at]! & 0x1f, bytes, at + TAG_HEADER_BYTES)) break
    at = next
  }
  return Buffer.from(bytes.subarray(0, at))
}

function prepares(type: number, bytes: Buffer, body: number): boolean {
  const first = bytes[body]!
  if (type === SCRIPT) return true
  if (type === VIDEO) return first & 0x80 ? (first & 0x0f) === 0 : bytes[body + 1] === 0
  if (type !== AUDIO) return false
  if (first >> 4 === ENHANCED_AUDIO) return (first & 0x0f) === 0
  return first >> 4 === AAC && bytes[body + 1] === 0
}
