import type { Clock } from '../../core/clock'
import type { RxGstError } from '../../core/errors'

/** How long decoders may give nothing of what came before the end. A busy machine lets them wait. */
const QUIET_MS = 1000
/** Longest time for what came before, with slow decoders, or slow consumers that hold it up ('block'). */
const LONGEST_MS = 10_000
const LOOK_MS = 250

/** What still leaves a graph whose connection is lost. */
export interface Leaving {
  /** Whether a consumer holds the stream up. */
  readonly blocked: boolean
  /** Pictures and sound that have left the decoders. */
  readonly decoded: number
}

/**
 * The time between the loss of a connection and the end of its stream, in which what came before leaves the graph:
 * every source ends the stream behind its error.
 */
export class Ending {
  #reason: RxGstError | null = null
  #stopped = false

  /** @param over called when nothing more leaves and the stream has not ended by itself */
  constructor(
    private readonly clock: Clock,
    private readonly leaving: () => Leaving,
    private readonly over: (reason: RxGstError) => void,
  ) {}

  /** Why the stream ends; null: it does not. */
  get reason(): RxGstError | null {
    return this.#reason
  }

  begin(reason: RxGstError): void {
    this.#reason = reason
    const from = this.clock.now()
    let moved = from
    let last = this.leaving().decoded
    const look = (): void => {
      if (this.#stopped) return
      const now = this.clock.now()
      const { blocked, decoded } = this.leaving()
      if (blocked || decoded !== last) moved = now
      last = decoded
      if (now - moved >= QUIET_MS || now - from >= LONGEST_MS) this.over(reason)
      else this.clock.setTimeout(look, LOOK_MS)
    }
    this.clock.setTimeout(look, LOOK_MS)
  }

  /** It is over. */
  stop(): void {
    this.#stopped = true
  }
}
