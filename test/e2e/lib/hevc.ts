import { writeFileSync } from 'node:fs'
import type { FlvTag } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'
import { readEnhanced, type EnhancedCodec, type EnhancedPicture, type EnhancedStream } from './enhanced'

/**
 * HEVC in tags of Enhanced RTMP, read by the specifications (Enhanced RTMP v2; ISO/IEC 14496-15, 8.3.3; ITU-T H.265,
 * 7.3.1) and by nothing of ours.
 */

/** Types of NAL units. */
export const UNIT = { idr: [19, 20], trailing: [0, 1], vps: 32, sps: 33, pps: 34, filler: 38, prefixSei: 39 } as const

export interface HevcPicture extends EnhancedPicture {
  /** Presentation minus decoding time, ms. */
  readonly composition: number
  readonly units: readonly Buffer[]
}

export type HevcStream = EnhancedStream<HevcPicture>

export const typeOf = (unit: Buffer): number => (unit[0]! >> 1) & 63
export const isSlice = (unit: Buffer): boolean => typeOf(unit) < 32

export function readHevc(tags: readonly FlvTag[]): HevcStream {
  return readEnhanced(tags, 'hvc1', (picture, data, packetType) => {
    // Type 3 has no composition time.
    if (packetType === 3) return { ...picture, composition: 0, units: unitsOf(data) }
    if (packetType !== 1) throw new Error(`packet type ${packetType}`)
    return { ...picture, composition: (data.readUIntBE(0, 3) << 8) >> 8, units: unitsOf(data.subarray(3)) }
  })
}

function unitsOf(data: Buffer): Buffer[] {
  const units: Buffer[] = []
  for (let at = 0; at < data.length; ) {
    const length = data.readUInt32BE(at)
    if (length < 2 || at + 4 + length > data.length) throw new Error(`a unit of ${length} bytes at ${at}`)
    units.push(data.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return units
}

export interface HevcRecord {
  readonly profile: number
  /** level_idc: 30 times the level. */
  readonly level: number
  readonly lengthSize: number
  readonly sets: readonly Buffer[]
}

export function readRecord(record: Buffer): HevcRecord {
  if (record[0] !== 1) throw new Error(`a record of version ${record[0]}`)
  const sets: Buffer[] = []
  let at = 23
  for (let lists = record[22]!; lists > 0; lists--) {
    let count = record.readUInt16BE(at + 1)
    for (at += 3; count > 0; count--) {
      const length = record.readUInt16BE(at)
      sets.push(record.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
  }
  if (at !== record.length) throw new Error(`${record.length - at} bytes behind the sets`)
  return { profile: record[1]! & 31, level: record[12]!, lengthSize: (record[21]! & 3) + 1, sets }
}

const START = Buffer.of(0, 0, 0, 1)

/** A file of units behind start codes, for ffmpeg: the sets of the first record, then the pictures. */
export function annexB({ records, pictures }: HevcStream): string {
  const file = tempFile('sent.h265')
  const all = [...readRecord(records[0]!).sets, ...pictures.flatMap(({ units }) => units)]
  writeFileSync(file, Buffer.concat(all.flatMap(unit => [START, unit])))
  return file
}

/** The bytes of a unit without those that keep start codes out of it. */
export function unescaped(unit: Buffer): Buffer {
  const bytes: number[] = []
  let zeros = 0
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) zeros = 0
    else {
      bytes.push(byte)
      zeros = byte === 0 ? zeros + 1 : 0
    }
  }
  return Buffer.from(bytes)
}

const STAMP = Buffer.from('7d1f4be352a84c969e37c16a852df041', 'hex')

/** The wall clock in a picture, Unix ms: user data of 24 bytes in a prefix SEI before its slices. */
export function stampOf({ units }: HevcPicture): number | null {
  const before = units.slice(0, units.findIndex(isSlice))
  for (const unit of before) {
    const bytes = unescaped(unit)
    if (typeOf(unit) !== UNIT.prefixSei || bytes[2] !== 5 || bytes[3] !== 24) continue
    if (bytes.subarray(4, 20).equals(STAMP)) return Number(bytes.readBigInt64BE(20)) / 1000
  }
  return null
}

export const HEVC: EnhancedCodec<HevcPicture> = {
  name: 'HEVC',
  codec: 'hevc',
  fourCC: 'hvc1',
  vcodec: 'libx265',
  encoder: 'x265enc',
  library: 'libgstx265.so',
  read: readHevc,
  file: annexB,
  stampOf,
  bytesOf: ({ units }) => units.reduce((sum, { length }) => sum + length, 0),
  typesOf: ({ units }) => units.map(typeOf),
  filler: UNIT.filler,
}
