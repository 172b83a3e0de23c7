/** Whether the targets of a channel may connect: always, or while its lease allows it. What is live is not asked. */
import { RxGstError } from 'rxgst'

export class ConnectGate {
  readonly #nowMs: () => number
  #isLeased = false
  #untilMs = Number.NEGATIVE_INFINITY

  /** @param nowMs bootMs(), or a test's: it must go on while the process stands still */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Without a lease all may connect; with one, nobody until `allow`. */
  setLeased(isLeased: boolean): void {
    this.#isLeased = isLeased
  }

  get isLeased(): boolean {
    return this.#isLeased
  }

  /** They may connect for so long from then on. ERR_OPTION. */
  allow(forMs: unknown, sinceMs: unknown): void {
    if (typeof forMs !== 'number' || typeof sinceMs !== 'number' || !(forMs >= 0) || !Number.isFinite(forMs + sinceMs))
      throw new RxGstError('ERR_OPTION', 'a time to connect is a number of milliseconds from a time on')
    // Of a time to come nobody knows anything.
    this.#untilMs = Math.min(sinceMs, this.#nowMs()) + forMs
  }

  /** The option of a target: ms for which it may connect from now on. */
  readonly mayConnect = (): number => (this.#isLeased ? Math.max(0, this.#untilMs - this.#nowMs()) : Infinity)
}
