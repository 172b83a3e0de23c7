import type { Clock } from '../../core/clock'
import type { MayConnect } from '../../core/transport-options'
import type { Logger } from '../../core/types'

/** Longest text of an error of the program's that is logged. */
const MOST_TEXT = 200

export interface ConnectGateOptions {
  /** null: every connection may begin. */
  readonly mayConnect: MayConnect | null
  readonly logger: Logger
  /** The peer, for the log. */
  readonly name: string
  readonly clock: Clock
}

/** Asks the program whether a connection may begin, before each. Whatever the program does is an answer. JS thread. */
export class ConnectGate {
  readonly #options: ConnectGateOptions
  /** What was wrong with the last answer, which is logged once; null: nothing. */
  #fault: string | null = null

  constructor(options: ConnectGateOptions) {
    this.#options = options
  }

  /**
   * The time of the clock up to which a connection may begin, Infinity: it does not matter; null: it may not. What a
   * yes is good for counts from before the question: the process may stand still at any moment.
   */
  ask(): number | null {
    const { mayConnect, clock } = this.#options
    if (mayConnect === null) return Infinity
    const asked = clock.now()
    try {
      const answer: unknown = mayConnect()
      if (answer === true) return this.#say(null, Infinity)
      if (answer === false) return this.#say(null, null)
      if (typeof answer === 'number' && !Number.isNaN(answer))
        return this.#say(null, answer > 0 ? asked + answer : null)
      // Nobody else would hear of its error, which would end the process.
      if (answer instanceof Promise) answer.catch(() => {})
      return this.#say(`mayConnect returned ${kindOf(answer)}, and not true, false or a number`, null)
    } catch (error) {
      return this.#say(`mayConnect threw ${textOf(error)}`, null)
    }
  }

  #say(fault: string | null, answer: number | null): number | null {
    if (fault !== null && fault !== this.#fault)
      this.#options.logger.warn(`${this.#options.name} may not connect: ${fault}`)
    this.#fault = fault
    return answer
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number') return String(value)
  return value instanceof Promise ? 'a promise' : `a value of type ${typeof value}`
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return kindOf(error)
  // Its parts may be getters that throw.
  try {
    return `${error.name}: ${error.message}`.slice(0, MOST_TEXT)
  } catch {
    return 'an error'
  }
}
