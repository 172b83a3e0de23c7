/** Types of native/pixels: pixel formats, and the layout of audio channels. */
import type { ElementHandle } from './gst'

/** Gives speakers to channels that have none, so that audioconvert can mix them. */
export interface AudioLayout {
  close(): void
}

/** What the room exports. */
export interface PixelsExports {
  /** Pixel formats, in the order of the addon's numbers for them. Must be equal to PIXEL_FORMATS. */
  pixelFormats: string[]
  AudioLayout: new (audioconvert: ElementHandle, channels: number) => AudioLayout
}
