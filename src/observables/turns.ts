import { setImmediate } from 'node:timers'
import { systemClock, type Clock } from '../core/clock'

/** Longest time that a loop of awaits may hold a turn of the event loop, ms: less than anybody notices. */
const LONGEST_TURN_MS = 10

/**
 * The turns of the event loop, for promises that are ready at once. A loop that awaits nothing else ends no turn: if
 * it is slower than its stream, timers, sockets and Ctrl-C wait for ever.
 */
export class Turns {
  #begun: number | null = null
  #asked = false
  #next: Promise<void> = Promise.resolve()

  constructor(private readonly clock: Clock = systemClock) {}

  /** The next turn, if this one has taken long; null: it has not. */
  get overdue(): Promise<void> | null {
    if (this.#begun === null) this.#begin()
    else if (this.clock.now() - this.#begun >= LONGEST_TURN_MS) {
      this.#asked = true
      return this.#next
    }
    return null
  }

  #begin(): void {
    this.#begun = this.clock.now()
    this.#asked = false
    this.#next = new Promise(resolve =>
      setImmediate(() => {
        this.#begun = null
        // Who has waited goes on in this turn.
        if (this.#asked) this.#begin()
        resolve()
      }),
    )
  }
}

/**
 * Does the work of a generator to its end, a piece for each of its yields, while the event loop turns.
 * @param mustRun called behind each turn; what it throws ends the work
 */
export async function inTurns<T>(work: Iterator<unknown, T, undefined>, mustRun: () => void = () => {}): Promise<T> {
  const turns = new Turns()
  for (;;) {
    const { overdue } = turns
    if (overdue) {
      await overdue
      mustRun()
    }
    const { done, value } = work.next()
    if (done) return value
  }
}
