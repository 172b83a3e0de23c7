// H.264 written bit by bit, for streams that no encoder makes: parameter sets that lie, pictures of one grey, units in
// odd places (ITU-T H.264, 7.3; ISO/IEC 14496-15, 5.2.4.1).
import type { FlvTag } from '../peers/rtmp/flv'

class Bits {
  #text = ''
  u(count: number, value: number): this {
    if (count > 0) this.#text += value.toString(2).padStart(count, '0')
    return this
  }
  ue(value: number): this {
    const code = (value + 1).toString(2)
    this.#text += '0'.repeat(code.length - 1) + code
    return this
  }
  /** With the stop bit, and emulation prevention behind `header`. */
  unit(header: number): Buffer {
    const text = `${this.#text}1`
    const bytes = [header]
    let zeros = 0
    for (let at = 0; at < text.length; at += 8) {
      const byte = Number.parseInt(text.slice(at, at + 8).padEnd(8, '0'), 2)
      if (zeros >= 2 && byte <= 3) {
        bytes.push(3)
        zeros = 0
      }
      zeros = byte === 0 ? zeros + 1 : 0
      bytes.push(byte)
    }
    return Buffer.from(bytes)
  }
}

export interface Sps {
  /** Macroblocks: 16 pixels. */
  width?: number
  height?: number
  profile?: number
  /** Whether it has the fields of the high profiles; default: where GStreamer and libav read them. */
  high?: boolean
  /** 0: grey, 1: 4:2:0, 2: 4:2:2, 3: 4:4:4. The high profiles have this field, and the next one. */
  chroma?: number
  /** Bits of a sample, of luma and of chroma. */
  depths?: readonly [number, number]
  id?: number
  references?: number
  header?: number
}

const HIGH = [44, 83, 86, 100, 110, 118, 122, 128, 138, 144, 244]

export function sps({
  width = 4,
  height = 4,
  profile = 66,
  high = HIGH.includes(profile),
  chroma = 1,
  depths = [8, 8],
  id = 0,
  references = 1,
  header = 0x67,
}: Sps = {}): Buffer {
  const bits = new Bits().u(8, profile).u(8, 0).u(8, 62).ue(id)
  if (high) {
    bits.ue(chroma)
    if (chroma === 3) bits.u(1, 0)
    bits
      .ue(depths[0] - 8)
      .ue(depths[1] - 8)
      .u(1, 0)
      .u(1, 0)
  }
  bits.ue(0).ue(2).ue(references).u(1, 0)
  return bits
    .ue(width - 1)
    .ue(height - 1)
    .u(1, 1)
    .u(1, 1)
    .u(1, 0)
    .u(1, 0)
    .unit(header)
}

export function pps(id = 0, spsId = 0): Buffer {
  const bits = new Bits().ue(id).ue(spsId).u(1, 0).u(1, 0).ue(0).ue(0).ue(0).u(1, 0).u(2, 0).ue(0).ue(0).ue(0)
  return bits.u(1, 0).u(1, 0).u(1, 0).unit(0x68)
}

/** A picture of grey: each macroblock is predicted from nothing. `idr` false: an I picture that is no keyframe. */
export function intra({
  macroblocks = 16,
  number = 0,
  idr = true,
}: {
  macroblocks?: number
  number?: number
  idr?: boolean
} = {}): Buffer {
  const bits = new Bits()
    .ue(0)
    .ue(7)
    .ue(0)
    .u(4, idr ? 0 : number % 16)
  if (idr)
    bits
      .ue(number % 2)
      .u(1, 0)
      .u(1, 0)
  else bits.u(1, 0)
  bits.ue(0).ue(1)
  for (let i = 0; i < macroblocks; i++) bits.ue(3).ue(0).ue(0).u(1, 1)
  return bits.unit(idr ? 0x65 : 0x61)
}

/** A picture that repeats the one before. */
export function skipped(number: number, macroblocks = 16): Buffer {
  return new Bits()
    .ue(0)
    .ue(5)
    .ue(0)
    .u(4, number % 16)
    .u(1, 0)
    .u(1, 0)
    .u(1, 0)
    .ue(0)
    .ue(1)
    .ue(macroblocks)
    .unit(0x41)
}

/** A recovery point (SEI): after so many further frames the whole picture is right. */
export function recoveryPoint(frames: number): Buffer {
  const body = new Bits().ue(frames).u(1, 1).u(1, 0).u(2, 0).unit(0).subarray(1)
  return Buffer.concat([Buffer.from([0x06, 6, body.length]), body, Buffer.from([0x80])])
}

/** NAL units, each after its length. */
export function lengthed(units: readonly Buffer[]): Buffer {
  return Buffer.concat(
    units.flatMap(unit => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(unit.length)
      return [length, unit]
    }),
  )
}

export const START_CODE = Buffer.from([0, 0, 1])

/** A configuration record. `version` 1 is the only one that there is. */
export function record(
  sets: Buffer[] = [sps()],
  pictureSets: Buffer[] = [pps()],
  { version = 1, lengthSize = 4 } = {},
): Buffer {
  const listed = (list: Buffer[]): Buffer[] =>
    list.flatMap(set => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(set.length)
      return [length, set]
    })
  const head = Buffer.from([version, 66, 0, 62, 0xfc | (lengthSize - 1), 0xe0 | sets.length])
  return Buffer.concat([head, ...listed(sets), Buffer.from([pictureSets.length]), ...listed(pictureSets)])
}

const tag = (timestamp: number, first: number, type: number, composition: number, body: Buffer): FlvTag => {
  const head = Buffer.from([(first << 4) | 7, type, 0, 0, 0])
  head.writeIntBE(composition, 2, 3)
  return { type: 'video', timestamp, data: Buffer.concat([head, body]) }
}

/** FLV's tag with a configuration record. */
export const headerTag = (data: Buffer = record()): FlvTag => tag(0, 1, 0, 0, data)

/** FLV's tag with a picture. `frameType`: 1 a keyframe, 2 none, 3 a disposable one, 4 a generated keyframe. */
export const pictureTag = (
  timestamp: number,
  units: Buffer[] | Buffer,
  { frameType = 1, composition = 0 } = {},
): FlvTag => tag(timestamp, frameType, 1, composition, Buffer.isBuffer(units) ? units : lengthed(units))
