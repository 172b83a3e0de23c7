// Captions as an encoder would send them, written by the specifications (CTA-608-E, CTA-708-E, ATSC A/53 part 4) and by
// nothing of ours: pairs of bytes in line 21, packets of the caption channel, and the messages that carry both.
import { tagInfo, type FlvTag } from '../peers/rtmp/flv'

/** Two bytes of one field. */
export type Pair = readonly [number, number]

const withParity = (byte: number): number => {
  let ones = 0
  for (let bits = byte; bits > 0; bits >>= 1) ones += bits & 1
  return ones % 2 === 1 ? byte : byte | 0x80
}

/** Second bytes of control codes. */
const COMMANDS = { rcl: 0x20, ru2: 0x25, ru3: 0x26, rdc: 0x29, edm: 0x2c, cr: 0x2d, enm: 0x2e, eoc: 0x2f } as const
export type Command = keyof typeof COMMANDS

/** Rows 1 to 15: first byte of CC1, and whether the second one counts from 0x60. */
const ROWS = [
  [0x11, 0],
  [0x11, 1],
  [0x12, 0],
  [0x12, 1],
  [0x15, 0],
  [0x15, 1],
  [0x16, 0],
  [0x16, 1],
  [0x17, 0],
  [0x17, 1],
  [0x10, 0],
  [0x13, 0],
  [0x13, 1],
  [0x14, 0],
  [0x14, 1],
] as const

/** One channel of a field: CC1 or CC3 (0), CC2 or CC4 (1). */
export class Line21 {
  readonly pairs: Pair[] = []
  readonly #channel: number

  constructor(channel: 0 | 1 = 0) {
    this.#channel = channel * 8
  }

  /** A control code, which is sent twice. */
  code(first: number, second: number): this {
    const pair = [withParity(first | this.#channel), withParity(second)] as const
    this.pairs.push(pair, pair)
    return this
  }
  command(name: Command): this {
    return this.code(0x14, COMMANDS[name])
  }
  row(row: number): this {
    const [first, lower] = ROWS[row - 1]!
    return this.code(first, lower ? 0x70 : 0x50)
  }
  text(text: string): this {
    for (let at = 0; at < text.length; at += 2) {
      const second = at + 1 < text.length ? withParity(text.charCodeAt(at + 1)) : 0x80
      this.pairs.push([withParity(text.charCodeAt(at)), second])
    }
    return this
  }
  /** Pairs without meaning. */
  wait(count: number): this {
    for (let i = 0; i < count; i++) this.pairs.push([0x80, 0x80])
    return this
  }
  /** A pop-on caption: loaded, shown, and so long on the screen. */
  popOn(rows: readonly string[], shown: number): this {
    this.command('rcl').command('enm')
    for (const [i, text] of rows.entries()) this.row(15 - rows.length + 1 + i).text(text)
    return this.command('eoc').wait(shown).command('edm')
  }
}

/** Triples of one picture: a pair of each field, and what comes of packets. */
export function triples(field1: Pair | undefined, field2?: Pair, packet: readonly Pair[] = []): Buffer {
  const all = [Buffer.from([0xfc, ...(field1 ?? [0x80, 0x80])])]
  if (field2) all.push(Buffer.from([0xfd, ...field2]))
  for (const [i, pair] of packet.entries()) all.push(Buffer.from([i === 0 ? 0xff : 0xfe, ...pair]))
  return Buffer.concat(all)
}

/** A packet of the caption channel with one block of a service. */
export function packet708(sequence: number, service: number, block: readonly number[]): Pair[] {
  const bytes = [0, (service << 5) | block.length, ...block]
  if (bytes.length % 2 === 1) bytes.push(0)
  bytes[0] = ((sequence & 3) << 6) | (bytes.length / 2)
  return Array.from({ length: bytes.length / 2 }, (_, i) => [bytes[2 * i]!, bytes[2 * i + 1]!] as const)
}

/** The message of ATSC A/53 as SEI of H.264: a NAL unit. */
export function seiUnit(cc: Buffer, header = [6]): Buffer {
  const payload = [0xb5, 0, 0x31, ...Buffer.from('GA94'), 3, 0x40 | (cc.length / 3), 0xff, ...cc, 0xff]
  const bytes = [...header, 4, payload.length]
  let zeros = 0
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3)
      zeros = 0
    }
    zeros = byte === 0 ? zeros + 1 : 0
    bytes.push(byte)
  }
  return Buffer.from([...bytes, 0x80])
}

/** Bytes of an AVC video tag before its units. */
const TAG_HEAD = 5

/** Puts captions into the pictures of H.264 in FLV. `of` gives those of a picture by its place on the screen. */
export function captioned(tags: readonly FlvTag[], of: (shown: number) => Buffer | null): FlvTag[] {
  const isPicture = (tag: FlvTag): boolean => {
    const { codec, header, end } = tagInfo(tag)
    return tag.type === 'video' && codec === 'h264' && !header && !end
  }
  const order = tags
    .filter(isPicture)
    .map(tag => tagInfo(tag).pts)
    .sort((a, b) => a - b)
  return tags.map(tag => {
    const cc = isPicture(tag) ? of(order.indexOf(tagInfo(tag).pts)) : null
    if (!cc) return tag
    const unit = seiUnit(cc)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(unit.length)
    return { ...tag, data: Buffer.concat([tag.data.subarray(0, TAG_HEAD), length, unit, tag.data.subarray(TAG_HEAD)]) }
  })
}

/** The captions in pictures of H.264 in FLV, in the order of the screen. */
export function captionsIn(tags: readonly FlvTag[]): Buffer[] {
  const found: { pts: number; cc: Buffer }[] = []
  for (const tag of tags) {
    const { codec, header, pts } = tagInfo(tag)
    if (tag.type !== 'video' || codec !== 'h264' || header) continue
    for (let at = TAG_HEAD; at + 4 <= tag.data.length; ) {
      const length = tag.data.readUInt32BE(at)
      const unit = tag.data.subarray(at + 4, at + 4 + length)
      at += 4 + length
      const bytes = unit[0] === 6 ? Buffer.from(unit.toString('latin1').replaceAll('\0\0\x03', '\0\0'), 'latin1') : unit
      const mark = bytes.indexOf('GA94\x03')
      if (unit[0] !== 6 || mark < 0) continue
      const first = mark + 7
      found.push({ pts, cc: bytes.subarray(first, first + (bytes[mark + 5]! & 31) * 3) })
    }
  }
  return found.sort((a, b) => a.pts - b.pts).map(({ cc }) => cc)
}
