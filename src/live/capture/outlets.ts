import type { Meters } from '../../meter/meters'
import type { PictureTaps } from '../stills/picture-taps'
import type { CaptionFeed } from './captions'

/** What of a capture gets the present connection's pads and taps, and outlives it. */
export interface CaptureOutlets {
  readonly meters?: Meters | undefined
  /** Where views and snapshots find pictures. */
  readonly taps?: PictureTaps | undefined
  readonly captions?: CaptionFeed | undefined
}
