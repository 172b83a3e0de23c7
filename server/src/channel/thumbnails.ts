/** A small picture of what is on air, every few seconds while somebody looks. */
import type { Programme } from './programme.js'
import { THUMBNAIL_WIDTH } from './slate.js'

/** A keyframe that is decoded for it may be some seconds old; more is no picture of now. */
const WAIT_MS = 2500
const QUALITY = 75

export class Thumbnails {
  readonly #onPicture: (jpeg: Uint8Array) => void
  #last: Uint8Array | null = null
  #busy = false

  constructor(onPicture: (jpeg: Uint8Array) => void) {
    this.#onPicture = onPicture
  }

  /** The last one is too old to be the picture that a fill repeats. */
  forget(): void {
    this.#last = null
  }

  /** Takes one, unless the last one is still being taken. What cannot be had is left out. */
  async take(programme: Programme): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      const jpeg = await this.#picture(programme)
      if (jpeg) this.#onPicture(jpeg)
    } catch {
      // No picture has come, or the stream has just ended: the next one is soon.
    } finally {
      this.#busy = false
    }
  }

  async #picture(programme: Programme): Promise<Uint8Array | null> {
    const { onAir, filling, slate } = programme
    const output = programme.relay.stream ? null : programme.output.running
    if (output) return output.snapshot(options(output.info?.width))
    if (onAir) return (this.#last = await onAir.capture.snapshot(options(onAir.capture.info?.video?.width)))
    return filling ? (slate?.thumbnail ?? this.#last) : null
  }
}

/** A picture is made smaller, and never larger. */
function options(width = 0): { width?: number; timeout: number; quality: number } {
  return { ...(width > THUMBNAIL_WIDTH && { width: THUMBNAIL_WIDTH }), timeout: WAIT_MS, quality: QUALITY }
}
