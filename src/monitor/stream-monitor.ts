import { randomUUID } from 'node:crypto'
import { Subject, type Observable } from 'rxjs'
import { badOption, checkNumber, checkRecord } from '../core/check'
import { systemClock, type Clock } from '../core/clock'
import '../core/dispose'
import { RxGstError } from '../core/errors'
import { checkMetric, checkMetrics, METRIC_NAMES, METRICS, type Direction, type MetricName } from '../meter/metrics'
import { checkLogger, SILENT_LOGGER } from '../core/transport-options'
import type { Logger } from '../core/types'
import type { Alert, ClearedBy } from './alert'
import { GRACE } from './alert-engine'
import { WatchedStream, type MetricSample, type Moment } from './watched-stream'
import { DEFAULT_RULES } from './default-rules'
import { FLAPPING_DEFAULTS, resolveFlapping, type FlappingOptions, type ResolvedFlapping } from './flap-guard'
import { meterOf, type Metered, type MeterPadNames, type MonitoredStream } from './observation'
import { PrometheusExport } from './prometheus'
import { checkLabel, resolveRules, type AlertRule, type ResolvedRule } from './rule'
import type { Targets } from './rule-input'
import { Ticker } from '../core/ticker'

/** Options of a StreamMonitor. */
export interface StreamMonitorOptions {
  /** Default: the DEFAULT_RULES of the measured metrics. The metrics of given rules are measured too. */
  rules?: readonly AlertRule[]
  /** Time between two ticks, ms. Default 1000. */
  interval?: number
  /** Time after a connection in which no rule is judged, ms. Default 5000. */
  grace?: number
  /** When one 'flapping' alert replaces the single changes; false: never. */
  flapping?: FlappingOptions | false
  /** A logger with pino's methods; without it, nothing is logged. */
  logger?: Logger
}

/** Options of attachStream(). */
export interface AttachOptions {
  /** Targets of the stream: { bitrate: 4e6, fps: 50, loudness: -14 }. They replace the stream's own. */
  targets?: Partial<Record<MetricName, number>>
  /**
   * For a pipeline: the measured pads, as 'element.pad'; by default the graph decides. ERR_UNKNOWN_ELEMENT for an
   * unknown element; a missing pad has no data.
   */
  pads?: MeterPadNames
}

const NAMED: Readonly<Record<Direction, string>> = { in: 'capture', out: 'output', pipeline: 'pipeline' }

/**
 * Watches captures, outputs and pipelines. Each problem gives two events: one when it begins and one when it ends.
 * Native code measures; the monitor reads the numbers once per tick. Its timer runs while a stream is attached and
 * never keeps the process alive; the streams do.
 *
 * @example
 * using monitor = new StreamMonitor()
 * monitor.attachStream(capture, 'camera')
 * monitor.alerts$.subscribe(({ message }) => console.log(message))
 */
export class StreamMonitor implements Disposable {
  /** One sample per stream and tick. Hot; completes with the monitor. */
  readonly metrics$: Observable<MetricSample>
  /** Every raise and every clear, once and in order. Hot; completes with the monitor. */
  readonly alerts$: Observable<Alert>
  readonly #asked: readonly MetricName[]
  readonly #measured: readonly MetricName[]
  readonly #rules: readonly ResolvedRule[]
  readonly #interval: number
  readonly #grace: number
  readonly #flapping: ResolvedFlapping
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #ticker: Ticker
  readonly #streams = new Map<string, WatchedStream>()
  readonly #numbers: Record<Direction, number> = { in: 0, out: 0, pipeline: 0 }
  readonly #metrics = new Subject<MetricSample>()
  readonly #alerts = new Subject<Alert>()
  readonly #export: PrometheusExport
  /** Position in the order of raising, by alert id. */
  readonly #order = new Map<string, number>()
  #raises = 0
  #unsaid: Alert[] = []
  #saying = false
  #disposed = false

