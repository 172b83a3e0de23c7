import { badOption, show } from '../core/check'
import { RxGstError } from '../core/errors'
import { nearestName } from '../core/nearest'

/** What a StreamMonitor can measure. Units and meaning: `METRICS` below, docs/monitoring.md. */
export type MetricName =
  | 'bitrate'
  | 'fps'
  | 'latency'
  | 'lateness'
  | 'endToEndLatency'
  | 'droppedFrames'
  | 'jitter'
  | 'keyframeInterval'
  | 'avDrift'
  | 'noData'
  | 'freeze'
  | 'black'
  | 'silence'
  | 'loudness'
  | 'truePeak'
  | 'queueMs'
  | 'reconnects'
  | 'uptime'

/** One of the two tracks of a stream. */
export type Track = 'video' | 'audio'
/** 'in': a capture; 'out': an output. */
export type Direction = 'in' | 'out' | 'pipeline'

/** How a metric is exported: its name, and what a value is multiplied by to be in the base unit (seconds, not ms). */
export interface PrometheusForm {
  readonly name: string
  readonly scale: number
}

export interface MetricKind {
  /** Of `getMetric()` and of thresholds. */
  readonly unit: 'bit/s' | '1/s' | 'ms' | 's' | 'count' | 'LUFS' | 'dBTP'
  /** Which way is worse; 'off' = away from a middle, 'none' = for information. */
  readonly worse: 'higher' | 'lower' | 'off' | 'none'
  /** A total that only grows; the others are values of the moment. */
  readonly counter: boolean
  /** Also measured for picture and sound apart. */
  readonly perTrack: boolean
  /**
   * Without what it says nothing, so that `noData` tells in its place; 'any' = either track, null = it needs no media.
   */
  readonly needs: Track | 'both' | 'any' | null
  readonly on: readonly Direction[]
  readonly prometheus: PrometheusForm
  /** One sentence of docs/monitoring.md. */
  readonly summary: string
}

const EVERYWHERE = ['in', 'out', 'pipeline'] as const
const MS = 0.001

type Shape = Omit<MetricKind, 'counter' | 'perTrack' | 'on' | 'prometheus'> &
  Partial<Pick<MetricKind, 'counter' | 'perTrack' | 'on'>>

const metric = (name: string, scale: number, shape: Shape): MetricKind =>
  Object.freeze({
    counter: false,
    perTrack: false,
    on: EVERYWHERE,
    ...shape,
    prometheus: { name: `rxgst_${name}`, scale },
  })

