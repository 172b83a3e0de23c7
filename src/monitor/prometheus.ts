import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { METRICS, type MetricName, type Track } from '../meter/metrics'
import { GroupSeries } from './group-series'
import type { WatchedStream } from './watched-stream'
import type { ResolvedRule } from './rule'
import { detailOf } from './rule-input'

const LABELS = ['stream', 'direction'] as const
const TRACKS: readonly Track[] = ['video', 'audio']
const TRACK_NO_DATA = 'rxgst_track_no_data_seconds'

/** Histogram buckets of the latency, s: from a frame time on a fast machine to a delay beyond use. */
const BUCKETS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

interface DetailExport {
  readonly metric: MetricName
  /** Name in `Reading.details`. */
  readonly detail: string
  readonly name: string
  readonly scale: number
  readonly help: string
}

/** Details of metrics that have their own series. */
const DETAILS: readonly DetailExport[] = [
  {
    metric: 'fps',
    detail: 'fpsPts',
    name: 'rxgst_frames_per_media_second',
    scale: 1,
    help: 'Pictures per second of their own timestamps.',
  },
  {
    metric: 'latency',
    detail: 'latencyP95',
    name: 'rxgst_latency_p95_seconds',
    scale: 0.001,
    help: 'Time inside this process, 95th percentile of 5 s.',
  },
  {
    metric: 'keyframeInterval',
    detail: 'keyframeAge',
    name: 'rxgst_keyframe_age_seconds',
    scale: 1,
    help: 'Since the last keyframe.',
  },
  {
    metric: 'avDrift',
    detail: 'avSkew',
    name: 'rxgst_av_skew_seconds',
    scale: 0.001,
    help: 'Sound ahead of picture on arrival.',
  },
  {
    metric: 'silence',
    detail: 'silence.*',
    name: 'rxgst_channel_silence_seconds',
    scale: 1,
    help: 'How long the channel that is silent longest has been.',
  },
  {
    metric: 'loudness',
    detail: 'loudnessMomentary',
    name: 'rxgst_loudness_momentary_lufs',
    scale: 1,
    help: 'Momentary loudness (400 ms).',
  },
  {
    metric: 'loudness',
    detail: 'loudnessIntegrated',
    name: 'rxgst_loudness_integrated_lufs',
    scale: 1,
    help: 'Gated loudness since it was attached.',
  },
  {
    metric: 'queueMs',
    detail: 'ackLagBytes',
    name: 'rxgst_unacknowledged_bytes',
    scale: 1,
    help: 'Sent and not acknowledged, of the worst target.',
  },
  {
    metric: 'reconnects',
    detail: 'shortLives',
    name: 'rxgst_short_lives',
    scale: 1,
    help: 'Connections in a row that the peer closed within 5 minutes.',
  },
  {
    metric: 'uptime',
    detail: 'targetDown',
    name: 'rxgst_target_down_seconds',
    scale: 1,
    help: 'How long one target of an output has not been live.',
  },
  {
    metric: 'uptime',
    detail: 'offAir',
    name: 'rxgst_off_air_seconds',
    scale: 1,
    help: 'How long no target of an output has been live.',
  },
  {
    metric: 'queueMs',
    detail: 'srtRtt',
    name: 'rxgst_srt_rtt_seconds',
    scale: 0.001,
    help: 'Round-trip time of SRT, of the worst target.',
  },
  {
    metric: 'queueMs',
    detail: 'srtLatency',
    name: 'rxgst_srt_latency_seconds',
    scale: 0.001,
    help: 'How long SRT waits for a lost packet.',
  },
  {
    metric: 'queueMs',
    detail: 'srtBitrate',
    name: 'rxgst_srt_bitrate_bits_per_second',
    scale: 1,
    help: 'Rate of SRT, with what is sent again.',
  },
  {
    metric: 'queueMs',
    detail: 'hlsBandwidth',
    name: 'rxgst_hls_bandwidth_bits_per_second',
    scale: 1,
    help: 'Bit rate of the variant that is taken, as its playlist tells it.',
  },
  {
    metric: 'queueMs',
    detail: 'hlsBehind',
    name: 'rxgst_hls_behind_seconds',
    scale: 0.001,
    help: 'From the segment that is taken now to the end of the playlist.',
  },
]

/**
 * A monitor's streams in Prometheus's text format, in its own registry. Labels are stream, direction and track, and for
 * some series kind, cause, rule or group; never a URL. A metric without a value has no series: not 0, not NaN.
 */
export class PrometheusExport {
  readonly #registry = new Registry()
  readonly #rules: readonly ResolvedRule[]
  readonly #asked: readonly MetricName[]
  readonly #latency: Histogram<(typeof LABELS)[number]>
  readonly #gauges = new Map<string, Gauge<string>>()
  readonly #bytes: Counter<string>
  readonly #frames: Counter<string>
  readonly #dropped: Counter<string>
  readonly #reconnects: Counter<string>
  readonly #srt: Counter<string>
  readonly #hls: Counter<string>
  readonly #groups: GroupSeries
  #turn: Promise<unknown> = Promise.resolve()

