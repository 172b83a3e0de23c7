import { Observable, Subject } from 'rxjs'
import { checkNumber } from '../../core/check'
import type { Clock } from '../../core/clock'
import type { PadStats } from '../../core/pipeline-types'
import type { PadCounts } from '../../addon/pipeline'
import { checkPad, padStats, splitPad } from '../../meter/pad-stats'
import { snapshots } from '../../observables/snapshots'
import type { GraphElement } from '../../pipelines/graph/graph'
import type { Runner } from '../runner'

export interface PadProbesOptions {
  readonly element: (name: string) => GraphElement
  /** The present pipeline; null: it has not been built. */
  readonly runner: () => Runner | null
  readonly clock: Clock
}

/** The counters of pads that a program looks at, over all pipelines of its graph. */
export class PadProbes {
  readonly #options: PadProbesOptions
  /** Counters of earlier pipelines, by pad: of those that somebody has looked at. */
  readonly #past = new Map<string, PadCounts | null>()
  #offsetUs = 0
  /** The last pipeline that is gone: its counters are kept. */
  #gone: Runner | null = null
  readonly #end = new Subject<never>()

  constructor(options: PadProbesOptions) {
    this.#options = options
  }

  probe$(pad: string, interval: number): Observable<PadStats> {
    return new Observable<PadStats>(subscriber => {
      const { clock } = this.#options
      checkNumber('interval', interval, 1, 3_600_000)
      const [name, padName] = splitPad(pad)
      const element = this.#options.element(name)
      let checked = false
      let last: PadStats | null = null
      const read = (): PadStats => {
        const runner = this.#options.runner()
        if (runner && !checked) {
          checkPad(runner.pads(name), element, padName)
          checked = true
          if (!this.#past.has(pad)) this.#past.set(pad, null)
        }
        return (last = padStats(pad, runner ? this.#counts(pad, runner) : null, last))
      }
      if (this.#options.runner()) read()
      return snapshots(read, interval, this.#end, clock).subscribe(subscriber)
    })
  }

  #counts(pad: string, runner: Runner): PadCounts | null {
    const past = this.#past.get(pad) ?? null
    const now = runner === this.#gone ? null : runner.counts(pad)
    if (now === null) return past
    const lastRunning = now.lastRunning === null ? null : now.lastRunning + this.#offsetUs
    if (past === null) return { ...now, lastRunning }
    return {
      ...now,
      buffers: past.buffers + now.buffers,
      bytes: past.bytes + now.bytes,
      keyframes: past.keyframes + now.keyframes,
      lastRunning: lastRunning ?? past.lastRunning,
      lastArrival: now.lastArrival ?? past.lastArrival,
      caps: now.caps ?? past.caps,
    }
  }

  /** The pipeline goes, and another one follows. */
  keep(runner: Runner): void {
    for (const pad of this.#past.keys()) this.#past.set(pad, this.#counts(pad, runner))
    this.#gone = runner
  }

  /** @param offsetUs what is added to the running times of the pipeline that begins */
  open(offsetUs: number): void {
    this.#offsetUs = offsetUs
  }

  end(): void {
    this.#end.complete()
  }
}
