import { Observable } from 'rxjs'
import { systemClock, type Clock } from '../core/clock'
import { Ticker } from '../core/ticker'

/**
 * Emits the result of `read` every `interval` ms while there is a subscriber, and once more when `end` completes. The
 * timer stops with its subscriber and does not keep the process alive.
 */
export function snapshots<T>(
  read: () => T,
  interval: number,
  end: Observable<unknown>,
  clock: Clock = systemClock,
): Observable<T> {
  return new Observable<T>(subscriber => {
    const tell = (): boolean => {
      let value: T
      try {
        value = read()
      } catch (error) {
        subscriber.error(error)
        return false
      }
      subscriber.next(value)
      return true
    }
    const ticker = new Ticker(clock, interval, tell).start()
    subscriber.add(() => ticker.stop())
    subscriber.add(
      end.subscribe({
        complete: () => {
          if (tell()) subscriber.complete()
        },
      }),
    )
  })
}
