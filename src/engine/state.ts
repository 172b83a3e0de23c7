import { BehaviorSubject, type Observable } from 'rxjs'
import { systemClock, type Clock } from '../core/clock'
import type { StreamState } from '../core/types'
import { initialState, transition, type LifecycleEvent } from './lifecycle'

/** A stream's state: changed by one pure function alone, shown as an observable that begins with what holds now. */
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

  /** False: this cannot happen in the phase that holds. */
  apply(event: LifecycleEvent): boolean {
    const next = transition(this.state, event, this.#clock.unix())
    if (!next) return false
    this.#subject.next(next)
    return true
  }
}
