import { BehaviorSubject, type Observable } from 'rxjs'
import type { StreamState } from '../core/types'
import { initialState, transition, type LifecycleEvent } from './lifecycle'

/** A stream's state: changed by one pure function alone, shown as an observable that begins with what holds now. */
export class StateHolder {
  readonly #subject = new BehaviorSubject<StreamState>(initialState(Date.now()))
  readonly state$: Observable<StreamState> = this.#subject.asObservable()

  get state(): StreamState {
    return this.#subject.value
  }

  /** False: this cannot happen in the phase that holds. */
  apply(event: LifecycleEvent): boolean {
    const next = transition(this.state, event, Date.now())
    if (!next) return false
    this.#subject.next(next)
    return true
  }
}
