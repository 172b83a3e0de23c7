import { closeValue } from './close-value'

/**
 * Makes of a function on a frame one that closes it afterwards: when it has returned, thrown, or, being async, settled.
 * For every place where RxJS takes a function that is the frame's last: `map`, `mergeMap` with promises, `subscribe`.
 *
 * Who closes: this, unless the frame is in what the function returns; then it is the receiver's. Not for `filter` or
 * `tap`, whose frames go on.
 *
 * @example capture.frames$.pipe(map(closing(({ data }) => mean(data)))).subscribe(console.log)
 * @example capture.frames$.subscribe(closing((frame) => console.log(frame.timestamp)))
 * @see mapAsync for async functions on a live source: their number is bounded there
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
