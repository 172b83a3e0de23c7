import { Observable } from 'rxjs'
import { systemClock, type Clock } from '../core/clock'
import { Ticker } from '../core/ticker'

/**
 * What `read` tells, every `interval` ms while somebody is subscribed, and once more when `end` says that it is over.
 * The timer goes with its subscriber, and keeps no process alive.
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
