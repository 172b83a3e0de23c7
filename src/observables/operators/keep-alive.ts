import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs'
import { checkNumber, checkRecord } from '../../core/check'
import { MAX_TIMEOUT } from '../../core/clock'
import { RxGstError } from '../../core/errors'
import { Operation } from './operation'

/** Options of keepAlive(). */
export interface KeepAliveOptions<F> {
  /** Longest silence of the source, ms. */
  each: number
  /** Makes a substitute value, once per `each` ms of silence. Absent: silence is ERR_STALLED. */
  with?: () => F
  /** The clock. Default asyncScheduler. */
  scheduler?: SchedulerLike
}

/**
 * Guards against a silent source: emits substitutes until the source returns or, without `with`, errors with
 * ERR_STALLED. RxJS's `timeout` leaves the source at the first silence; this operator stays.
 *
 * Closing: the receiver closes the source's values and the substitutes; return a clone of a frame that you keep.
 *
 * @example capture.frames$.pipe(keepAlive({ each: 500, with: () => slate.clone() })).subscribe(output)
 * @example capture.audio$.pipe(keepAlive({ each: 2000 }), retry()) // subscribes again after ERR_STALLED
 * @see https://rxjs.dev/api/operators/timeout, which has the same option names
 */
export function keepAlive<T, F = T>(options: KeepAliveOptions<F>): OperatorFunction<T, T | F> {
  const {
    each,
    with: substitute,
    scheduler = asyncScheduler,
  } = checkRecord('options', options, ['each', 'with', 'scheduler']) as unknown as KeepAliveOptions<F>
  checkNumber('each', each, 1, MAX_TIMEOUT)
  return source =>
    new Observable(subscriber => {
      const operation = new Operation<T | F>(subscriber)
      let timer: Subscription | undefined
      const arm = (): void => {
        timer?.unsubscribe()
        timer = operation.over ? undefined : scheduler.schedule(onSilence, each)
      }
      const onSilence = (): void => {
        if (!substitute)
          return operation.fail(new RxGstError('ERR_STALLED', `the source has been silent for ${each} ms`))
        arm()
        operation.attempt(() => operation.emit(substitute()))
      }
      subscriber.add(() => timer?.unsubscribe())
      arm()
      operation.from(source, value => {
        arm()
        operation.emit(value)
      })
    })
}
