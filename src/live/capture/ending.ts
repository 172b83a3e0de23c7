import type { Clock } from '../../core/clock'
import type { RxGstError } from '../../core/errors'

/** Longest time that decoders get for what came before the end, and slow consumers that hold it up ('block'). */
const ENDING_MS = 500
const SLOW_ENDING_MS = 10_000

/**
 * The time between the loss of a connection and the end of its stream, in which what came before leaves the graph:
 * every source ends the stream behind its error.
 */
export class Ending {
  #reason: RxGstError | null = null

  /**
   * @param isHeldUp whether a consumer holds the stream up
   * @param over called when the time is over and the stream has not ended by itself
   */
  constructor(
    private readonly clock: Clock,
    private readonly isHeldUp: () => boolean,
    private readonly over: (reason: RxGstError) => void,
  ) {}

  /** Why the stream ends; null: it does not. */
  get reason(): RxGstError | null {
    return this.#reason
  }

  begin(reason: RxGstError): void {
    this.#reason = reason
    const from = this.clock.now()
    const look = (): void => {
      if (this.isHeldUp() && this.clock.now() - from < SLOW_ENDING_MS) this.clock.setTimeout(look, ENDING_MS)
      else this.over(reason)
    }
    this.clock.setTimeout(look, ENDING_MS)
  }
}
