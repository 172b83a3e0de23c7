import { headerTag, intra, lengthed, pps, record, recoveryPoint, sps, START_CODE } from '../support/media/h264'
import { encodeAmf } from '../support/peers/rtmp/amf0'
import { tagInfo, type FlvTag, type ServeFile } from '../support/peers/rtmp-server'
import { random, type Random } from './random'

/** What a seed does to a stream. */
export interface Mutation {
  /** For a finding's line. */
  readonly name: string
  readonly edit?: ServeFile['edit']
  readonly mangle?: ServeFile['mangle']
}

type OfTag = (tag: FlvTag, dice: Random) => FlvTag[]

/** Deeper than any reader's stack. */
const DEEP = true

/** Numbers at which parsers break. */
const EDGES = [
  0, 1, 2, 3, 4, 7, 8, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0xffffff, 0x7fffffff, 0x80000000, 0xffffffff,
]

const changed = (tag: FlvTag, change: (data: Buffer) => Buffer | void): FlvTag[] => {
  const data = Buffer.from(tag.data)
  return [{ ...tag, data: change(data) ?? data }]
}

function flip(data: Buffer, dice: Random, count: number): void {
  for (let i = 0; i < count && data.length > 0; i++) data[dice.below(data.length)]! ^= 1 << dice.below(8)
}

function put(data: Buffer, at: number, size: number, value: number): void {
  if (at + size <= data.length) data.writeUIntBE(value % 2 ** (8 * size), at, size)
}

/** Of every tag it is asked for; each on its own. */
const TAG_MUTATIONS: Record<string, OfTag> = {
  'bits flipped': (tag, dice) => changed(tag, data => flip(data, dice, 1 + dice.below(8))),
  'first bytes flipped': (tag, dice) => changed(tag, data => flip(data.subarray(0, 16), dice, 1 + dice.below(4))),
  'cut short': (tag, dice) => changed(tag, data => data.subarray(0, dice.below(data.length + 1))),
  'only its first bytes': (tag, dice) => changed(tag, data => data.subarray(0, dice.below(12))),
  'bytes behind it': (tag, dice) => changed(tag, data => Buffer.concat([data, dice.bytes(dice.below(2000))])),
  'bytes cut out': (tag, dice) =>
    changed(tag, data => {
      const at = dice.below(data.length + 1)
      return Buffer.concat([data.subarray(0, at), data.subarray(at + 1 + dice.below(64))])
    }),
  'bytes put in': (tag, dice) =>
    changed(tag, data => {
      const at = dice.below(data.length + 1)
      return Buffer.concat([data.subarray(0, at), dice.bytes(1 + dice.below(64)), data.subarray(at)])
    }),
  'an edge number': (tag, dice) =>
    changed(tag, data => put(data, dice.below(data.length + 1), dice.pick([1, 2, 3, 4]), dice.pick(EDGES))),
  'a NAL length': (tag, dice) => changed(tag, data => put(data, 5, 4, dice.pick(EDGES))),
  'a composition time': (tag, dice) => changed(tag, data => put(data, 2, 3, dice.pick(EDGES))),
  'an AVC packet type': (tag, dice) => changed(tag, data => put(data, 1, 1, dice.below(256))),
  'a codec byte': (tag, dice) => changed(tag, data => put(data, 0, 1, dice.below(256))),
  'another type': (tag, dice) => [{ ...tag, type: dice.pick(['audio', 'video', 'script']) }],
  'a timestamp': (tag, dice) => [{ ...tag, timestamp: dice.pick(EDGES) }],
  'a timestamp that jumps': (tag, dice) => [{ ...tag, timestamp: (tag.timestamp + dice.below(2 ** 32)) >>> 0 }],
  empty: tag => [{ ...tag, data: Buffer.alloc(0) }],
  twice: tag => [tag, tag],
  gone: () => [],
  random: (tag, dice) => [{ ...tag, data: dice.bytes(dice.below(500)) }],
  'a random body': (tag, dice) =>
    changed(tag, data => Buffer.concat([data.subarray(0, 5), dice.bytes(dice.below(500))])),
}

/** Which tags it happens to. */
const CHOICES: Record<string, (tag: FlvTag, dice: Random) => boolean> = {
  'codec headers': tag => tag.type !== 'script' && tagInfo(tag).header,
  'the AVC header': tag => tag.type === 'video' && tagInfo(tag).header,
  'the AAC header': tag => tag.type === 'audio' && tagInfo(tag).header,
  onMetaData: tag => tag.type === 'script',
  'some tags': (_, dice) => dice.chance(0.05),
  'many tags': (_, dice) => dice.chance(0.4),
  'some pictures': (tag, dice) => tag.type === 'video' && dice.chance(0.2),
  'some sound': (tag, dice) => tag.type === 'audio' && dice.chance(0.2),
  keyframes: tag => tag.type === 'video' && !tagInfo(tag).header && tagInfo(tag).keyframe,
}

