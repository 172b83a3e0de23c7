import { systemClock, type Clock } from './clock'
import { RxGstError } from './errors'

/**
 * Settles like the promise, or after `ms` rejects with the error from `onTimeout`. A later result of the promise is
 * ignored, and so is a later rejection. Infinity means no deadline. The timer is cleared as soon as the promise
 * settles.
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
        reject(error) // an exception in a timer would end the process
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
 * Settles like the promise, or rejects with ERR_ABORTED when the signal aborts; the signal's reason is the cause. The
 * listener is removed as soon as the promise settles, because one signal can serve millions of calls.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (signal == null) return promise
  return new Promise<T>((resolve, reject) => {
    let forget = (): void => {}
    const settle =
      <V>(outcome: (value: V) => void) =>
      (value: V): void => {
        forget()
        outcome(value)
      }
    // Also after an abort: the promise must not become an unhandled rejection.
    promise.then(settle(resolve), settle(reject))
    if (signal.aborted) return reject(abortError(signal))
    forget = onAbort(signal, () => reject(abortError(signal)))
  })
}

/** Calls `fn` when the signal aborts, once. Returns what takes the listener off again; idempotent. */
export function onAbort(signal: AbortSignal | null | undefined, fn: () => void): () => void {
  if (signal == null) return () => {}
  let listening = true
  const forget = (): void => {
    if (listening) signal.removeEventListener('abort', abort)
    listening = false
  }
  const abort = (): void => {
    forget()
    fn()
  }
  signal.addEventListener('abort', abort)
  return forget
}

export function abortError(signal: AbortSignal): RxGstError {
  return new RxGstError('ERR_ABORTED', 'aborted by its signal', { cause: signal.reason })
}

/** Resolves like the promise, or with `otherwise` after `patience` ms. */
export async function withPatience<T, U>(
  promise: Promise<T>,
  patience: number,
  otherwise: U,
  clock: Clock = systemClock,
): Promise<T | U> {
  let timer: unknown
  const late = new Promise<U>(resolve => (timer = clock.setTimeout(() => resolve(otherwise), patience)))
  try {
    return await Promise.race([promise, late])
  } finally {
    clock.clearTimeout(timer)
  }
}

/** ms between two looks at the clock, and most ms of the time between them that count, or half of the patience. */
const SLICE_MS = 100
const MOST_GAP_MS = 500
const PENDING = Symbol('pending')

/**
 * The same, where the process must not lose what it waits for because it stood still itself: of such a time little
 * counts.
 */
export async function withAwakePatience<T, U>(
  promise: Promise<T>,
  patience: number,
  otherwise: U,
  clock: Clock = systemClock,
): Promise<T | U> {
  const mostGap = Math.min(MOST_GAP_MS, patience / 2)
  let last = clock.now()
  for (let waited = 0; waited < patience; ) {
    const result = await withPatience(promise, Math.min(SLICE_MS, patience - waited), PENDING, clock)
    if (result !== PENDING) return result
    const now = clock.now()
    waited += Math.min(now - last, mostGap)
    last = now
  }
  // Timers come before what sockets have: one more turn of the event loop reads it.
  return withPatience(promise, 1, otherwise, clock)
}

/** Resolves after `ms`. */
export function sleep(ms: number, clock: Clock = systemClock): Promise<void> {
  return new Promise(resolve => clock.setTimeout(resolve, ms))
}
