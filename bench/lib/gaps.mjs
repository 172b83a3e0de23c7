import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { round } from './statistics.mjs'

/**
 * Watches the event loop of this process. Node's own histogram counts every millisecond by which the loop was late, for
 * any reason. This also tells for each gap how long the thread was ready without a processor (the kernel's run queue),
 * which is the load of the machine and not of the program.
 */
export class LoopWatch {
  #histogram = monitorEventLoopDelay({ resolution: 1 })
  #gaps = []
  #timer = null

  /** Begins, also again. */
  start() {
    clearInterval(this.#timer)
    this.#gaps = []
    this.#histogram.reset()
    this.#histogram.enable()
    let last = performance.now()
    let waited = queued()
    this.#timer = setInterval(() => {
      const now = performance.now()
      const all = queued()
      this.#gaps.push([now - last, all - waited])
      last = now
      waited = all
    }, 1)
  }

  /** ms; `own` = of the longest gaps without the time that the thread waited for a processor. */
  stop() {
    clearInterval(this.#timer)
    this.#histogram.disable()
    const own = this.#gaps.map(([gap, waited]) => Math.max(0, gap - waited)).sort((a, b) => a - b)
    const gaps = this.#gaps.map(([gap]) => gap).sort((a, b) => a - b)
    return {
      p99: round(this.#histogram.percentile(99) / 1e6),
      max: round(this.#histogram.max / 1e6),
      maxGap: round(gaps.at(-1) ?? null),
      ownP99: round(own[Math.floor(own.length * 0.99)] ?? null),
      ownMax: round(own.at(-1) ?? null),
    }
  }
}

/** ms that this thread has been ready without running since it began. */
function queued() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6
}
