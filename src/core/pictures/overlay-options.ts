/** Overlays: pictures with alpha that lie over frames. Their options, and the checks of these. */
import { badOption, badValue, checkInteger, checkNumber, checkRecord } from '../check'
import { isPixelBytes } from '../pixel-format'
import type { PixelBytes } from '../types'
import { MAX_SIDE } from '../video-options'

/** A picture with alpha: the bytes of a PNG file, or pixels as RGBA whose colours are not multiplied by alpha. */
export type OverlayImage =
  | Uint8Array
  | {
      /** Width × height × 4 bytes, row by row. */
      readonly data: PixelBytes
      /** Width, pixels. */
      readonly width: number
      /** Height, rows. */
      readonly height: number
    }

/** Where an overlay lies, and how much of it is seen. */
export interface OverlayPlace {
  /**
   * Where its first column lies, pixels from the left of the frame. Below 0, its last column is counted from the right:
   * with −1 it is the last column of the frame, with −17 it leaves 16 pixels free. What is outside of the frame is cut.
   * Default 0.
   */
  x?: number
  /** Where its first row lies, as `x`: from the top, and below 0 from the bottom. Default 0. */
  y?: number
  /** 0 to 1, times the alpha of the picture. Default 1. */
  opacity?: number
}

/** An overlay of an output. */
export interface OutputOverlay extends OverlayPlace {
  /** The picture. */
  image: OverlayImage
}

/** The option of outputs. */
export interface OverlayOption {
  /**
   * What lies over all that is sent, repeats and slate, too: a watermark. The first one of several lies lowest. The
   * output draws in its own thread. setOverlay() changes it. Default: nothing.
   */
  overlay?: OutputOverlay | readonly OutputOverlay[]
}

/** Checked. */
export interface ResolvedImage {
  /** A copy: either a PNG with its size, or RGBA. */
  readonly bytes: Uint8Array
  readonly isPng: boolean
  readonly width: number
  readonly height: number
}

/** Checked and complete. */
export interface ResolvedOverlay extends ResolvedImage {
  readonly x: number
  readonly y: number
  readonly opacity: number
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Signature, and the chunk IHDR with its eight bytes of size. */
const PNG_HEAD_BYTES = 24
/** A logo has some kilobytes. */
const MOST_PNG_BYTES = 64 * 1024 * 1024
const MOST_PLACE = 16_384

export function resolveOverlay(image: unknown, place: unknown = {}): ResolvedOverlay {
  const given = checkRecord('options', place, ['x', 'y', 'opacity'])
  return { ...resolveImage(image), ...resolvePlace(given) }
}

/** Those of an output: none, one, or several, the first one lowest. */
export function resolveOverlays(value: unknown): readonly ResolvedOverlay[] {
  if (value === null || value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map(one => {
    const { image, ...place } = checkRecord('overlay', one, ['image', 'x', 'y', 'opacity'])
    return { ...resolveImage(image), ...resolvePlace(place) }
  })
}

function resolvePlace({ x = 0, y = 0, opacity = 1 }: Readonly<Record<string, unknown>>) {
  return {
    x: checkInteger('x', x, -MOST_PLACE, MOST_PLACE),
    y: checkInteger('y', y, -MOST_PLACE, MOST_PLACE),
    opacity: checkNumber('opacity', opacity, 0, 1),
  }
}

/** A picture alone: a copy of it. */
export function resolveImage(image: unknown): ResolvedImage {
  if (isPixelBytes(image)) return png(image)
  if (typeof image !== 'object' || image === null || !('data' in image) || !isPixelBytes(image.data))
    throw badOption('the bytes of a PNG, or { data, width, height } in RGBA', 'image', image)
  const { data, width, height, format = 'RGBA' } = image as Record<string, unknown> & { data: PixelBytes }
  if (format !== 'RGBA') throw badValue("a picture in 'RGBA'", 'image.format', format)
  const size = {
    width: checkInteger('image.width', width, 1, MAX_SIDE),
    height: checkInteger('image.height', height, 1, MAX_SIDE),
  }
  const bytes = size.width * size.height * 4
  if (data.byteLength !== bytes) throw badValue(`${bytes} bytes`, 'image.data.byteLength', data.byteLength)
  return { bytes: new Uint8Array(data), isPng: false, ...size }
}

function png(data: PixelBytes): ResolvedImage {
  const isPng = data.byteLength >= PNG_HEAD_BYTES && PNG_SIGNATURE.every((byte, i) => data[i] === byte)
  if (!isPng) throw badValue('the bytes of a PNG, or { data, width, height } in RGBA', 'image', data)
  if (data.byteLength > MOST_PNG_BYTES)
    throw badValue(`at most ${MOST_PNG_BYTES} bytes`, 'image.byteLength', data.byteLength)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const width = checkInteger('the width of the PNG', view.getUint32(16), 1, MAX_SIDE)
  const height = checkInteger('the height of the PNG', view.getUint32(20), 1, MAX_SIDE)
  return { bytes: new Uint8Array(data), isPng: true, width, height }
}
