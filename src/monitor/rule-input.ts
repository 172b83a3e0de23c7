import type { MetricName } from '../meter/metrics'
import type { MonitorReading } from './reading'
import type { ResolvedRule } from './rule'

/** The current input of a rule. */
export interface Observation {
  /** The value for people, in the metric's unit; the growth or the share if the rule compares that. */
  readonly shown: number
  /** The number that is compared with the thresholds. */
  readonly compared: number
  /** The target or median that the value was divided by, or that was subtracted. */
  readonly reference: number | null
}

export type Targets = Readonly<Partial<Record<MetricName, number>>>

/** EBU R 128 */
const DEFAULT_TARGETS: Targets = { loudness: -23 }

/** Window of the median, ms, and the length of history that it needs. */
const USUAL_WINDOW = 60_000
const USUAL_LEAST = 10_000

/** Part of a window that must be covered before a share counts; ticks come a little early or late. */
const ALMOST = 0.9

/** A history keeps about this many entries, at any tick rate. */
const ENTRIES = 120

/** Entries of the last `span` ms and one older entry, so that a growth covers the whole span. */
class History<T> {
  readonly #span: number
  #entries: { readonly time: number; readonly entry: T }[] = []

  constructor(span: number) {
    this.#span = span
  }

  add(time: number, entry: T): void {
    const last = this.#entries.at(-1)
    // The clock went back: older entries are useless.
    if (last && time < last.time) this.#entries = []
    else if (last && time - last.time < this.#span / ENTRIES) return
    this.#entries.push({ time, entry })
    while (this.#entries.length > 2 && this.#entries[1]!.time <= time - this.#span) this.#entries.shift()
  }

  /** The oldest entry within the span, or the one before it. */
  get first(): T | undefined {
    return this.#entries[0]?.entry
  }

  clear(): void {
    this.#entries = []
  }

  /** Time from the oldest to the newest entry, ms. */
  get span(): number {
    return this.#entries.length === 0 ? 0 : this.#entries.at(-1)!.time - this.#entries[0]!.time
  }

  get all(): T[] {
    return this.#entries.map(({ entry }) => entry)
  }
}

/** Computes a rule's input from the readings of one stream, and keeps the history for it. */
export class RuleInput {
  readonly #rule: ResolvedRule
  readonly #counts: History<{ readonly count: number; readonly pictures: number }>
  readonly #usual = new History<number>(USUAL_WINDOW)
  #value: number | null = null

  constructor(rule: ResolvedRule) {
    this.#rule = rule
    this.#counts = new History(rule.window)
  }

  /**
   * Returns null if there is no value. Call it at every tick, because counters need every tick, even without a
   * judgement.
   */
  look(reading: MonitorReading, targets: Targets, now: number): Observation | null {
    const value = this.#valueOf(reading)
    this.#value = value
    if (value === null) return null
    switch (this.#rule.as) {
      case 'value':
        return { shown: value, compared: value, reference: null }
      case 'increase':
      case 'share':
        return this.#growth(value, reading.totals.frames.video ?? 0, now)
      case 'ofTarget':
        return divided(value, this.#target(reading, targets))
      case 'ofUsual':
        return divided(value, this.#target(reading, targets) ?? this.#median())
      case 'offTarget': {
        const target = this.#target(reading, targets)
        return target === null ? null : { shown: value, compared: value - target, reference: target }
      }
    }
  }

  /** Adds the last value to the usual ones. Not while the rule is raised, or the bad value would become usual. */
  learn(now: number): void {
    if (this.#rule.as === 'ofUsual' && this.#value !== null) this.#usual.add(now, this.#value)
  }

  /** Forgets the usual values. */
  forget(): void {
    this.#usual.clear()
  }

  #valueOf({ values, tracks, details }: MonitorReading): number | null {
    const { metric, track, detail } = this.#rule
    const value = detail !== null ? detailOf(details, detail) : track !== null ? tracks[track][metric] : values[metric]
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  }

  #target(reading: MonitorReading, targets: Targets): number | null {
    const { metric } = this.#rule
    return targets[metric] ?? detailOf(reading.details, `${metric}Target`) ?? DEFAULT_TARGETS[metric] ?? null
  }

  #growth(count: number, pictures: number, now: number): Observation | null {
    this.#counts.add(now, { count, pictures })
    const first = this.#counts.first!
    if (count < first.count) return null
    const grown = count - first.count
    if (this.#rule.as === 'increase') return { shown: grown, compared: grown, reference: null }
    // One frame of the first second is not a share of ten seconds.
    const all = grown + Math.max(0, pictures - first.pictures)
    if (all === 0 || this.#counts.span < this.#rule.window * ALMOST) return null
    return { shown: grown / all, compared: grown / all, reference: null }
  }

  #median(): number | null {
    if (this.#usual.span < USUAL_LEAST) return null
    const values = this.#usual.all.sort((a, b) => a - b)
    return values[values.length >> 1]!
  }
}

/** 'silence.*': the largest of silence.1, silence.2 … */
export function detailOf(details: MonitorReading['details'], name: string): number | null {
  if (!name.endsWith('*')) return details[name] ?? null
  const values = Object.entries(details).flatMap(([key, value]) =>
    key.startsWith(name.slice(0, -1)) && value != null ? [value] : [],
  )
  return values.length === 0 ? null : Math.max(...values)
}

function divided(value: number, reference: number | null): Observation | null {
  if (reference === null || reference <= 0) return null
  return { shown: value, compared: value / reference, reference }
}
