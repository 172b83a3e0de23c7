import type { Direction, MetricName, Track } from './metrics'
import type { Interval } from '../addon/meter'
import type { StreamPhase } from '../core/types'

/**
 * The meter of one stream, as a monitor sees it. It exists before the start, over reconnects and after stop. JS thread.
 */
export interface Meter {
  readonly direction: Direction
  /** Takes a snapshot; called once a tick. Never throws. */
  read(): Reading
  /** Ends the measurement, and removes all probes. Idempotent. */
  close(): void
}

export type { Direction, Interval, Track }
type Values = Readonly<Partial<Record<MetricName, number | null>>>

/** Gauges and totals of one moment: only those of the requested metrics. */
export interface Reading {
  /** Values of the requested metrics; null: no data. Unknown is never 0. */
  readonly values: Values
  /** Values of the metrics that are measured per track: bitrate, noData, jitter. */
  readonly tracks: Readonly<Record<Track, Values>>
  /** Totals since the meter was made; they only grow. */
  readonly totals: Totals
  /** Further gauges. A name may end in '.video', '.audio', or '.1', '.2' … for a channel of sound. */
  readonly details: Readonly<Partial<Record<DetailName, number | null>>>
  /** Black, frozen and silent intervals that ended since the last reading, in media time. */
  readonly intervals: readonly Interval[]
  /** Start of the present live phase, by performance.now(); a stall does not end it. null: not live. */
  readonly liveSince: number | null
  readonly phase: StreamPhase
  /** Of an output whose targets have encodes of their own: each group of them; else absent. */
  readonly groups?: readonly GroupReading[]
}

/** Totals of a group since it began. */
export interface GroupReading {
  readonly id: string
  readonly packets: number
  readonly bytes: number
  readonly dropped: number
}

export interface Totals {
  /** Bytes of encoded payload. */
  readonly bytes: Readonly<Record<Track, number>>
  readonly frames: Readonly<Record<Track | 'keyframe', number>>
  /** Lost pictures, by cause. */
  readonly dropped: Readonly<Partial<Record<DropCause, number>>>
  /** Packets of SRT, by what became of them; absent: there is no SRT. */
  readonly srt?: Readonly<Partial<Record<SrtPackets, number>>>
  /** Segments of HLS, by what became of them; absent: there is no HLS. */
  readonly hls?: Readonly<Partial<Record<HlsSegments, number>>>
}

export type SrtPackets = 'sent' | 'received' | 'lost' | 'retransmitted' | 'dropped'

export type HlsSegments = 'loaded' | 'retried' | 'lost'

/**
 * Why pictures were lost. source: the stream's timestamps have gaps; queue: a full queue; held: frames hold all memory;
 * bad: not decodable; late: too late for the slot of the output; encoder: went in and did not come out; network: a
 * target's full queue.
 */
export type DropCause = 'source' | 'queue' | 'held' | 'bad' | 'late' | 'encoder' | 'network'

export type DetailName =
  /** Frame rate by timestamps; `fps` counts arrivals. */
  | 'fpsPts'
  /** 95th percentile of the window, ms. */
  | 'latencyP95'
  | 'endToEndLatencyP95'
  /** Percentiles of |D| in RFC 3550, ms, per track. */
  | `jitter${'P50' | 'P90' | 'P99'}.${Track}`
  /** The longest of the last five keyframe intervals, s. */
  | 'keyframeMax5'
  /** Time since the last keyframe, s. */
  | 'keyframeAge'
  /** 1: pictures come out of order; else 0. */
  | 'hasBFrames'
  /** avDrift before its baseline is subtracted, ms; positive: the audio is early. */
  | 'avSkew'
  /** Loudness of 400 ms, LUFS. */
  | 'loudnessMomentary'
  /** Gated loudness since the meter was made, LUFS. */
  | 'loudnessIntegrated'
  /** Silence of one channel, s. */
  | `silence.${number}`
  /** Frame rate that the caller of an output has set. */
  | 'fpsTarget'
  /** queueMs ÷ 700. */
  | 'congestion'
  /** Bytes sent and not acknowledged, of the worst target. */
  | 'ackLagBytes'
  /** How many connections in a row the peer closed within 5 minutes. */
  | 'shortLives'
  /** Share of lost pictures in the last 10 s, 0 … 1. */
  | 'droppedRatio'
  /** Round-trip time of SRT, ms; of the worst target. */
  | 'srtRtt'
  /** How long SRT waits for a lost packet, ms. */
  | 'srtLatency'
  /** Rate of SRT, bit/s, with what is sent again; of all targets together. */
  | 'srtBitrate'
  /** Bit rate of the variant of HLS that is taken, bit/s, as its playlist tells it. */
  | 'hlsBandwidth'
  /** Media of HLS up to the end of the playlist, ms. */
  | 'hlsBehind'

/** Pads where a pipeline is measured, as 'element.pad'. Absent ones are chosen from the graph. */
export interface MeterPadNames {
  /** Encoded pictures and sound. */
  readonly packets?: readonly string[]
  /** Raw pictures and sound. */
  readonly raw?: readonly string[]
  /** Latency begins here: the time of a buffer from here to the buffer with its timestamp at `to`. */
  readonly from?: string
  /** Latency ends here. */
  readonly to?: string
}

/** Key of the method by which a monitor, and nothing else, opens a meter of a stream. */
export const METER: unique symbol = Symbol('rxgst meter')

export interface Metered {
  /** @param where for pipelines only */
  [METER](metrics: readonly MetricName[], where?: MeterPadNames): Meter
}
