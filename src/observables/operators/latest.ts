import type { OperatorFunction } from 'rxjs'
import { mapAsync, type MapAsyncContext, type MapAsyncOptions } from './map-async'

/**
 * Runs async work that is slower than the source: one value at work, the newest one waiting, the ones between dropped.
 * However slow the work is, it always gets the newest value at its start.
 *
 * Closing: the operator closes as `mapAsync` does, unless the result contains the frame.
 *
 * @example capture.frames$.pipe(latest(({ data }) => classify(data))).subscribe(console.log)
 * @see mapAsync: this operator is mapAsync with `{ concurrency: 1, bufferSize: 1 }`; sampleFps for a fixed rate
 */
export function latest<T, R>(
  fn: (value: T, context: MapAsyncContext) => PromiseLike<R> | R,
  options: Pick<MapAsyncOptions, 'onDrop'> = {},
): OperatorFunction<T, R> {
  return mapAsync(fn, { concurrency: 1, bufferSize: 1, dropPolicy: 'oldest', onDrop: options.onDrop })
}
