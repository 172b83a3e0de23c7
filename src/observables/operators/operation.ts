import { Subject, takeUntil, type Observable, type Subscriber } from 'rxjs'
import { closeValue } from './close-value'

/**
 * One subscription of an operator: its sources on one side, its subscriber on the other. It gives the operators of this
 * folder two rules of RxJS: when the subscriber is gone, a source is left at once, even in the middle of a synchronous
 * run; and an exception in a callback is the subscriber's error. In addition, values without a receiver are closed.
 */
export class Operation<R> {
  readonly #subscriber: Subscriber<R>
  readonly #stop = new Subject<void>()
  #over = false

  constructor(subscriber: Subscriber<R>) {
    this.#subscriber = subscriber
    subscriber.add(() => this.#end())
  }

  /** Whether the subscriber is gone, or has received the end. */
  get over(): boolean {
    return this.#over || this.#subscriber.closed
  }

  /** Subscribes to a source; its error is the subscriber's error. `next` owns its value. */
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

  /** Passes a value and its ownership to the subscriber. */
  emit(value: R): void {
    if (this.over) closeValue(value)
    else this.#subscriber.next(value)
  }

  /** Stops the sources before the subscriber gets the error, so that its reaction cannot bring another value. */
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
