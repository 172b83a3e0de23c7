import { writeFileSync } from 'node:fs'
import type { FlvTag } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'

/**
 * HEVC in tags of Enhanced RTMP, read by the specifications (Enhanced RTMP v2; ISO/IEC 14496-15, 8.3.3; ITU-T H.265,
 * 7.3.1) and by nothing of ours.
 */

/** Types of NAL units. */
export const UNIT = { idr: [19, 20], trailing: [0, 1], vps: 32, sps: 33, pps: 34, filler: 38, prefixSei: 39 } as const

export interface HevcPicture {
  readonly timestamp: number
  readonly key: boolean
  /** Presentation minus decoding time, ms. */
  readonly composition: number
  readonly units: readonly Buffer[]
}

export interface HevcStream {
  /** Configuration records, in order. */
  readonly records: readonly Buffer[]
  readonly pictures: readonly HevcPicture[]
}

export const typeOf = (unit: Buffer): number => (unit[0]! >> 1) & 63
export const isSlice = (unit: Buffer): boolean => typeOf(unit) < 32

/** Throws on what is no such tag. */
export function readHevc(tags: readonly FlvTag[]): HevcStream {
  const records: Buffer[] = []
  const pictures: HevcPicture[] = []
  for (const { type, timestamp, data } of tags) {
    if (type !== 'video') continue
    const head = data[0]!
    const [extended, frameType, packetType] = [head >> 7, (head >> 4) & 7, head & 15]
    if (extended !== 1 || data.toString('latin1', 1, 5) !== 'hvc1') throw new Error(`no tag of hvc1: ${head}`)
    if (packetType === 0) {
      records.push(data.subarray(5))
    } else if (packetType === 1 || packetType === 3) {
      const offset = packetType === 1 ? (data.readUIntBE(5, 3) << 8) >> 8 : 0
      const units = unitsOf(data.subarray(packetType === 1 ? 8 : 5))
      pictures.push({ timestamp, key: frameType === 1, composition: offset, units })
    } else if (packetType !== 2) throw new Error(`packet type ${packetType}`)
  }
  return { records, pictures }
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
