/** Types of native/pixels: pixel formats, and names of the channels of sound. */
import type { PixelFormat } from '../core/types'
import type { ElementHandle } from './gst'

/** Order = the addon's enum. */
export const PIXEL_FORMAT_INDEX: Readonly<Record<PixelFormat, number>> = {
  RGB: 0,
  RGBA: 1,
  BGRA: 2,
  GRAY8: 3,
  I420: 4,
  NV12: 5,
}
export const PIXEL_FORMATS: readonly PixelFormat[] = ['RGB', 'RGBA', 'BGRA', 'GRAY8', 'I420', 'NV12']

/** Names the channels that come for no speaker to a converter, so that it can mix them. */
export interface SoundLayout {
  close(): void
}

/** What the room exports. */
export interface PixelsExports {
  SoundLayout: new (audioconvert: ElementHandle, channels: number) => SoundLayout
}
