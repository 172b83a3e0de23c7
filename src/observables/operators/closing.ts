import { closeValue } from './close-value'

/**
 * Wraps a function of a frame so that the frame is closed afterwards: when the function returns, throws or (if async)
 * settles. For every place where RxJS takes the last function that uses the frame: `map`, `mergeMap` with promises,
 * `subscribe`.
 *
 * Closing: this function closes the frame, unless the result contains it; then the receiver closes it. Not for `filter`
 * or `tap`, because their frames continue.
 *
 * @example capture.frames$.pipe(map(closing(({ data }) => mean(data)))).subscribe(console.log)
 * @example capture.frames$.subscribe(closing((frame) => console.log(frame.timestamp)))
 * @see mapAsync for async functions on a live source: it limits their number
 */
export function closing<T, R>(fn: (value: T) => R): (value: T) => R {
  return value => {
    let result: R
    try {
      result = fn(value)
    } catch (error) {
      closeValue(value)
      throw error
    }
    if (!isPromise(result)) {
      closeValue(value, result)
      return result
    }
    return result.then(
      (settled: unknown) => {
        closeValue(value, settled)
        return settled
      },
      (error: unknown) => {
        closeValue(value)
        throw error
      },
    ) as R
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
