/** Types of native/pixels: names of the channels of sound. */
import type { ElementHandle } from './gst'

/** Names the channels that come for no speaker to a converter, so that it can mix them. */
export interface SoundLayout {
  close(): void
}

/** What the room exports. */
export interface PixelsExports {
  SoundLayout: new (audioconvert: ElementHandle, channels: number) => SoundLayout
}
