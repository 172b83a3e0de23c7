import { RxGstError } from '../../core/errors'
import { native } from '../../addon/binding'
import type { NativeStill, NativeStillDesk } from '../../addon/stills'

let desk: NativeStillDesk | null = null

/** The desk of this thread. */
export function stillDesk(): NativeStillDesk {
  desk ??= new (native().StillDesk)()
  return desk
}

/** The bytes of a still; the addon's refusals and reasons as errors. */
export async function stillBytes(made: NativeStill | 'full' | 'wrong-size'): Promise<Uint8Array> {
  const still = await made
  if (typeof still !== 'string') return still
  if (still === 'full') {
    const text = 'as many pictures as may wait are waiting to be encoded: await some first'
    throw new RxGstError('ERR_STILL_OVERFLOW', text)
  }
  if (still === 'wrong-size') throw new RxGstError('ERR_FRAME_CLOSED', 'the pixels of this frame were moved away')
  const lacking = /^no element (\w+)$/.exec(still)?.[1]
  if (lacking !== undefined) {
    const debian = lacking.startsWith('avdec') ? 'gstreamer1.0-libav' : 'gstreamer1.0-plugins-good'
    const text = `GStreamer has no element ${lacking}: install the Debian package ${debian}`
    throw new RxGstError('ERR_MISSING_PLUGIN', text, { element: lacking })
  }
  throw new RxGstError('ERR_ENCODE', `the still was not made: ${still}`)
}
