import { Observable } from 'rxjs'
import type { MediaHub } from './media-hub'
import type { Consumer } from './media-source'

/** What one subscriber makes of a stream: what it takes, and what it does before and after its end. */
export interface HubPart extends Pick<Consumer, 'picture' | 'audio' | 'discontinuity'> {
  /** What it still owes its subscriber when no more comes. */
  last?(): void
  /** The subscriber is gone. */
  clear?(): void
}

/**
 * A hub's media as an observable. Hot; every subscriber is a consumer of its own, takes whatever comes, and ends with
 * the stream. Nothing comes after its end: `next` is a call to a subscriber that may be gone.
 */
export function hubObservable<T>(
  hub: () => MediaHub,
  join: (next: (value: T) => void, isGone: () => boolean) => HubPart,
): Observable<T> {
  return new Observable<T>(subscriber => {
    const target = hub()
    const { last, clear, ...parts } = join(
      value => subscriber.next(value),
      () => subscriber.closed,
    )
    const consumer: Consumer = {
      room: Infinity,
      ...parts,
      end(error) {
        last?.()
        if (error) subscriber.error(error)
        else subscriber.complete()
      },
    }
    subscriber.add(() => {
      target.remove(consumer)
      clear?.()
    })
    target.add(consumer)
  })
}
