/** What a relay shows while no input is on air. */
import { checkOneOf, checkRecord } from '../../core/check'
import { resolveImage, type OverlayImage, type ResolvedImage } from '../../core/pictures/overlay-options'
import { checkOutputSize } from '../../core/video-options'

export const FILL_KINDS = ['none', 'repeat', 'slate'] as const
export type FillKind = (typeof FILL_KINDS)[number]

const CODECS = ['h264', 'hevc'] as const
export type SlateCodec = (typeof CODECS)[number]

/** A slate, and what it is like before any input has been live; then it is like the input. */
export interface RelaySlate {
  /** The picture, which is scaled as a whole, with black beside it. Default: black. */
  image?: OverlayImage
  /** Width, pixels. Default 1280. */
  width?: number
  /** Height, rows. Default 720. */
  height?: number
  /** Default 'h264'. */
  codec?: 'h264' | 'hevc'
}

export interface ResolvedSlate {
  /** null: black. */
  readonly image: ResolvedImage | null
  readonly width: number
  readonly height: number
  readonly codec: SlateCodec
}

/** The picture alone, or with more. */
export function resolveSlate(value: unknown = {}): ResolvedSlate {
  const alone = ArrayBuffer.isView(value) || (typeof value === 'object' && value !== null && 'data' in value)
  const given = alone ? { image: value } : checkRecord('slate', value, ['image', 'width', 'height', 'codec'])
  const { image, width = 1280, height = 720, codec = 'h264' } = given as Record<string, unknown>
  return {
    image: image === undefined ? null : resolveImage(image),
    ...checkOutputSize(width, height),
    codec: checkOneOf('slate.codec', codec, CODECS),
  }
}
