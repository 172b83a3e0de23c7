import type { RTMPOutputOptions } from '../../core/types'
import { parseRtmpUrl } from '../../core/url'
import { Output } from './output'
import { isSrt, splitTarget, type Target } from './target-url'

/**
 * An output for RTMP alone, and for recordings: pictures and sound, encoded once and sent to every URL, each over its
 * own connection. `Output` takes other addresses as well.
 *
 * @example
 * await using output = new RTMPOutput('rtmp://localhost/live/out', { width: 1280, height: 720 })
 * await output.start()
 * await output.writeFrame(rgb) // Uint8Array of 1280 × 720 × 3
 */
export class RTMPOutput extends Output {
  /**
   * Checks the URLs and the options, and connects nothing yet. ERR_URL, ERR_OPTION, ERR_FRAME_SIZE (slate),
   * ERR_NAME_TAKEN (the same target twice).
   */
  constructor(target: Target | readonly Target[], options: RTMPOutputOptions) {
    for (const one of [target].flat()) refuseOthers(one as Target)
    super(target, options)
  }

  /** Adds a target, also while on air. ERR_URL; ERR_NAME_TAKEN: it is a target already; ERR_NOT_RUNNING. */
  override addTarget(target: Target): void {
    refuseOthers(target)
    super.addTarget(target)
  }
}

/** ERR_URL: it leads to no server of RTMP. */
function refuseOthers(target: Target): void {
  const { address } = splitTarget(target)
  if (isSrt(address)) parseRtmpUrl(address)
}
