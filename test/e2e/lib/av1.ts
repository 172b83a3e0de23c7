import { writeFileSync } from 'node:fs'
import type { FlvTag } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'
import { readEnhanced, type EnhancedCodec, type EnhancedPicture, type EnhancedStream } from './enhanced'

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

export interface Av1Picture extends EnhancedPicture {
  readonly obus: readonly Obu[]
}

export type Av1Stream = EnhancedStream<Av1Picture>

export function readAv1(tags: readonly FlvTag[]): Av1Stream {
  return readEnhanced(tags, 'av01', (picture, data, packetType) => {
    // AV1 has no composition times, so nothing stands between the FourCC and the picture.
    if (packetType !== 1) throw new Error(`packet type ${packetType}`)
    return { ...picture, obus: obusOf(data) }
  })
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

export const AV1: EnhancedCodec<Av1Picture> = {
  name: 'AV1',
  codec: 'av1',
  fourCC: 'av01',
  vcodec: 'libaom-av1',
  encoder: 'av1enc',
  library: 'libgstaom.so',
  read: readAv1,
  file: temporalUnits,
  stampOf,
  bytesOf: ({ obus }) => obus.reduce((sum, { bytes }) => sum + bytes.length, 0),
  typesOf: ({ obus }) => obus.map(({ type }) => type),
  filler: OBU.padding,
}
