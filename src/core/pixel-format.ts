import { types } from 'node:util'
import type { PixelBytes, PixelFormat } from './types'

export const PIXEL_FORMATS = ['RGB', 'RGBA', 'BGRA', 'GRAY8', 'I420', 'NV12'] as const satisfies readonly PixelFormat[]

/** Accepts arrays of every realm, because tests and vm have several. */
export function isPixelBytes(value: unknown): value is PixelBytes {
  return types.isUint8Array(value) || types.isUint8ClampedArray(value)
}

/** Bytes of one frame without padding. Odd sizes are legal: the half-size chroma planes of I420 and NV12 round up. */
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
  }
}
