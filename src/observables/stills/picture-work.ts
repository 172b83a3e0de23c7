import type { PictureWork } from '../../core/frame'
import { native } from '../../addon/binding'
import { moveFrame } from './moved-frames'
import { stillBytes, stillDesk } from './still-desk'

/** What the addon does with the pixels of a frame. */
export const pictureWork: PictureWork = {
  encode(picture, bytes, options) {
    const { format, width, height, pixelAspectRatio, color = 0 } = picture
    const { n, d } = pixelAspectRatio
    return stillBytes(stillDesk().encode(bytes, format, width, height, n, d, color, options))
  },
  captions: lease => native().frameCaptions(lease),
  move: moveFrame,
}
