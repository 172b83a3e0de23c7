/**
 * The history of a channel: a point a second for an hour, one a minute for a week, of each metric, in rings of a fixed
 * size. Each slot has its own time: a clock that jumps makes no point wrong, and a point of the future is not shown.
 */
import { SAMPLE_METRICS, type Sample, type SampleMetric } from '../../core/status.js'
import type { HistoryPoint } from '../../core/server-port.js'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
export const SECONDS = 3600
export const MINUTES = 7 * 24 * 60

/** They count: a minute has the last value, not the mean. */
const COUNTERS: ReadonlySet<SampleMetric> = new Set(['dropped', 'reconnects'])

/** A ring of points that are `stepMs` apart. */
export class Ring {
  /** Unix time of each slot in steps; 0: none. */
  readonly stamps: Float64Array
  readonly values: Readonly<Record<SampleMetric, Float32Array | Float64Array>>
  /** Slots that no file has yet. */
  readonly dirty = new Set<number>()

  constructor(
    readonly slots: number,
    readonly stepMs: number,
  ) {
    this.stamps = new Float64Array(slots)
    const array = (metric: SampleMetric) => (COUNTERS.has(metric) ? new Float64Array(slots) : new Float32Array(slots))
    this.values = Object.fromEntries(SAMPLE_METRICS.map(metric => [metric, array(metric)])) as Ring['values']
  }

  put(at: number, values: Sample['values']): void {
    const step = Math.floor(at / this.stepMs)
    const slot = step % this.slots
    this.stamps[slot] = step
    for (const metric of SAMPLE_METRICS) this.values[metric][slot] = values[metric] ?? Number.NaN
    this.dirty.add(slot)
  }

  /** Points of a metric from `from` to `to`, Unix ms, in order. */
  points(metric: SampleMetric, from: number, to: number): HistoryPoint[] {
    const first = Math.max(Math.ceil(from / this.stepMs), Math.floor(to / this.stepMs) - this.slots + 1, 1)
    const points: HistoryPoint[] = []
    for (let step = first; step * this.stepMs <= to; step += 1) {
      const slot = step % this.slots
      if (this.stamps[slot] !== step) continue
      const value = this.values[metric][slot]!
      points.push({ at: step * this.stepMs, value: Number.isNaN(value) ? null : value })
    }
    return points
  }
}

interface Minute {
  readonly step: number
  readonly sums: Partial<Record<SampleMetric, { total: number; count: number; last: number }>>
}

export class History {
  readonly seconds = new Ring(SECONDS, SECOND_MS)
  readonly minutes = new Ring(MINUTES, MINUTE_MS)
  private minute: Minute | null = null

  add({ at, values }: Sample): void {
    if (!Number.isFinite(at) || at <= 0) return
    this.seconds.put(at, values)
    const step = Math.floor(at / MINUTE_MS)
    if (this.minute?.step !== step) {
      this.closeMinute()
      this.minute = { step, sums: {} }
    }
    const { sums } = this.minute!
    for (const metric of SAMPLE_METRICS) {
      const value = values[metric]
      if (value === null || value === undefined || !Number.isFinite(value)) continue
      const sum = (sums[metric] ??= { total: 0, count: 0, last: 0 })
      sum.total += value
      sum.count += 1
      sum.last = value
    }
  }

  /** From `since` (Unix ms) to `now`: minutes, then the seconds of the last hour. */
  points(metric: SampleMetric, since: number, now: number): HistoryPoint[] {
    const hour = now - SECONDS * SECOND_MS
    const fine = this.seconds.points(metric, Math.max(since, hour), now)
    if (since >= hour) return fine
    return [...this.minutes.points(metric, since, Math.min(now, (fine[0]?.at ?? now) - 1)), ...fine]
  }

  /** Keeps what the minute that runs has so far. */
  closeMinute(): void {
    if (!this.minute) return
    const { step, sums } = this.minute
    const values: Partial<Record<SampleMetric, number>> = {}
    for (const metric of SAMPLE_METRICS) {
      const sum = sums[metric]
      if (sum) values[metric] = COUNTERS.has(metric) ? sum.last : sum.total / sum.count
    }
    this.minutes.put(step * MINUTE_MS, values)
    this.minute = null
  }
}
