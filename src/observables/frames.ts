import type { Observable } from 'rxjs'
import { LeasedFrame, type Picture } from '../core/frame'
import type { VideoFrame } from '../core/types'
import { hubObservable } from './hub-observable'
import type { MediaHub } from './media-hub'

/** Counts, for one consumer, what it did not get. */
export class DropCount {
  #last: number | null = null

  handle(picture: Picture): VideoFrame {
    const dropped = this.#last === null ? 0 : Math.max(0, picture.sequence - this.#last - 1)
    this.#last = picture.sequence
    return new LeasedFrame(picture, dropped)
  }
}

/** Every subscriber gets a handle of its own on each picture, and closes it. */
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
