import type { OperatorFunction } from 'rxjs'
import { mapAsync, type MapAsyncContext, type MapAsyncOptions } from './map-async'

/**
 * Conflates for async work that is slower than the source: one value at work, the newest one waiting, the ones between
 * dropped. The work is always on what was newest when it began, however slow it is.
 *
 * Who closes: the operator, as `mapAsync` does, unless the frame is in the result.
 *
 * @example capture.frames$.pipe(latest(({ data }) => classify(data))).subscribe(console.log)
 * @see mapAsync, which this is with `{ concurrency: 1, bufferSize: 1 }`; sampleFps for a fixed rate
 */
export function latest<T, R>(
  fn: (value: T, context: MapAsyncContext) => PromiseLike<R> | R,
  options: Pick<MapAsyncOptions, 'onDrop'> = {},
): OperatorFunction<T, R> {
  return mapAsync(fn, { concurrency: 1, bufferSize: 1, dropPolicy: 'oldest', onDrop: options.onDrop })
}
