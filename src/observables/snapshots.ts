import { Observable } from 'rxjs'

/**
 * Emits the result of `read` every `interval` ms while there is a subscriber, and once more when `end` completes. The
 * timer stops with its subscriber and does not keep the process alive.
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
