/** Events on their way to the store of a fleet. It is bounded: where the store is away for long, the oldest go. */
import type { Problem } from '../../core/problem.js'
import type { NewFleetEvent } from '../../fleet/fleet-state.js'

const MOST_WAITING = 1000
const MOST_AT_ONCE = 100
const PERIOD_MS = 500

export class EventQueue {
  /** Events that the store never got. */
  lost = 0
  private readonly waiting: NewFleetEvent[] = []
  private timer: NodeJS.Timeout | undefined
  private sending: Promise<void> = Promise.resolve()
  private closed = false

  constructor(private readonly send: (events: readonly NewFleetEvent[]) => Promise<void>) {}

  add(event: NewFleetEvent): void {
    if (this.closed) return
    this.waiting.push(event)
    if (this.waiting.length > MOST_WAITING) {
      this.waiting.shift()
      this.lost++
    }
    this.timer ??= setTimeout(() => void this.flush(), PERIOD_MS)
  }

  /** Sends what waits, once; what is refused then is lost. */
  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.timer)
    await this.sending
    await this.sendSome().catch(() => {})
    this.lost += this.waiting.splice(0).length
  }

  private flush(): Promise<void> {
    this.sending = this.sendSome()
      .catch(() => {})
      .then(() => {
        this.timer = undefined
        if (this.waiting.length > 0 && !this.closed) this.timer = setTimeout(() => void this.flush(), PERIOD_MS)
      })
    return this.sending
  }

  private async sendSome(): Promise<void> {
    const some = this.waiting.slice(0, MOST_AT_ONCE)
    if (some.length === 0) return
    const lostBefore = this.lost
    try {
      await this.send(some)
    } catch (error) {
      // What the store will never take must not keep back what comes behind it.
      if ((error as Partial<Problem>).retryable !== false) throw error
      this.lost += some.length
      this.waiting.splice(0, some.length)
      return
    }
    // Those that were pushed out meanwhile are counted as lost, though they were sent; none is sent twice.
    this.waiting.splice(0, Math.max(0, some.length - (this.lost - lostBefore)))
  }
}