  constructor(rules: readonly ResolvedRule[], asked: readonly MetricName[]) {
    this.#rules = rules
    this.#asked = asked
    const registers = [this.#registry]
    const counter = (name: string, help: string, label?: string): Counter<string> =>
      new Counter({ name, help, labelNames: label ? [...LABELS, label] : LABELS, registers })
    this.#bytes = counter('rxgst_stream_bytes_total', 'Encoded payload.', 'track')
    this.#frames = counter('rxgst_frames_total', 'Encoded frames; kind keyframe is a part of video.', 'kind')
    this.#dropped = counter(METRICS.droppedFrames.prometheus.name, 'Pictures lost, by cause.', 'cause')
    this.#reconnects = counter(METRICS.reconnects.prometheus.name, METRICS.reconnects.summary)
    this.#srt = counter('rxgst_srt_packets_total', 'Packets of SRT, and those of them that were lost.', 'kind')
    this.#hls = counter('rxgst_hls_segments_total', 'Segments of HLS, by what became of them.', 'kind')
    this.#groups = new GroupSeries(this.#registry, LABELS)
    const { name } = METRICS.latency.prometheus
    this.#latency = new Histogram({
      name,
      help: 'Time inside this process: the median of 5 s, observed once a tick.',
      labelNames: LABELS,
      buckets: BUCKETS,
      registers,
    })
    this.#gauge('rxgst_stream_live', 'Whether the stream is live now.')
    this.#gauge('rxgst_alert', 'Whether an alert is raised now.', 'rule', 'severity')
    for (const metric of asked) this.#addGauges(metric)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** To be called once per tick, for the histogram. All other series are current values, read at the request. */
  observe({ name, direction, reading }: WatchedStream): void {
    const latency = reading?.values.latency
    if (latency != null && this.#asked.includes('latency'))
      this.#latency.observe({ stream: name, direction }, latency * METRICS.latency.prometheus.scale)
  }

  /** Removes the series of a stream. */
  forget({ name, direction }: WatchedStream): void {
    this.#latency.remove({ stream: name, direction })
  }

  /** Serialises the requests: filling the registry and printing it is one step. */
  text(streams: readonly WatchedStream[]): Promise<string> {
    const text = this.#turn.then(() => {
      this.#fill(streams)
      return this.#registry.metrics()
    })
    this.#turn = text.catch(() => {})
    return text
  }

  #addGauges(metric: MetricName): void {
    const { counter, perTrack, prometheus, summary } = METRICS[metric]
    if (!counter && metric !== 'latency') {
      if (metric === 'noData') this.#gauge(TRACK_NO_DATA, 'Since the last packet or write of a track.', 'track')
      this.#gauge(prometheus.name, summary, ...(perTrack && metric !== 'noData' ? ['track'] : []))
    }
    for (const { name, help } of DETAILS.filter(one => one.metric === metric)) this.#gauge(name, help)
  }

  #gauge(name: string, help: string, ...labels: string[]): void {
    this.#gauges.set(name, new Gauge({ name, help, labelNames: [...LABELS, ...labels], registers: [this.#registry] }))
  }

  /** Resets all series first, so that removed streams disappear. */
  #fill(streams: readonly WatchedStream[]): void {
    const counters = [this.#bytes, this.#frames, this.#dropped, this.#reconnects, this.#srt, this.#hls]
    for (const one of [...this.#gauges.values(), ...counters]) one.reset()
    this.#groups.reset()
    for (const stream of streams) this.#fillStream(stream)
  }

  #fillStream({ name, direction, reading, totals, alerts }: WatchedStream): void {
    const labels = { stream: name, direction }
    const asked = (metric: MetricName): boolean => this.#asked.includes(metric)
    if (asked('bitrate'))
      for (const [track, bytes] of Object.entries(totals.bytes)) this.#bytes.inc({ ...labels, track }, bytes)
    if (asked('fps'))
      for (const [kind, count] of Object.entries(totals.frames)) this.#frames.inc({ ...labels, kind }, count)
    if (asked('droppedFrames'))
      for (const [cause, count] of Object.entries(totals.dropped)) this.#dropped.inc({ ...labels, cause }, count)
    if (asked('queueMs'))
      for (const [kind, count] of Object.entries(totals.srt ?? {})) this.#srt.inc({ ...labels, kind }, count)
    if (asked('queueMs'))
      for (const [kind, count] of Object.entries(totals.hls ?? {})) this.#hls.inc({ ...labels, kind }, count)
    if (asked('reconnects')) this.#reconnects.inc(labels, totals.reconnects)
    for (const { name: rule, severity } of this.#rules) this.#set('rxgst_alert', { ...labels, rule, severity }, 0)
    for (const { rule, severity } of alerts) this.#set('rxgst_alert', { ...labels, rule, severity }, 1)
    if (reading === null) return
    this.#groups.fill(labels, reading.groups ?? [])
    this.#set('rxgst_stream_live', labels, reading.liveSince === null ? 0 : 1)
    for (const metric of this.#asked) {
      const { prometheus, perTrack, counter } = METRICS[metric]
      const { name: series, scale } = prometheus
      if (counter || metric === 'latency') continue
      if (!perTrack || metric === 'noData') this.#set(series, labels, reading.values[metric], scale)
      if (perTrack)
        for (const track of TRACKS)
          this.#set(
            metric === 'noData' ? TRACK_NO_DATA : series,
            { ...labels, track },
            reading.tracks[track][metric],
            scale,
          )
    }
    for (const { metric, detail, name: series, scale } of DETAILS) {
      if (asked(metric)) this.#set(series, labels, detailOf(reading.details, detail), scale)
    }
  }

  #set(series: string, labels: Record<string, string>, value: number | null | undefined, scale = 1): void {
    if (typeof value === 'number' && Number.isFinite(value)) this.#gauges.get(series)?.set(labels, value * scale)
  }
}
