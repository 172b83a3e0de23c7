import { Observable, type MonoTypeOperatorFunction } from 'rxjs'
import { closeValue } from './close-value'
import { Operation } from './operation'

/**
 * Wraps an RxJS operator that drops values, and closes the dropped values. For operators that decide on each value at
 * once: `filter`, `skip`, `take`, `takeWhile`, `distinctUntilChanged`, `throttleTime` with its defaults. Not for
 * operators that keep a value for later (`debounceTime`, `auditTime`, `delay`): it would be closed too early.
 *
 * Closing: this operator closes each value that the wrapped operator has not emitted by the end of its turn; the
 * receiver closes emitted values.
 *
 * @example capture.frames$.pipe(closeDropped(filter(({ sequence }) => sequence % 10 === 0))).subscribe(output)
 * @see sampleFps, latest, which close by themselves
 */
export function closeDropped<T>(operator: MonoTypeOperatorFunction<T>): MonoTypeOperatorFunction<T> {
  return source =>
    new Observable(subscriber => {
      const operation = new Operation(subscriber)
      const inside = new Set<T>()
      const guarded = new Observable<T>(inner => {
        new Operation(inner).from(source, value => {
          inside.add(value)
          try {
            inner.next(value)
          } finally {
            if (inside.delete(value)) closeValue(value)
          }
        })
      })
      operation.from(guarded.pipe(operator), value => {
        inside.delete(value)
        operation.emit(value)
      })
    })
}
