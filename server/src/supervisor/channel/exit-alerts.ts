/** Alerts of a process that ends again and again: in a row, or often in an hour. */
import type { Reason } from '../../core/status.js'
import { LOOP_EXITS } from '../child/backoff.js'
import type { AlertBook } from '../store/alert-book.js'

const RULE = 'process-exits'
/** Each of them behind a good time, so that none is of a loop: viewers see a gap each time. */
const OFTEN_EXITS = 3
const OFTEN_MS = 3_600_000
const OFTEN = 'often'

export class ExitAlerts {
  private times: number[] = []

  /** @param now ms of a monotonic clock */
  constructor(
    private readonly id: string,
    private readonly alerts: Pick<AlertBook, 'raiseOwn' | 'clearOwn'>,
    private readonly now: () => number,
  ) {}

  /** It ended unexpectedly, the `inRow`th time without a good time between. Why that is a loop; null: none yet. */
  ended(inRow: number, text: string): Reason | null {
    if (inRow === 1) this.times = [...this.times, this.now()].slice(-OFTEN_EXITS)
    if (this.times.length === OFTEN_EXITS && this.now() - this.times[0]! <= OFTEN_MS) {
      const message = `${this.id}: its process ended ${OFTEN_EXITS} times within an hour, the last time: ${text}`
      this.alerts.raiseOwn(this.id, RULE, 'warning', message, OFTEN)
    }
    if (inRow < LOOP_EXITS) return null
    const message = `${this.id}: its process ended ${inRow} times in a row: ${text}`
    this.alerts.raiseOwn(this.id, RULE, 'critical', message)
    return { code: 'ERR_PROCESS_EXIT', message }
  }

  /** It has run for a good time. */
  well(): void {
    this.alerts.clearOwn(this.id, RULE)
  }

  /** It is not wanted any more. */
  stopped(): void {
    this.times = []
    this.well()
    this.alerts.clearOwn(this.id, RULE, OFTEN)
  }

  /** Some times a minute: an hour without an exit ends what an hour with three of them began. */
  look(): void {
    const last = this.times.at(-1)
    if (last !== undefined && this.now() - last > OFTEN_MS) this.stopped()
  }
}
