import { BehaviorSubject, type Observable } from 'rxjs'
import { systemClock, type Clock } from '../core/clock'
import type { StreamState } from '../core/types'
import { initialState, transition, type LifecycleEvent } from './lifecycle'

/**
 * The state of a stream. Only transition() changes it; an observable shows the present state first, then each change.
 */
export class StateHolder {
  readonly #clock: Clock
  readonly #subject: BehaviorSubject<StreamState>
  readonly state$: Observable<StreamState>

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
    this.#subject = new BehaviorSubject(initialState(clock.unix()))
    this.state$ = this.#subject.asObservable()
  }

  get state(): StreamState {
    return this.#subject.value
  }

  /** Applies an event. False: it is not legal in the present phase, and nothing changes. */
  apply(event: LifecycleEvent): boolean {
    const next = transition(this.state, event, this.#clock.unix())
    if (!next) return false
    this.#subject.next(next)
    return true
  }
}
