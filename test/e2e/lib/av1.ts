import { writeFileSync } from 'node:fs'
import type { FlvTag } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'

/**
 * AV1 in tags of Enhanced RTMP, read by the specifications (Enhanced RTMP v2; AV1 Codec ISO Media File Format Binding;
 * AV1 Bitstream & Decoding Process, 5.3 and 5.9) and by nothing of ours.
 */

/** Types of OBUs. */
export const OBU = { sequence: 1, delimiter: 2, metadata: 5, frame: 6, padding: 15 } as const

export interface Obu {
  readonly type: number
  /** All its bytes. */
  readonly bytes: Buffer
  readonly payload: Buffer
}

export interface Av1Picture {
  readonly timestamp: number
  readonly key: boolean
  readonly obus: readonly Obu[]
}

export interface Av1Stream {
  /** Configuration records, in order. */
  readonly records: readonly Buffer[]
  readonly pictures: readonly Av1Picture[]
}

/** Throws on what is no such tag. */
export function readAv1(tags: readonly FlvTag[]): Av1Stream {
  const records: Buffer[] = []
  const pictures: Av1Picture[] = []
  for (const { type, timestamp, data } of tags) {
    if (type !== 'video') continue
    const head = data[0]!
    const [extended, frameType, packetType] = [head >> 7, (head >> 4) & 7, head & 15]
    if (extended !== 1 || data.toString('latin1', 1, 5) !== 'av01') throw new Error(`no tag of av01: ${head}`)
    if (packetType === 0) records.push(data.subarray(5))
    // AV1 has no composition times, so nothing stands between the FourCC and the picture.
    else if (packetType === 1) pictures.push({ timestamp, key: frameType === 1, obus: obusOf(data.subarray(5)) })
    else if (packetType !== 2) throw new Error(`packet type ${packetType}`)
  }
  return { records, pictures }
}

export function obusOf(data: Buffer): Obu[] {
  const obus: Obu[] = []
  for (let at = 0; at < data.length; ) {
    const head = data[at]!
    if (head & 0x80 || !(head & 2)) throw new Error(`OBU header ${head} at ${at}`)
    let length = 0
    let payload = at + (head & 4 ? 2 : 1)
    for (let i = 0; ; i++) {
      const byte = data[payload++]!
      length += (byte & 127) * 2 ** (7 * i)
      if (byte < 128) break
    }
    if (payload + length > data.length) throw new Error(`an OBU of ${length} bytes at ${at} of ${data.length}`)
    obus.push({
      type: (head >> 3) & 15,
      bytes: data.subarray(at, payload + length),
      payload: data.subarray(payload, payload + length),
    })
    at = payload + length
  }
  return obus
}

export const isFrame = ({ type }: Obu): boolean => type === 3 || type === 4 || type === 6

/** frame_type and show_frame of a picture's frames, by their first bits: 0 is a keyframe, 1 an inter frame. */
export function framesOf({ obus }: Av1Picture): { type: number; shown: boolean }[] {
  return obus
    .filter(({ type }) => type === 3 || type === 6)
    .map(({ payload }) =>
      payload[0]! & 0x80
        ? { type: -1, shown: true }
        : { type: (payload[0]! >> 5) & 3, shown: (payload[0]! & 0x10) !== 0 },
    )
}

export interface Av1Record {
  readonly profile: number
  readonly level: number
  /** The last byte of flags: tier, depth, grey, subsampling, position of chroma. */
  readonly flags: number
  readonly obus: readonly Obu[]
}

export function readRecord(record: Buffer): Av1Record {
  if (record[0] !== 0x81) throw new Error(`a record that begins with ${record[0]}`)
  return { profile: record[1]! >> 5, level: record[1]! & 31, flags: record[2]!, obus: obusOf(record.subarray(4)) }
}

/** A file of temporal units, for ffmpeg's obu demuxer: each with the delimiter that RTMP leaves out. */
export function temporalUnits({ pictures }: Av1Stream): string {
  const file = tempFile('sent.obu')
  const delimiter = Buffer.of(0x12, 0)
  writeFileSync(file, Buffer.concat(pictures.flatMap(({ obus }) => [delimiter, ...obus.map(({ bytes }) => bytes)])))
  return file
}

const STAMP = Buffer.from('7d1f4be352a84c969e37c16a852df041', 'hex')

/** The wall clock in a picture, Unix ms: metadata by ITU-T T.35 before its frames. */
export function stampOf({ obus }: Av1Picture): number | null {
  for (const { type, payload } of obus.slice(0, obus.findIndex(isFrame))) {
    // A country of the extended list, a UUID, the time, and the bits behind every OBU.
    if (type !== OBU.metadata || payload[0] !== 4 || payload[1] !== 0xff || payload.length !== 28) continue
    if (payload.subarray(3, 19).equals(STAMP)) return Number(payload.readBigInt64BE(19)) / 1000
  }
  return null
}
