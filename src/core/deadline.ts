import { systemClock, type Clock } from './clock'
import { RxGstError } from './errors'

/**
 * The promise's outcome, or after `ms` the error that `onTimeout` makes. What the promise does later is ignored, a
 * rejection too. Infinity is no deadline. The timer is gone as soon as the outcome is there.
 */
export function withDeadline<T>(
  promise: Promise<T>,
  ms: number,
  onTimeout: () => Error,
  clock: Clock = systemClock,
): Promise<T> {
  if (ms === Infinity) return promise
  return new Promise<T>((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      try {
        reject(onTimeout())
      } catch (error) {
        reject(error) // thrown into a timer it would end the process
      }
    }, ms)
    const settle =
      <V>(outcome: (value: V) => void) =>
      (value: V): void => {
        clock.clearTimeout(timer)
        outcome(value)
      }
    promise.then(settle(resolve), settle(reject))
  })
}

/**
 * The promise's outcome, or ERR_ABORTED, with the signal's reason as its cause, as soon as the signal aborts. The
 * listener is gone as soon as the outcome is there: one signal may serve millions of calls.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (signal == null) return promise
  return new Promise<T>((resolve, reject) => {
    let listening = false
    const forget = (): void => {
      if (listening) signal.removeEventListener('abort', abort)
      listening = false
    }
    const abort = (): void => {
      forget()
      reject(abortError(signal))
    }
    const settle =
      <V>(outcome: (value: V) => void) =>
      (value: V): void => {
        forget()
        outcome(value)
      }
    // Even when it is over already: the promise must not end as an unhandled rejection.
    promise.then(settle(resolve), settle(reject))
    if (signal.aborted) return abort()
    listening = true
    signal.addEventListener('abort', abort)
  })
}

export function abortError(signal: AbortSignal): RxGstError {
  return new RxGstError('ERR_ABORTED', 'aborted by its signal', { cause: signal.reason })
}

/** What it resolves with, or `otherwise` where that takes longer. */
export async function withPatience<T, U>(promise: Promise<T>, patience: number, otherwise: U): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<U>(resolve => (timer = setTimeout(() => resolve(otherwise), patience)))
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
