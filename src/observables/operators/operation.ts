import { Subject, takeUntil, type Observable, type Subscriber } from 'rxjs'
import { closeValue } from './close-value'

/**
 * One subscription of an operator: its sources on one side, its subscriber on the other. Holds for every operator here
 * what RxJS's own keep: a source is left in the middle of a synchronous run as soon as the subscriber is gone, and what
 * a callback throws is the subscriber's error. Beside that: a value that nobody takes any more is closed.
 */
export class Operation<R> {
  readonly #subscriber: Subscriber<R>
  readonly #stop = new Subject<void>()
  #over = false

  constructor(subscriber: Subscriber<R>) {
    this.#subscriber = subscriber
    subscriber.add(() => this.#end())
  }

  /** Whether the subscriber is gone, or has been told the end. */
  get over(): boolean {
    return this.#over || this.#subscriber.closed
  }

  /** Feeds from a source; its error is the subscriber's. `next` owns the value that it is given. */
  from<T>(source: Observable<T>, next: (value: T) => void, complete: () => void = () => this.complete()): void {
    source.pipe(takeUntil(this.#stop)).subscribe({
      next: value => this.attempt(() => next(value)),
      error: (error: unknown) => this.fail(error),
      complete: () => {
        if (!this.over) this.attempt(complete)
      },
    })
  }

  attempt(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.fail(error)
    }
  }

  /** Hands a value and its ownership over. */
  emit(value: R): void {
    if (this.over) closeValue(value)
    else this.#subscriber.next(value)
  }

  /** The sources stop before the subscriber hears of it: what it does then cannot bring another value. */
  fail(error: unknown): void {
    this.#end()
    this.#subscriber.error(error)
  }

  complete(): void {
    this.#end()
    this.#subscriber.complete()
  }

  #end(): void {
    this.#over = true
    this.#stop.next()
  }
}
