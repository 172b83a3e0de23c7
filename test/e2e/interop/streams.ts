// What is odd in the stream itself, whatever server it comes from.
import type { RTMPCapture } from '../../../src/index'
import { encodeAmf, type Amf } from '../../support/peers/rtmp/amf0'
import { timestamps, type FlvTag, type ServeFile } from '../../support/peers/rtmp-server'
import { played, served, type Row } from './row'

type Edit = NonNullable<ServeFile['edit']>

const [WIDTH, HEIGHT, FPS] = [160, 90, 25]
const NALU = 1

/** The stream's own size and rate, whatever else says. */
const wellKnown = ({ info }: RTMPCapture): string | null => {
  const { width, height, fps } = info!.video!
  return width === WIDTH && height === HEIGHT && Math.abs(fps! - FPS) < 0.1 ? null : `${width} × ${height}, ${fps} fps`
}

const withSound = ({ info }: RTMPCapture): string | null => (info!.audio ? null : 'plays without its sound')
const withoutSound = ({ info }: RTMPCapture): string | null => (info!.audio ? 'plays with a sound' : null)

const stream = (name: string, edit: Edit, seen?: (capture: RTMPCapture) => string | null): Row => ({
  name,
  play: async () => played(await served({ edit }), { seen, options: { gpuAcceleration: false } }),
})

const metadata =
  (fields: Record<string, Amf> | null): Edit =>
  tag => {
    if (tag.type !== 'script') return [tag]
    return fields ? [{ ...tag, data: encodeAmf('onMetaData', fields) }] : []
  }

const ofVideo =
  (change: (tag: FlvTag) => FlvTag | FlvTag[]): Edit =>
  tag =>
    tag.type === 'video' ? [change(tag)].flat() : [tag]

const isPicture = ({ data }: FlvTag): boolean => data[1] === NALU

/** Another frame type in the first byte of each picture. */
const marked = (frameType: number, keyframes: boolean): Edit =>
  ofVideo(tag => {
    if (!isPicture(tag) || (tag.data[0]! >> 4 === 1) !== keyframes) return tag
    return { ...tag, data: Buffer.concat([Buffer.of((frameType << 4) | 7), tag.data.subarray(1)]) }
  })

const composed = (ms: number): Edit =>
  ofVideo(tag => {
    if (!isPicture(tag)) return tag
    const data = Buffer.from(tag.data)
    data.writeIntBE(ms, 2, 3)
    return { ...tag, data }
  })

/** The same pictures under a FourCC. */
const named = (fourCc: string): Edit =>
  ofVideo(tag => {
    const head = Buffer.of(0x80 | (tag.data[0]! & 0x70) | (isPicture(tag) ? 1 : 0))
    return { ...tag, data: Buffer.concat([head, Buffer.from(fourCc), tag.data.subarray(isPicture(tag) ? 2 : 5)]) }
  })

const numbered = (id: number): Edit =>
  ofVideo(tag => ({ ...tag, data: Buffer.concat([Buffer.of((tag.data[0]! & 0xf0) | id), tag.data.subarray(1)]) }))

/** Start codes in the place of lengths, and of the parameter sets in each keyframe. */
function annexB(): Edit {
  const START = Buffer.of(0, 0, 0, 1)
  let sets: Buffer = Buffer.alloc(0)
  return ofVideo(tag => {
    if (!isPicture(tag)) {
      sets = parameterSets(tag.data.subarray(5), START)
      return []
    }
    const units: Buffer[] = []
    for (let at = 5; at + 4 <= tag.data.length; ) {
      const size = tag.data.readUInt32BE(at)
      units.push(START, tag.data.subarray(at + 4, at + 4 + size))
      at += 4 + size
    }
    const before = tag.data[0]! >> 4 === 1 ? [sets] : []
    return { ...tag, data: Buffer.concat([tag.data.subarray(0, 5), ...before, ...units]) }
  })
}

/** SPS and PPS of an avcC. */
function parameterSets(record: Buffer, start: Buffer): Buffer {
  const parts: Buffer[] = []
  let at = 5
  for (const mask of [31, 255]) {
    const count = record[at++]! & mask
    for (let i = 0; i < count; i++) {
      const size = record.readUInt16BE(at)
      parts.push(start, record.subarray(at + 2, at + 2 + size))
      at += 2 + size
    }
  }
  return Buffer.concat(parts)
}

/** The configuration once more before each keyframe. */
function configuredOften(): Edit {
  let record: FlvTag | undefined
  return ofVideo(tag => {
    if (!isPicture(tag)) record = tag
    const again = record && isPicture(tag) && tag.data[0]! >> 4 === 1
    return again ? [{ ...record!, timestamp: tag.timestamp }, tag] : tag
  })
}

const HOUR = 3_600_000
const soundOf = (first: number): Edit => {
  return tag => [tag.type === 'audio' ? { ...tag, data: Buffer.concat([Buffer.of(first), tag.data.subarray(1)]) } : tag]
}
const UNKNOWN_SOUND: Edit = tag => [
  tag.type === 'audio' ? { ...tag, data: Buffer.concat([Buffer.of(0x91), Buffer.from('abcd'), tag.data]) } : tag,
]

export const streams: readonly Row[] = [
  stream('no onMetaData', metadata(null), wellKnown),
  stream(
    'onMetaData with another size and rate',
    metadata({ width: 1920, height: 1080, framerate: 60, videocodecid: 7, audiocodecid: 10 }),
    wellKnown,
  ),
  stream(
    'onMetaData with absurd and negative numbers',
    metadata({ width: -1, height: 1e300, framerate: -25, videocodecid: 999, audiocodecid: -3, duration: Number.NaN }),
    wellKnown,
  ),
  stream('the configuration again before each keyframe', configuredOften()),
  stream('H.264 in start codes, without a configuration', annexB()),
  stream('keyframes that are marked as inter frames', marked(2, true)),
  stream('keyframes of the frame types 3 and 4', (tag, i) => marked(i % 2 ? 3 : 4, true)(tag, i)),
  stream('inter frames that are marked as keyframes', marked(1, false)),
  stream('composition times of −80 ms', composed(-80)),
  stream(
    'the frame type 5 between: a command',
    ofVideo(tag => [{ ...tag, data: Buffer.of(0x57, 0) }, tag]),
  ),
  stream(
    'empty pictures between',
    ofVideo(tag => [{ ...tag, data: Buffer.alloc(0) }, tag]),
  ),
  stream(
    'sound an hour behind the picture',
    tag => [tag.type === 'audio' ? { ...tag, timestamp: tag.timestamp + HOUR } : tag],
    withSound,
  ),
  stream('picture and sound from 20 days on, around 2³¹ ms', timestamps({ start: 2 ** 31 - 300 })),
  stream('timestamps that go back by an hour', timestamps({ start: HOUR, jumps: [{ at: 200, by: -HOUR }] })),
  stream('H.264 under its FourCC', named('avc1')),
  stream('pictures in VVC', named('vvc1')),
  stream('pictures in VP9', named('vp09')),
  stream('pictures under a FourCC that nobody knows', named('zzzz')),
  stream('pictures in Sorenson H.263', numbered(2)),
  stream('sound under a FourCC that nobody knows', UNKNOWN_SOUND, withoutSound),
  stream('sound under a number that nobody knows', soundOf(0xcf), withoutSound),
]