type OfBytes = (bytes: Buffer, dice: Random) => Buffer

/** A message of a control type, whole, as it would stand between others. */
function control(dice: Random): Buffer {
  const payload = dice.chance(0.5) ? Buffer.alloc(4) : dice.bytes(dice.below(64))
  if (payload.length === 4) payload.writeUInt32BE(dice.pick(EDGES))
  const head = Buffer.from([
    2,
    0,
    0,
    0,
    0,
    0,
    payload.length,
    dice.pick([1, 2, 3, 4, 5, 6, 15, 16, 17, 18, 19, 20, 22, dice.below(256)]),
    0,
    0,
    0,
    0,
  ])
  return Buffer.concat([head, payload])
}

const BYTE_MUTATIONS: Record<string, OfBytes> = {
  'bits of the chunk header flipped': (bytes, dice) => (flip(bytes.subarray(0, 12), dice, 1 + dice.below(3)), bytes),
  'bits flipped': (bytes, dice) => (flip(bytes, dice, 1 + dice.below(8)), bytes),
  'a message length': (bytes, dice) => (put(bytes, 4, 3, dice.pick(EDGES)), bytes),
  'a message type': (bytes, dice) => (put(bytes, 7, 1, dice.below(256)), bytes),
  'a message stream': (bytes, dice) => (put(bytes, 8, 4, dice.below(2 ** 32)), bytes),
  'a chunk stream': (bytes, dice) => (put(bytes, 0, 1, dice.below(256)), bytes),
  'cut short': (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  'a control message before it': (bytes, dice) => Buffer.concat([control(dice), bytes]),
  'noise before it': (bytes, dice) => Buffer.concat([dice.bytes(1 + dice.below(40)), bytes]),
}

/** Messages that a server may send at any time, as many as it likes: events with and without their data. */
function events(dice: Random): Buffer {
  const one = (): Buffer => {
    const body = Buffer.concat([
      Buffer.from([0, dice.pick([0, 1, 2, 3, 4, 6, 7, 26, 31, 32, dice.below(256)])]),
      dice.bytes(dice.pick([0, 4, 4, 8])),
    ])
    return Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, body.length, 4, 0, 0, 0, 0]), body])
  }
  const kinds = Array.from({ length: 8 }, one)
  return Buffer.concat(Array.from({ length: dice.pick([1, 10, 1000, 5000]) }, () => dice.pick(kinds)))
}

/** Levels of AMF within each other, up to what a message of a small fraction of its largest size holds. */
function nested(dice: Random): Buffer {
  const level = dice.pick([
    Buffer.from([3, 0, 1, 0x61]),
    Buffer.from([8, 0, 0, 0, 1, 0, 1, 0x61]),
    Buffer.from([10, 0, 0, 0, 1]),
    Buffer.from([3, 0, 0]),
  ])
  const depth = dice.pick([1, 10, 100, 1000, ...(DEEP ? [70_000, 300_000] : [])])
  const all = Buffer.concat([encodeAmf('onMetaData'), ...Array<Buffer>(depth).fill(level)])
  return dice.chance(0.5)
    ? all
    : Buffer.concat([all, encodeAmf(1), ...Array<Buffer>(depth).fill(Buffer.from([0, 0, 9]))])
}

const anySps = (dice: Random): Buffer =>
  sps({
    profile: dice.chance(0.5) ? dice.pick([66, 77, 88, 100, 144, 138, 44]) : dice.below(256),
    high: dice.chance(0.5),
    chroma: dice.below(4),
    depths: dice.pick([
      [8, 8],
      [8, 8],
      [10, 10],
      [14, 14],
      [8 + dice.below(8), 8 + dice.below(8)],
    ] as const),
    width: dice.pick([1, 4, 20, 256, 1024, 65_536]),
    height: dice.pick([1, 4, 12, 144, 1000, 65_536]),
    id: dice.pick([0, 0, 1, 31, 32]),
    references: dice.pick([0, 1, 4, 16, 17, 1000]),
    header: dice.pick([0x67, 0x67, 0x07, 0x6f, 0xe7]),
  })

/**
 * A unit as a sender may put it: alone, behind a start code in another one, without its end, or with a byte that is
 * another.
 */
function oddUnit(dice: Random): Buffer {
  const unit = dice.pick([
    anySps(dice),
    pps(dice.below(300), dice.below(40)),
    recoveryPoint(dice.pick([0, 3, 65_535])),
    intra({ macroblocks: dice.below(20) }),
    Buffer.alloc(0),
    dice.bytes(dice.below(20)),
  ])
  if (dice.chance(0.3)) return Buffer.concat([Buffer.from([9, 0xf0]), START_CODE, unit])
  if (dice.chance(0.2)) return unit.subarray(0, dice.below(unit.length + 1))
  if (dice.chance(0.2) && unit.length > 0)
    return changed({ type: 'video', timestamp: 0, data: unit }, data => flip(data, dice, 2))[0]!.data
  return unit
}

