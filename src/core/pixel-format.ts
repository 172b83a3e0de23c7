import { types } from 'node:util'
import type { PixelBytes, PixelFormat } from './types'

export const PIXEL_FORMATS = [
  'RGB',
  'RGBA',
  'BGRA',
  'GRAY8',
  'I420',
  'NV12',
  'I420_10LE',
  'P010',
] as const satisfies readonly PixelFormat[]

/** Accepts arrays of every realm, because tests and vm have several. */
export function isPixelBytes(value: unknown): value is PixelBytes {
  return types.isUint8Array(value) || types.isUint8ClampedArray(value)
}

/** Bytes of one frame without padding. Odd sizes are legal: the half-size chroma planes of 4:2:0 round up. */
export function frameBytes(format: PixelFormat, width: number, height: number): number {
  switch (format) {
    case 'RGB':
      return width * height * 3
    case 'RGBA':
    case 'BGRA':
      return width * height * 4
    case 'GRAY8':
      return width * height
    case 'I420':
    case 'NV12':
      return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2)
    case 'I420_10LE':
    case 'P010':
      return 2 * frameBytes('I420', width, height)
  }
}

/** GStreamer's name of a format. */
export function gstFormat(format: PixelFormat): string {
  return format === 'P010' ? 'P010_10LE' : format
}
