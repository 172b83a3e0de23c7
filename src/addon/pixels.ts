/** Types of native/pixels: formats of pictures, and names of the channels of sound. */
import type { ElementHandle } from './gst'

/** Names the channels that come for no speaker to a converter, so that it can mix them. */
export interface AudioLayout {
  close(): void
}

/** What the room exports. */
export interface PixelsExports {
  /** In the order of the addon's numbers for them. Must be equal to PIXEL_FORMATS. */
  pixelFormats: string[]
  AudioLayout: new (audioconvert: ElementHandle, channels: number) => AudioLayout
}
