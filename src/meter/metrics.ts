import { badOption, show } from '../core/check'
import { RxGstError } from '../core/errors'
import { nearestName } from '../core/nearest'

/** The metrics of a StreamMonitor. Units and meaning: `METRICS` below, docs/monitoring.md. */
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

/** Name of the exported series, and the factor from the metric's unit to Prometheus's base unit (ms to seconds). */
export interface PrometheusForm {
  readonly name: string
  readonly scale: number
}

export interface MetricKind {
  /** Unit of `getMetric()` and of thresholds. */
  readonly unit: 'bit/s' | '1/s' | 'ms' | 's' | 'count' | 'LUFS' | 'dBTP'
  /** Direction of a worse value; 'off' = away from a target in both directions, 'none' = information only. */
  readonly worse: 'higher' | 'lower' | 'off' | 'none'
  /** true: a total that only grows; false: a current value. */
  readonly counter: boolean
  /** Also measured separately for video and audio. */
  readonly perTrack: boolean
  /**
   * The track that the metric needs; while it is missing, only `noData` alerts. 'any' = one of the two tracks, null =
   * no media needed.
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
    summary: 'Encoded video and audio over the last 5 s, without metadata.',
  }),
  fps: metric('frames_per_second', 1, {
    unit: '1/s',
    worse: 'lower',
    needs: 'video',
    summary: 'Frames that arrived (capture) or left the encoder (output) over the last 5 s.',
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
    summary:
      'Delay of the stream compared with its best of the last 60 s. It rises when a queue fills before this process.',
  }),
  endToEndLatency: metric('end_to_end_latency_seconds', MS, {
    unit: 'ms',
    worse: 'higher',
    needs: 'video',
    on: ['in'],
    summary:
      'Now minus the wall clock that an output with `stampLatency` wrote into the frame. The clocks of both ' +
      'machines must agree.',
  }),
  droppedFrames: metric('frames_dropped_total', 1, {
    unit: 'count',
    worse: 'higher',
    counter: true,
    needs: 'video',
    summary: 'Frames lost since the stream was attached, for any cause.',
  }),
  jitter: metric('jitter_seconds', MS, {
    unit: 'ms',
    worse: 'higher',
    perTrack: true,
    needs: 'any',
    summary: 'Variation of packet arrival against timestamps, smoothed as in RFC 3550.',
  }),
  keyframeInterval: metric('keyframe_interval_seconds', 1, {
    unit: 's',
    worse: 'higher',
    needs: 'video',
    summary: 'Time between the last two keyframes, by their timestamps.',
  }),
  avDrift: metric('av_drift_seconds', MS, {
    unit: 'ms',
    worse: 'off',
    needs: 'both',
    summary: 'Shift of audio against video since the first 10 s, by their timestamps. Positive: the audio is early.',
  }),
  noData: metric('no_data_seconds', 1, {
    unit: 's',
    worse: 'higher',
    perTrack: true,
    needs: null,
    summary: 'Time since the last packet (capture, pipeline) or the last write (output).',
  }),
  freeze: metric('freeze_seconds', 1, {
    unit: 's',
    worse: 'higher',
    needs: 'video',
    summary: 'How long all frames have looked the same; 0 when they move.',
  }),
  black: metric('black_seconds', 1, {
    unit: 's',
    worse: 'higher',
    needs: 'video',
    summary: 'How long at least 98 % of the frame has been black; 0 otherwise.',
  }),
  silence: metric('silence_seconds', 1, {
    unit: 's',
    worse: 'higher',
    needs: 'audio',
    summary: 'How long the audio has been below −60 dBFS; 0 otherwise.',
  }),
  loudness: metric('loudness_lufs', 1, {
    unit: 'LUFS',
    worse: 'off',
    needs: 'audio',
    summary: 'Short-term loudness (3 s) by ITU-R BS.1770.',
  }),
  truePeak: metric('true_peak_dbtp', 1, {
    unit: 'dBTP',
    worse: 'higher',
    needs: 'audio',
    summary: 'The highest true peak of the audio.',
  }),
  queueMs: metric('queue_seconds', MS, {
    unit: 'ms',
    worse: 'higher',
    needs: 'any',
    on: ['in', 'out'],
    summary: 'Waiting media: for the consumer (capture) or for the slowest live target (output).',
  }),
  reconnects: metric('reconnects_total', 1, {
    unit: 'count',
    worse: 'higher',
    counter: true,
    needs: null,
    summary: 'Reconnects since the stream was attached.',
  }),
  uptime: metric('uptime_seconds', 1, {
    unit: 's',
    worse: 'none',
    needs: null,
    summary: 'Time live without a break.',
  }),
})

export const METRIC_NAMES: readonly MetricName[] = Object.freeze(Object.keys(METRICS) as MetricName[])

/** Returns a checked metric name; throws ERR_UNKNOWN_METRIC, whose message lists the metrics. */
export function checkMetric(value: unknown): MetricName {
  if (typeof value === 'string' && Object.hasOwn(METRICS, value)) return value as MetricName
  const near = typeof value === 'string' ? nearestName(value, METRIC_NAMES) : null
  const hint = near === null ? '' : ` (did you mean '${near}'?)`
  throw new RxGstError(
    'ERR_UNKNOWN_METRIC',
    `${show(value)} is no metric${hint}; the metrics are ${METRIC_NAMES.join(', ')}`,
  )
}

/** Checked metric names, without duplicates, in the order of the table. */
export function checkMetrics(value: unknown): readonly MetricName[] {
  if (value === undefined) return METRIC_NAMES
  if (!Array.isArray(value)) throw badOption('an array of metric names', 'metrics', value)
  const chosen = new Set(value.map(checkMetric))
  return METRIC_NAMES.filter(name => chosen.has(name))
}
