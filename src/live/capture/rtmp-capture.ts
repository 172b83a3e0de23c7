import type { RTMPCaptureOptions } from '../../core/types'
import { Capture } from './capture'

/**
 * A capture of an RTMP stream: a Capture that takes no other address.
 *
 * @example
 * const capture = new RTMPCapture('rtmp://localhost/live/camera')
 * await capture.start()
 * for await (const frame of capture.aiterFrames()) {
 *   using f = frame
 *   console.log(f.width, f.height, f.timestamp, f.data[0])
 * }
 */
export class RTMPCapture extends Capture {
  protected static override readonly rtmpAlone = true

  /**
   * Checks the URL and the options, and connects nothing yet. ERR_URL, ERR_OPTION; ERR_ADDON_NOT_BUILT and
   * ERR_GSTREAMER_VERSION: the installation is incomplete.
   */
  constructor(url: string, options: RTMPCaptureOptions = {}) {
    super(url, options)
  }
}
