import type { Direction, MetricName, Track } from './metrics'
import type { Interval } from '../addon/meter'
import type { StreamPhase } from '../core/types'

/** What a monitor asks of one attached stream. It lives across reconnects, before start and after stop. JS thread. */
export interface Meter {
  readonly direction: Direction
  /** One snapshot; called once a tick. Never throws. */
  read(): Reading
  /** Nothing is measured any more, and no probe is left. Idempotent. */
  close(): void
}

export type { Direction, Interval, Track }
type Values = Readonly<Partial<Record<MetricName, number | null>>>

/** Gauges and totals of one moment. Only what was asked for is in it. */
export interface Reading {
  /** The value per metric that was asked for; null = no data, never 0 for "unknown". */
  readonly values: Values
  /** Where a metric is meant per track: bitrate, noData, jitter. */
  readonly tracks: Readonly<Record<Track, Values>>
  /** Monotonic since the meter was made. */
  readonly totals: Totals
  /** Further gauges. A name may end in '.video', '.audio', or '.1', '.2' … for a channel of sound. */
  readonly details: Readonly<Partial<Record<DetailName, number | null>>>
  /** Black, frozen and silent intervals that have ended since the last reading, by media time. */
  readonly intervals: readonly Interval[]
  /** `performance.now()` since which the present connection is live (a stall does not end it); null = there is none. */
  readonly liveSince: number | null
  readonly phase: StreamPhase
}

export interface Totals {
  /** Encoded payload. */
  readonly bytes: Readonly<Record<Track, number>>
  readonly frames: Readonly<Record<Track | 'keyframe', number>>
  /** By cause. */
  readonly dropped: Readonly<Partial<Record<DropCause, number>>>
}

/**
 * source: the stream's timestamps leave pictures out; queue: the policy of a full queue; held: more memory than frames
 * may hold; bad: not decodable; late: its slot of the output was taken; encoder: went in and did not come out; network:
 * a target's full queue.
 */
export type DropCause = 'source' | 'queue' | 'held' | 'bad' | 'late' | 'encoder' | 'network'

// prettier-ignore
export type DetailName =
  /** By timestamps, where `fps` counts arrivals. */
  | 'fpsPts'
  /** Of the window, ms. */
  | 'latencyP95'
  | 'endToEndLatencyP95'
  /** Of |D|, ms, per track. */
  | `jitter${'P50' | 'P90' | 'P99'}.${Track}`
  /** s: the longest of the last five; since the last one. 1 where pictures come out of order, else 0. */
  | 'keyframeMax5'
  | 'keyframeAge'
  | 'hasBFrames'
  /** ms, + = audio ahead: what avDrift is before its baseline is taken off. */
  | 'avSkew'
  /** LUFS: of 400 ms, and gated since the meter was made. */
  | 'loudnessMomentary'
  | 'loudnessIntegrated'
  /** s, of one channel. */
  | `silence.${number}`
  /** Pictures a second that the caller of an output asked for. */
  | 'fpsTarget'
  /** queueMs ÷ 700. */
  | 'congestion'
  /** Sent and not acknowledged, of the worst target. */
  | 'ackLagBytes'
  /** Of the pictures of the last 10 s, 0 … 1. */
  | 'droppedRatio'

/** Where to measure a pipeline, as 'element.pad'; what is absent is chosen by what the graph is made of. */
export interface MeterPadNames {
  /** Encoded pictures and sound. */
  readonly packets?: readonly string[]
  /** Raw ones. */
  readonly raw?: readonly string[]
  /** Latency: the same timestamp, from here to there. */
  readonly from?: string
  /** As `from`: where it ends. */
  readonly to?: string
}

/** The door through which a stream shows itself to a monitor, and to nobody else. */
export const METER: unique symbol = Symbol('rxgst meter')

export interface Metered {
  /** `where` is for pipelines alone. */
  [METER](metrics: readonly MetricName[], where?: MeterPadNames): Meter
}
