import type { PixelFormat } from '../../../src/index'
import { drawClock } from '../../support/media/picture-clock'

/**
 * A test pattern: a soft gradient of colours, a grey bar that moves, fine lines, and the picture's number. Colours
 * change softly, since 4:2:0 keeps no sharp edges of colour; brightness may change sharply.
 */
export function pattern(width: number, height: number, number: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3)
  const bar = (number * 7) % width
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const inBar = x >= bar && x < bar + width / 16
      const shade = inBar ? 60 : 0
      const stripe = y > height * 0.8 && ((x >> 3) & 1) === 0 ? 30 : 0
      rgb[i] = 40 + (120 * x) / width + shade + stripe
      rgb[i + 1] = 40 + (120 * y) / height + shade + stripe
      rgb[i + 2] = 150 - (100 * x) / width + shade + stripe
    }
  }
  drawClock(rgb, width, height, number)
  return rgb
}

/** Eight strong colours in two rows of four. */
export const COLOURS = [
  [235, 20, 20],
  [20, 235, 20],
  [20, 20, 235],
  [235, 235, 20],
  [20, 235, 235],
  [235, 20, 235],
  [245, 245, 245],
  [10, 10, 10],
] as const

export function patches(width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) rgb.set(COLOURS[patchAt(x, y, width, height)]!, i)
  }
  return rgb
}

function patchAt(x: number, y: number, width: number, height: number): number {
  return Math.min(3, Math.floor((x * 4) / width)) + 4 * Math.min(1, Math.floor((y * 2) / height))
}

/** The inside of patch number `index`. */
export function patchRegion(
  index: number,
  width: number,
  height: number,
): { x: number; y: number; width: number; height: number } {
  const [column, row] = [index % 4, Math.floor(index / 4)]
  const part = { width: Math.floor(width / 8), height: Math.floor(height / 4) }
  return { x: Math.floor(((column + 0.25) * width) / 4), y: Math.floor(((row + 0.25) * height) / 2), ...part }
}

/** The same picture in another format. I420 and NV12: limited range, BT.601 or BT.709, chroma as the mean of four. */
export function fromRgb(
  rgb: Uint8Array,
  width: number,
  height: number,
  format: PixelFormat,
  bt709 = false,
): Uint8Array {
  if (format === 'RGB') return rgb
  if (format === 'RGBA' || format === 'BGRA') return withAlpha(rgb, format === 'BGRA')
  const [red, blue] = bt709 ? [0.2126, 0.0722] : [0.299, 0.114]
  const luma = (i: number) => red * rgb[i]! + (1 - red - blue) * rgb[i + 1]! + blue * rgb[i + 2]!
  const count = width * height
  if (format === 'GRAY8') return Uint8Array.from({ length: count }, (_, i) => Math.round(luma(3 * i)))
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)]
  const yuv = new Uint8Array(count + 2 * columns * rows)
  for (let i = 0; i < count; i++) yuv[i] = Math.round(16 + (219 / 255) * luma(3 * i))
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let [u, v] = [0, 0]
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        const i = 3 * (Math.min(2 * y + dy, height - 1) * width + Math.min(2 * x + dx, width - 1))
        u += (rgb[i + 2]! - luma(i)) / (2 * (1 - blue)) / 4
        v += (rgb[i]! - luma(i)) / (2 * (1 - red)) / 4
      }
      const at = y * columns + x
      const [atU, atV] =
        format === 'NV12' ? [count + 2 * at, count + 2 * at + 1] : [count + at, count + columns * rows + at]
      yuv[atU] = Math.round(128 + (224 / 255) * u)
      yuv[atV] = Math.round(128 + (224 / 255) * v)
    }
  }
  return yuv
}

function withAlpha(rgb: Uint8Array, swapped: boolean): Uint8Array {
  const result = new Uint8Array((rgb.length / 3) * 4)
  for (let i = 0, o = 0; i < rgb.length; i += 3, o += 4) {
    result[o] = rgb[swapped ? i + 2 : i]!
    result[o + 1] = rgb[i + 1]!
    result[o + 2] = rgb[swapped ? i : i + 2]!
    // Alpha is no part of the picture.
    result[o + 3] = (i * 37) & 255
  }
  return result
}

/** A grey picture as RGB. */
export function greyToRgb(grey: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: grey.length * 3 }, (_, i) => grey[Math.floor(i / 3)]!)
}