const pictureBody = (tag: FlvTag, change: (units: Buffer) => Buffer): FlvTag[] =>
  tag.type === 'video' && tag.data[1] === 1
    ? [{ ...tag, data: Buffer.concat([tag.data.subarray(0, 5), change(tag.data.subarray(5))]) }]
    : [tag]

/** What knows more of what it changes. Drawn apart, so that every seed from before is what it was. */
const LEARNED: Record<string, OfTag> = {
  'AMF within AMF': (tag, dice) =>
    tag.type === 'script' || dice.chance(0.1)
      ? [{ type: 'script', timestamp: tag.timestamp, data: nested(dice) }, tag]
      : [tag],
  'a profile': (tag, dice) =>
    changed(tag, data => (tagInfo(tag).header && tag.type === 'video' ? put(data, 14, 1, dice.below(256)) : undefined)),
  'another record': (tag, dice) =>
    tag.type === 'video' && tagInfo(tag).header
      ? [
          headerTag(
            record(
              Array.from({ length: dice.below(4) }, () => oddUnit(dice)),
              [pps(), oddUnit(dice)],
              { version: dice.pick([1, 1, 1, 0, 9]), lengthSize: dice.pick([4, 4, 2, 1, 3]) },
            ),
          ),
        ]
      : [tag],
  'units before a picture': (tag, dice) =>
    pictureBody(tag, units =>
      Buffer.concat([lengthed(Array.from({ length: 1 + dice.below(5) }, () => oddUnit(dice))), units]),
    ),
  'units behind a picture': (tag, dice) =>
    pictureBody(tag, units => Buffer.concat([units, lengthed([oddUnit(dice)]), dice.bytes(dice.below(6))])),
  'start codes in place of lengths': (tag, dice) =>
    pictureBody(tag, () =>
      Buffer.concat([
        Buffer.from([0, 0, 0, 1, 9]),
        dice.bytes(4),
        START_CODE,
        oddUnit(dice),
        START_CODE,
        oddUnit(dice),
      ]),
    ),
  'very many units': (tag, dice) =>
    dice.chance(0.1)
      ? pictureBody(tag, units =>
          Buffer.concat([lengthed(Array<Buffer>(dice.pick([500, 5000, 100_000])).fill(oddUnit(dice))), units]),
        )
      : [tag],
  'composition times of hours': (tag, dice) =>
    tag.type === 'video'
      ? changed(tag, data => put(data, 2, 3, dice.pick([0x7fffff, 0x800000, 0xfffff, 0xf00000, 60_000])))
      : [tag],
  'marks of keyframes': (tag, dice) =>
    tag.type === 'video' ? changed(tag, data => put(data, 0, 1, (dice.below(8) << 4) | 7)) : [tag],
}

/** The first messages of a connection are its commands' answers, the next ones media. */
const COMMANDS = 8

export function mutation(seed: number): Mutation {
  const other = random(seed ^ 0x5f3759df)
  if (other.chance(0.35)) return learned(other)
  const dice = random(seed)
  if (dice.chance(0.35)) {
    const [name, change] = dice.pick(Object.entries(BYTE_MUTATIONS))
    const first = dice.chance(0.3) ? 0 : COMMANDS
    const rate = dice.pick([0.03, 0.2])
    return {
      name: `RTMP: ${name}, ${first ? 'of media' : 'of all'}, ${rate * 100} %`,
      mangle: (bytes, index) => (index >= first && dice.chance(rate) ? change(Buffer.from(bytes), dice) : bytes),
    }
  }
  const [name, change] = dice.pick(Object.entries(TAG_MUTATIONS))
  const [which, chosen] = dice.pick(Object.entries(CHOICES))
  // A stream that is well until it is not reaches other code than one that never was.
  const from = dice.chance(0.5) ? 0 : 20
  const late = (index: number): boolean => index >= from || which.includes('header') || which === 'onMetaData'
  return {
    name: `FLV: ${name}, ${which}${from ? ', later' : ''}`,
    edit: (tag, index) => (late(index) && chosen(tag, dice) ? change(tag, dice) : [tag]),
  }
}

function learned(dice: Random): Mutation {
  const rate = dice.pick([0.05, 0.3, 1])
  if (dice.chance(0.1)) {
    return {
      name: `RTMP: events, ${rate * 100} %`,
      mangle: (bytes, index) => (index >= COMMANDS && dice.chance(rate) ? Buffer.concat([events(dice), bytes]) : bytes),
    }
  }
  const [name, change] = dice.pick(Object.entries(LEARNED))
  const from = dice.chance(0.5) ? 0 : 20
  const late = (tag: FlvTag, index: number): boolean => index >= from || tag.type === 'script' || tagInfo(tag).header
  return {
    name: `H.264 and AMF: ${name}${from ? ', later' : ''}, ${rate * 100} %`,
    edit: (tag, index) => (late(tag, index) && dice.chance(rate) ? change(tag, dice) : [tag]),
  }
}