  /**
   * `metrics`: the metrics to measure; absent = all. Throws ERR_UNKNOWN_METRIC, ERR_OPTION, or ERR_NAME_TAKEN for two
   * rules with one name. The last argument is for tests.
   */
  constructor(metrics?: readonly MetricName[], options: StreamMonitorOptions = {}, clock: Clock = systemClock) {
    const chosen = checkMetrics(metrics)
    const given = checkRecord('options', options, ['rules', 'interval', 'grace', 'flapping', 'logger'])
    this.#rules = resolveRules(given.rules ?? DEFAULT_RULES.filter(({ metric }) => chosen.includes(metric)))
    this.#interval = checkNumber('interval', given.interval ?? 1000, 20, 3_600_000)
    this.#grace = checkNumber('grace', given.grace ?? GRACE, 0, 3_600_000)
    this.#flapping = given.flapping === undefined ? FLAPPING_DEFAULTS : resolveFlapping(given.flapping)
    this.#logger = checkLogger('logger', given.logger ?? SILENT_LOGGER)
    const wanted = new Set([...chosen, ...this.#rules.map(({ metric }) => metric)])
    this.#asked = METRIC_NAMES.filter(name => wanted.has(name))
    // noData decides if the other metrics mean anything.
    if (this.#rules.some(({ metric }) => METRICS[metric].needs !== null)) wanted.add('noData')
    this.#measured = METRIC_NAMES.filter(name => wanted.has(name))
    this.#clock = clock
    this.#ticker = new Ticker(clock, this.#interval, () => this.#tick())
    this.metrics$ = this.#metrics.asObservable()
    this.alerts$ = this.#alerts.asObservable()
    this.#export = new PrometheusExport(this.#rules, this.#asked)
  }

  /**
   * Watches a stream in any phase and across reconnects, until detachStream(). Returns the attached name ('capture-1' …
   * if none is given). Throws ERR_NAME_TAKEN; ERR_OPTION if the name is a URL, if `stream` is not a stream, or for pads
   * of a capture or an output; ERR_UNKNOWN_ELEMENT for unknown pads; ERR_NOT_RUNNING after dispose.
   */
  attachStream(stream: MonitoredStream, name?: string, options?: AttachOptions): string
  /** @internal Accepts every object with a meter. */
  attachStream(stream: Metered, name?: string, options?: AttachOptions): string
  attachStream(stream: Metered | MonitoredStream, name?: string, options: AttachOptions = {}): string {
    if (this.#disposed) throw new RxGstError('ERR_NOT_RUNNING', 'the monitor was disposed')
    const wanted = name === undefined ? null : checkLabel('name', name)
    if (wanted !== null && this.#streams.has(wanted))
      throw new RxGstError('ERR_NAME_TAKEN', `a stream named '${wanted}' is attached already`)
    const given = checkRecord('options', options, ['targets', 'pads'])
    const targets = checkTargets(given.targets)
    const meter = meterOf(stream, this.#measured, given.pads === undefined ? undefined : checkPads(given.pads))
    if (given.pads !== undefined && meter.direction !== 'pipeline') {
      meter.close()
      throw badOption(`no pads for ${NAMED[meter.direction]}s`, 'pads', given.pads)
    }
    const chosen = wanted ?? this.#nextName(meter.direction)
    const watchedStream = new WatchedStream(meter, this.#asked, {
      stream: chosen,
      rules: this.#rules,
      targets,
      newId: randomUUID,
      interval: this.#interval,
      grace: this.#grace,
      flapping: this.#flapping,
    })
    this.#streams.set(chosen, watchedStream)
    this.#ticker.start()
    return chosen
  }

  /** Stops watching a stream and clears its alerts; the stream itself continues. Throws ERR_UNKNOWN_STREAM. */
  detachStream(name: string): void {
    this.#close(this.#stream(name), 'detached')
    if (this.#streams.size === 0) this.#ticker.stop()
  }

  /** Names of the attached streams, in the order of attaching. */
  get streams(): string[] {
    return [...this.#streams.keys()]
  }

  /**
   * The value at the last tick; null = no data yet, or not measured. Without a name: the mean of all streams that have
   * a value. Throws ERR_UNKNOWN_METRIC, ERR_UNKNOWN_STREAM.
   */
  getMetric(metric: MetricName, streamName?: string): number | null {
    const name = checkMetric(metric)
    const streams = streamName === undefined ? [...this.#streams.values()] : [this.#stream(streamName)]
    const values = streams.map(({ sample }) => sample?.values[name] ?? null).filter(value => value !== null)
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  }

  /** All numbers of the last tick: values, tracks, details; null before the first tick. Throws ERR_UNKNOWN_STREAM. */
  getSample(streamName: string): MetricSample | null {
    return this.#stream(streamName).sample
  }

  /** The alerts raised now, newest last, with their current value and peak. Throws ERR_UNKNOWN_STREAM. */
  getAlerts(streamName?: string): Alert[] {
    const streams = streamName === undefined ? [...this.#streams.values()] : [this.#stream(streamName)]
    const place = ({ id }: Alert): number => this.#order.get(id) ?? Infinity
    return streams.flatMap(({ alerts }) => alerts).sort((a, b) => place(a) - place(b))
  }

  /** Prometheus's text format, as of the last tick; send it with `contentType`. */
  prometheus(): Promise<string> {
    return this.#export.text([...this.#streams.values()])
  }

  /** The Content-Type of `prometheus()`. */
  get contentType(): string {
    return this.#export.contentType
  }

  /** Clears all alerts, completes the observables and releases the streams, which continue. Idempotent. */
  [Symbol.dispose](): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#ticker.stop()
    for (const watchedStream of [...this.#streams.values()]) this.#close(watchedStream, 'detached')
    this.#say()
  }

  #tick(): void {
    const moment: Moment = { now: this.#clock.now(), unix: this.#clock.unix() }
    for (const watchedStream of [...this.#streams.values()]) {
      // A subscriber can have detached it meanwhile.
      if (this.#streams.get(watchedStream.name) === watchedStream) this.#look(watchedStream, moment)
    }
  }

  #look(watchedStream: WatchedStream, moment: Moment): void {
    let seen: ReturnType<WatchedStream['tick']>
    try {
      seen = watchedStream.tick(moment)
    } catch (error) {
      // A stream that cannot be read must not stop the watch of the others.
      this.#logger.error(`${watchedStream.name} could not be measured: ${(error as Error).message}`)
      return
    }
    this.#export.observe(watchedStream)
    for (const { id } of seen.alerts) if (!this.#order.has(id)) this.#order.set(id, ++this.#raises)
    // All alerts are queued before the first subscriber is called, because it can detach streams.
    this.#unsaid.push(...seen.alerts)
    this.#metrics.next(seen.sample)
    this.#say()
  }

  /** Emits alerts in order, even if a subscriber's reaction to an alert makes another one. */
  #say(): void {
    if (this.#saying) return
    this.#saying = true
    try {
      for (let alert = this.#unsaid.shift(); alert; alert = this.#unsaid.shift()) {
        if (alert.clearedAt !== null) this.#order.delete(alert.id)
        this.#alerts.next(alert)
      }
    } finally {
      this.#saying = false
    }
    if (this.#disposed && this.#streams.size === 0) this.#complete()
  }

  #close(watchedStream: WatchedStream, why: ClearedBy): void {
    this.#streams.delete(watchedStream.name)
    this.#export.forget(watchedStream)
    this.#unsaid.push(...watchedStream.close(this.#clock.now(), why))
    this.#say()
  }

  #complete(): void {
    this.#metrics.complete()
    this.#alerts.complete()
  }

  #stream(name: string): WatchedStream {
    const watchedStream = this.#streams.get(name)
    if (watchedStream) return watchedStream
    const known = this.#streams.size === 0 ? 'none is' : `these are: ${[...this.#streams.keys()].join(', ')}`
    // The message does not show the given name: it can be a URL by mistake.
    throw new RxGstError('ERR_UNKNOWN_STREAM', `no stream of this name is attached; ${known}`)
  }

  #nextName(direction: Direction): string {
    for (;;) {
      const name = `${NAMED[direction]}-${++this.#numbers[direction]}`
      if (!this.#streams.has(name)) return name
    }
  }
}

const PAD_NAMES = ['packets', 'raw', 'from', 'to'] as const

function checkPads(value: unknown): MeterPadNames {
  const given = checkRecord('pads', value, PAD_NAMES)
  for (const name of ['packets', 'raw'] as const) {
    const list = given[name]
    if (list !== undefined && !(Array.isArray(list) && list.every(pad => typeof pad === 'string')))
      throw badOption("a list of 'element.pad'", `pads.${name}`, list)
  }
  for (const name of ['from', 'to'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'string')
      throw badOption("'element.pad'", `pads.${name}`, given[name])
  }
  return given as MeterPadNames
}

function checkTargets(value: unknown): Targets {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null) throw badOption('an object of metrics and numbers', 'targets', value)
  const checked = Object.entries(value).map(([key, target]) => {
    const metric = checkMetric(key)
    return [metric, checkNumber(`targets.${metric}`, target, -1e12, 1e12)] as const
  })
  return Object.fromEntries(checked)
}
