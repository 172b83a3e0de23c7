import { Observable, type OperatorFunction } from 'rxjs'
import type { FrameWithAudio, VideoFrame } from '../../core/types'
import { Operation } from '../../observables/operators/operation'
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
  return source =>
    new Observable(subscriber => {
      const operation = new Operation<{ dropped: boolean }>(subscriber)
      let open = 0
      let last: Promise<unknown> = Promise.resolve()
      let completed = false
      const completeIfDone = (): void => {
        if (completed && open === 0 && !operation.over) operation.complete()
      }
      operation.from(
        source,
        value => {
          open++
          const written = output.writeAndClose(value)
          // A drop is known at once, an acceptance later; the results come in the order of the values all the same.
          last = last
            .then(() => written)
            .then(
              result => {
                operation.emit(result)
                open--
                completeIfDone()
              },
              (error: unknown) => {
                if (!operation.over) operation.fail(error)
              },
            )
        },
        () => {
          completed = true
          completeIfDone()
        },
      )
    })
}
