import { Observable, type OperatorFunction } from 'rxjs'
import type { FrameWithAudio, VideoFrame } from '../core/types'
import type { RTMPOutput } from './output'

/**
 * Writes every value to an output and closes its frame; emits once per value, in order, when it has been taken over or
 * dropped. A write that fails is the result's error. Completes when the source has and all writes are done; values in
 * flight at unsubscribe are still closed.
 *
 * @example capture.framesWithAudio$.pipe(tap(({ frame }) => draw(frame)), writeTo(output)).subscribe()
 */
export function writeTo<T extends VideoFrame | FrameWithAudio = VideoFrame | FrameWithAudio>(
  output: RTMPOutput,
): OperatorFunction<T, { dropped: boolean }> {
  return (source) =>
    new Observable((subscriber) => {
      let open = 0
      let completed = false
      const settle = (): void => {
        open--
        if (completed && open === 0) subscriber.complete()
      }
      return source.subscribe({
        next(value) {
          open++
          output.writeAndClose(value).then(
            (result) => {
              subscriber.next(result)
              settle()
            },
            (error: unknown) => subscriber.error(error),
          )
        },
        error: (error: unknown) => subscriber.error(error),
        complete() {
          completed = true
          if (open === 0) subscriber.complete()
        },
      })
    })
}
