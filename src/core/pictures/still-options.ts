/** Stills: single pictures as JPEG or PNG. Their options, and the checks of these. */
import { badValue, checkInteger, checkNumber, checkOneOf, checkRecord, checkSignal } from '../check'
import { MAX_SIDE } from '../video-options'

/** The size of a still. */
export interface StillSize {
  /**
   * Width, pixels. With only one of width and height, the other one keeps the shape on the screen; with both, the still
   * has exactly this size; without them, the size of the picture. A still always has square pixels.
   */
  width?: number
  /** Height, rows; see `width`. */
  height?: number
}

/** Options of toJPEG(). */
export interface JPEGOptions extends StillSize {
  /** 1 to 100. Default 85. */
  quality?: number
}

/** Options of toPNG(). */
export type PNGOptions = StillSize

/** Options of snapshot(). */
export interface SnapshotOptions extends JPEGOptions {
  /** The format of the bytes; `quality` is for JPEG. Default 'jpeg'. */
  format?: 'jpeg' | 'png'
  /** Longest wait for a picture, ms; then ERR_NO_PICTURE says why there is none. Default 5000. */
  timeout?: number
  /** An abort rejects with ERR_ABORTED. */
  signal?: AbortSignal
}

/** What a frame becomes off the JS thread. */
export interface FrameStills {
  /**
   * The frame as a JPEG: full range BT.601, 4:2:0, without alpha. A worker encodes it, and the pixels are held until
   * then, even if the frame is closed meanwhile. ERR_FRAME_CLOSED, ERR_OPTION; ERR_STILL_OVERFLOW: too many wait.
   */
  toJPEG(options?: JPEGOptions): Promise<Uint8Array>
  /** The frame as a PNG: grey, RGB, or RGBA with the alpha of its pixels; otherwise like toJPEG(). */
  toPNG(options?: PNGOptions): Promise<Uint8Array>
}

/** Options of a still, checked and complete. */
export interface ResolvedStill {
  readonly format: 'jpeg' | 'png'
  readonly quality: number
  /** 0: not asked for; likewise the height. */
  readonly width: number
  readonly height: number
}

export interface ResolvedSnapshot {
  readonly still: ResolvedStill
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

const SIZE = ['width', 'height']

export function resolveJPEG(options: unknown = {}): ResolvedStill {
  const { quality = 85, ...size } = checkRecord('options', options, [...SIZE, 'quality'])
  return { format: 'jpeg', quality: checkInteger('quality', quality, 1, 100), ...resolveSize(size) }
}

export function resolvePNG(options: unknown = {}): ResolvedStill {
  return { format: 'png', quality: 0, ...resolveSize(checkRecord('options', options, SIZE)) }
}

export function resolveSnapshot(options: unknown = {}): ResolvedSnapshot {
  const names = [...SIZE, 'quality', 'format', 'timeout', 'signal']
  const { format = 'jpeg', timeout = 5_000, signal, quality, ...size } = checkRecord('options', options, names)
  const kind = checkOneOf('format', format, ['jpeg', 'png'])
  if (kind === 'png' && quality !== undefined) throw badValue("no quality with format 'png'", 'quality', quality)
  return {
    still: kind === 'png' ? resolvePNG(size) : resolveJPEG(quality === undefined ? size : { ...size, quality }),
    timeout: checkNumber('timeout', timeout, 0, 3_600_000),
    signal: signal === undefined ? undefined : checkSignal('signal', signal),
  }
}

function resolveSize({ width, height }: Readonly<Record<string, unknown>>): { width: number; height: number } {
  const side = (name: string, value: unknown): number => (value == null ? 0 : checkInteger(name, value, 1, MAX_SIDE))
  return { width: side('width', width), height: side('height', height) }
}
