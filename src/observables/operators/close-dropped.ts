import { Observable, type MonoTypeOperatorFunction } from 'rxjs'
import { closeValue } from './close-value'
import { Operation } from './operation'

/**
 * Lends an operator of RxJS that leaves values out the rule of the operators here: what it leaves out is closed. For
 * those that decide on each value at once: `filter`, `skip`, `take`, `takeWhile`, `distinctUntilChanged`,
 * `throttleTime` as it is by default. Not for those that keep a value for later (`debounceTime`, `auditTime`, `delay`):
 * it would be closed.
 *
 * Who closes: this, what has not come out when its turn is over; the receiver what it gets.
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