/** One line per metric: names, units and exports come from here, and docs/monitoring.md is checked against it. */
export const METRICS: Readonly<Record<MetricName, MetricKind>> = Object.freeze({
  bitrate: metric('bitrate_bits_per_second', 1, {
    unit: 'bit/s',
    worse: 'lower',
    perTrack: true,
    needs: 'video',
    summary: 'Encoded picture and sound over the last 5 s, without metadata.',
  }),
  fps: metric('frames_per_second', 1, {
    unit: '1/s',
    worse: 'lower',
    needs: 'video',
    summary: 'Pictures that came (capture) or left the encoder (output) over the last 5 s.',
  }),
  latency: metric('latency_seconds', MS, {
    unit: 'ms',
    worse: 'higher',
    needs: 'video',
    summary:
      'Time inside this process, median of 5 s: from the network to JavaScript, or from the write to the network.',
  }),
  lateness: metric('lateness_seconds', MS, {
    unit: 'ms',
    worse: 'higher',
    needs: 'any',
    on: ['in'],
    summary: 'How much later than at its best of the last 60 s the stream comes: a backlog grows somewhere before us.',
  }),
  endToEndLatency: metric('end_to_end_latency_seconds', MS, {
    unit: 'ms',
    worse: 'higher',
    needs: 'video',
    on: ['in'],
    summary:
      'Now minus the wall clock that an output with `stampLatency` wrote into the picture; needs both ' +
      "machines' clocks in step.",
  }),
  droppedFrames: metric('frames_dropped_total', 1, {
    unit: 'count',
    worse: 'higher',
    counter: true,
    needs: 'video',
    summary: 'Pictures lost since it was attached, by whatever cause.',
  }),
  jitter: metric('jitter_seconds', MS, {
    unit: 'ms',
    worse: 'higher',
    perTrack: true,
    needs: 'any',
    summary: 'How unevenly packets come compared with their timestamps; smoothed as in RFC 3550.',
  }),
  keyframeInterval: metric('keyframe_interval_seconds', 1, {
    unit: 's',
    worse: 'higher',
    needs: 'video',
    summary: 'Between the last two keyframes, by their timestamps.',
  }),
  avDrift: metric('av_drift_seconds', MS, {
    unit: 'ms',
    worse: 'off',
    needs: 'both',
    summary:
      'How far sound has moved against picture since the first 10 s, by their timestamps; positive: sound comes early.',
  }),
  noData: metric('no_data_seconds', 1, {
    unit: 's',
    worse: 'higher',
    perTrack: true,
    needs: null,
    summary: 'Since the last packet (capture, pipeline) or the last write (output).',
  }),
  freeze: metric('freeze_seconds', 1, {
    unit: 's',
    worse: 'higher',
    needs: 'video',
    summary: 'How long pictures have come that all look the same; 0 when they move.',
  }),
  black: metric('black_seconds', 1, {
    unit: 's',
    worse: 'higher',
    needs: 'video',
    summary: 'How long 98 % of the picture have been black; 0 when they are not.',
  }),
  silence: metric('silence_seconds', 1, {
    unit: 's',
    worse: 'higher',
    needs: 'audio',
    summary: 'How long the sound has been below −60 dBFS; 0 when it is not.',
  }),
  loudness: metric('loudness_lufs', 1, {
    unit: 'LUFS',
    worse: 'off',
    needs: 'audio',
    summary: 'Short-term loudness (3 s) after ITU-R BS.1770.',
  }),
  truePeak: metric('true_peak_dbtp', 1, {
    unit: 'dBTP',
    worse: 'higher',
    needs: 'audio',
    summary: 'The highest true peak of the sound.',
  }),
  queueMs: metric('queue_seconds', MS, {
    unit: 'ms',
    worse: 'higher',
    needs: 'any',
    on: ['in', 'out'],
    summary: 'Media that waits: for the consumer (capture), or for the slowest live target (output).',
  }),
  reconnects: metric('reconnects_total', 1, {
    unit: 'count',
    worse: 'higher',
    counter: true,
    needs: null,
    summary: 'Connections made anew since it was attached.',
  }),
  uptime: metric('uptime_seconds', 1, {
    unit: 's',
    worse: 'none',
    needs: null,
    summary: 'Since it is live without a break.',
  }),
})

export const METRIC_NAMES: readonly MetricName[] = Object.freeze(Object.keys(METRICS) as MetricName[])

/** The name, or ERR_UNKNOWN_METRIC, which lists the metrics. */
export function checkMetric(value: unknown): MetricName {
  if (typeof value === 'string' && Object.hasOwn(METRICS, value)) return value as MetricName
  const near = typeof value === 'string' ? nearestName(value, METRIC_NAMES) : null
  const hint = near === null ? '' : ` (did you mean '${near}'?)`
  throw new RxGstError(
    'ERR_UNKNOWN_METRIC',
    `${show(value)} is no metric${hint}; the metrics are ${METRIC_NAMES.join(', ')}`,
  )
}

/** Each once, in the order of the table. */
export function checkMetrics(value: unknown): readonly MetricName[] {
  if (value === undefined) return METRIC_NAMES
  if (!Array.isArray(value)) throw badOption('an array of metric names', 'metrics', value)
  const chosen = new Set(value.map(checkMetric))
  return METRIC_NAMES.filter(name => chosen.has(name))
}
