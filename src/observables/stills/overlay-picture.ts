import { RxGstError } from '../../core/errors'
import { LeasedFrame, Lease } from '../../core/frame'
import type { ResolvedOverlay } from '../../core/pictures/overlay-options'
import type { VideoFrame } from '../../core/types'
import { native } from '../../addon/binding'
import type { NativeDrawing, NativeOverlay } from '../../addon/stills'
import { pictureWork } from './picture-work'
import { stillBytes, stillDesk } from './still-desk'

/** The overlay for the addon. A PNG is unpacked by a worker: ERR_OPTION where it is none after all. */
export async function loadOverlay(given: ResolvedOverlay): Promise<NativeOverlay> {
  const { bytes, isPng, width, height, x, y, opacity } = given
  const rgba = isPng ? await unpacked(given) : bytes
  return new (native().OverlayPicture)(rgba, width, height, x, y, opacity)
}

async function unpacked({ bytes, width, height }: ResolvedOverlay): Promise<Uint8Array> {
  try {
    return await stillBytes(stillDesk().unpack(bytes, width, height))
  } catch (error) {
    if (!(error instanceof RxGstError) || error.code !== 'ERR_ENCODE') throw error
    throw new RxGstError('ERR_OPTION', 'the overlay is not a PNG that can be read', { cause: error })
  }
}

/**
 * The frame with an overlay: itself, drawn into, where nobody else sees its pixels, else a copy. null: there is no
 * memory for a copy, or too many pictures of the process wait to be drawn into.
 */
export async function drawOver(frame: VideoFrame, overlay: NativeOverlay): Promise<VideoFrame | null> {
  const picture = LeasedFrame.pictureOf(frame)
  if (!picture) throw new RxGstError('ERR_FRAME_CLOSED', 'only an open frame of rxgst can be drawn into')
  const { lease, format, width, height, color = 0 } = picture
  const drawing: NativeDrawing = [overlay, frame.data, format, width, height, color]
  // A handle of its own keeps everybody else from drawing meanwhile.
  const { alone } = lease
  using held = frame.clone()
  if (alone) {
    return (await drawn(stillDesk().draw(...drawing))) ? frame : null
  }
  const copy = stillDesk().drawCopy(...drawing)
  if (copy === null) return null
  if (copy === 'wrong-size') throw new RxGstError('ERR_FRAME_CLOSED', 'the pixels of this frame were moved away')
  const { buffer, lease: number, done } = copy
  const end = (): void => native().endLease(number, buffer)
  const made = new LeasedFrame(
    { ...picture, lease: new Lease(new Uint8Array(buffer), end, pictureWork, number) },
    held.droppedBefore,
  )
  try {
    if (await drawn(done)) return made
    made.close()
    return null
  } catch (error) {
    made.close()
    throw error
  }
}

/** false: too many wait. */
async function drawn(done: Promise<string | null> | 'full' | 'wrong-size'): Promise<boolean> {
  const why = await done
  if (why === null || why === 'full') return why === null
  throw new RxGstError('ERR_FRAME_CLOSED', `the frame was not drawn into: ${why}`)
}
