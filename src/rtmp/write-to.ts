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
      let last: Promise<unknown> = Promise.resolve()
      let completed = false
      const settle = (): void => {
        open--
        if (completed && open === 0) subscriber.complete()
      }
      return source.subscribe({
        next(value) {
          open++
          const written = output.writeAndClose(value)
          // A drop is known at once, an acceptance later; the results come in the order of the values all the same.
          last = last.then(() => written).then(
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
