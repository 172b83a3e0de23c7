/** One thing after the other: all changes of the server, from file, API and signals, pass here. */
import { Problem } from '../core/problem.js'

const MOST_WAITING = 100

export class Queue {
  private tail: Promise<unknown> = Promise.resolve()
  private waiting = 0
  private closed = false
  /** When the job that runs now began, by performance.now(); null: none runs. */
  busySince: number | null = null

  /** Runs a job behind those that wait. Rejects with Problem when too many wait, or the server ends. */
  run<T>(job: () => Promise<T>): Promise<T> {
    if (this.closed || this.waiting >= MOST_WAITING) return Promise.reject(this.refusal())
    this.waiting += 1
    const result = this.tail.then(async () => {
      this.busySince = performance.now()
      try {
        return await job()
      } finally {
        this.busySince = null
        this.waiting -= 1
      }
    })
    this.tail = result.catch(() => {})
    return result
  }

  /** Takes nothing more; resolves behind the last job. */
  async close(): Promise<void> {
    this.closed = true
    await this.tail
  }

  private refusal(): Problem {
    return new Problem(503, 'ERR_SERVER_BUSY', this.closed ? 'the server ends' : 'too many changes wait', {
      fault: 'machine',
      retryable: true,
      remedy: 'Try again in a moment.',
    })
  }
}
