import { Observable } from 'rxjs'

/**
 * What `read` tells, every `interval` ms while somebody is subscribed, and once more when `end` says that it is over.
 * The timer goes with its subscriber, and keeps no process alive.
 */
export function snapshots<T>(read: () => T, interval: number, end: Observable<unknown>): Observable<T> {
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
    const timer = setInterval(tell, interval)
    timer.unref()
    subscriber.add(() => clearInterval(timer))
    subscriber.add(
      end.subscribe({
        complete: () => {
          if (tell()) subscriber.complete()
        },
      }),
    )
  })
}
