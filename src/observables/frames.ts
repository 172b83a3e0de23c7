import type { Observable } from 'rxjs'
import { LeasedFrame, type Picture } from '../core/frame'
import type { VideoFrame } from '../core/types'
import { hubObservable } from './hub-observable'
import type { MediaHub } from './media-hub'

/** Counts the frames that one consumer lost. */
export class DropCount {
  #last: number | null = null

  handle(picture: Picture): VideoFrame {
    const dropped = this.#last === null ? 0 : Math.max(0, picture.sequence - this.#last - 1)
    this.#last = picture.sequence
    return new LeasedFrame(picture, dropped)
  }
}

/** Each subscriber gets its own handle on each frame and closes it. Hot; ends with the stream. */
export function frames(hub: () => MediaHub): Observable<VideoFrame> {
  return hubObservable<VideoFrame>(hub, (next, isGone) => {
    const drops = new DropCount()
    return {
      picture(picture) {
        if (!isGone()) next(drops.handle(picture))
      },
    }
  })
}
