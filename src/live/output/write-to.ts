import { Observable, type OperatorFunction } from 'rxjs'
import { RxGstError } from '../../core/errors'
import type { AudioChunk, FrameWithAudio, VideoFrame } from '../../core/types'
import { Operation } from '../../observables/operators/operation'
import type { Output } from './output'

/**
 * Writes every value to an output and closes its frame. Emits once per value, in order, when the value has been copied
 * or dropped. A write that fails is the error of the result. Completes when the source has completed and all writes are
 * done, or the output is stopped. Unsubscribing still closes the values that are being written.
 *
 * @example merge(capture.frames$.pipe(tap(draw)), capture.audio$).pipe(writeTo(output)).subscribe()
 */
export function writeTo<T extends VideoFrame | FrameWithAudio | AudioChunk = VideoFrame | FrameWithAudio | AudioChunk>(
  output: Output,
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
          // Where an earlier write is still open, nobody listens yet to a later one that fails.
          written.catch(() => {})
          // A drop is known at once, a copy only later; still the results come in the order of the values.
          last = last
            .then(() => written)
            .then(
              result => {
                operation.emit(result)
                open--
                completeIfDone()
              },
              (error: unknown) => {
                if (operation.over) return
                // Who ends the source and then stops the output gives up what still waits.
                if (completed && error instanceof RxGstError && error.code === 'ERR_NOT_RUNNING') operation.complete()
                else operation.fail(error)
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
