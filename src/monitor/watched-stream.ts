import type { Direction, MetricName, Track } from '../meter/metrics'
import type { StreamPhase } from '../core/types'
import type { Alert, ClearedBy } from './alert'
import { AlertEngine, type EngineOptions } from './alert-engine'
import { Downtime } from './downtime'
import type { Meter, Interval, Totals } from './observation'
import type { MonitorReading } from './reading'

type Values = Readonly<Partial<Record<MetricName, number | null>>>

/** The data of one tick of one stream. `values` has the requested metrics; null = no data. */
export interface MetricSample {
  /** The attached name. */
  readonly stream: string
  /** Unix ms. */
  readonly time: number
  /** Values by metric; null: not measured. */
  readonly values: Values
  /** Values of the metrics that are measured per track: bitrate, jitter, noData. */
  readonly tracks: Readonly<Record<Track, Values>>
  /** Further numbers of the metrics: latencyP95, keyframeAge, loudnessMomentary, 'silence.1' … */
  readonly details: Readonly<Record<string, number | null>>
  /** Black, frozen and silent periods that ended since the last sample. */
  readonly intervals: readonly Interval[]
  /** 'in': a capture; 'out': an output. */
  readonly direction: Direction
  /** The current phase of the stream. */
  readonly phase: StreamPhase
}

/** The same moment on both clocks, ms. */
export interface Moment {
  readonly now: number
  readonly unix: number
}

/** Black, freeze and silence are measured one by one; their periods come only with them. */
const CONTENT: readonly string[] = ['black', 'freeze', 'silence'] satisfies MetricName[]

/** A stream of a monitor: its meter, its alerts and its last reading. */
export class WatchedStream {
  readonly name: string
  readonly direction: Direction
  readonly #meter: Meter
  readonly #engine: AlertEngine
  readonly #asked: readonly MetricName[]
  readonly #totals = new GrowingTotals()
  readonly #downtime = new Downtime()
  #reading: MonitorReading | null = null
  #sample: MetricSample | null = null

  constructor(meter: Meter, asked: readonly MetricName[], options: EngineOptions) {
    this.name = options.stream
    this.direction = meter.direction
    this.#meter = meter
    this.#asked = asked
    this.#engine = new AlertEngine(options)
  }

  /** Reads the meter and judges the reading. */
  tick({ now, unix }: Moment): { readonly sample: MetricSample; readonly alerts: readonly Alert[] } {
    const reading = this.#read(now)
    this.#reading = reading
    this.#totals.add(reading)
    const chosen = (values: Values): Values =>
      Object.fromEntries(this.#asked.filter(name => name in values).map(name => [name, values[name]]))
    const { intervals, phase, tracks } = reading
    const values = { ...Object.fromEntries(this.#asked.map(name => [name, null])), ...chosen(reading.values) }
    const sample: MetricSample = Object.freeze({
      stream: this.name,
      time: unix,
      values,
      tracks: { video: chosen(tracks.video), audio: chosen(tracks.audio) },
      details: reading.details,
      intervals: intervals.filter(({ kind }) => !CONTENT.includes(kind) || this.#asked.includes(kind)),
      direction: this.direction,
      phase,
    })
    this.#sample = sample
    return { sample, alerts: this.#engine.step({ reading, now, unix }) }
  }

  #read(now: number): MonitorReading {
    const reading = this.#meter.read()
    const details = reading.details as Readonly<Record<string, number | null>>
    if (this.direction !== 'out' || !this.#asked.includes('uptime')) return { ...reading, details }
    return { ...reading, details: { ...details, ...this.#downtime.look(reading, now) } }
  }

  get sample(): MetricSample | null {
    return this.#sample
  }

  get reading(): MonitorReading | null {
    return this.#reading
  }

  /** Totals that never go back, even if the meter restarts. */
  get totals(): Totals & { readonly reconnects: number } {
    return this.#totals
  }

  get alerts(): readonly Alert[] {
    return this.#engine.raised
  }

  close(now: number, why: ClearedBy): readonly Alert[] {
    this.#meter.close()
    return this.#engine.close(now, why)
  }
}

/** Adds up the growth of totals. A total that restarts at 0 continues from its last value. */
class GrowingTotals implements Totals {
  readonly bytes = { video: 0, audio: 0 }
  readonly frames = { video: 0, audio: 0, keyframe: 0 }
  readonly dropped: Record<string, number> = {}
  readonly srt: Record<string, number> = {}
  readonly hls: Record<string, number> = {}
  reconnects = 0
  readonly #last = new Map<string, number>()

  add({ totals, values }: MonitorReading): void {
    this.#grow('bytes', this.bytes, totals.bytes)
    this.#grow('frames', this.frames, totals.frames)
    this.#grow('dropped', this.dropped, totals.dropped)
    this.#grow('srt', this.srt, totals.srt ?? {})
    this.#grow('hls', this.hls, totals.hls ?? {})
    this.#grow('', this as { reconnects: number }, { reconnects: values.reconnects ?? 0 })
  }

  #grow(group: string, sums: Record<string, number>, totals: Readonly<Record<string, number | undefined>>): void {
    for (const [name, total = 0] of Object.entries(totals)) {
      const key = `${group}.${name}`
      const last = this.#last.get(key) ?? 0
      this.#last.set(key, total)
      sums[name] = (sums[name] ?? 0) + (total >= last ? total - last : total)
    }
  }
}
