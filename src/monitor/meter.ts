import type { Direction, MetricName, Track } from '../core/metrics'
import type { StreamPhase } from '../core/types'

/** What a monitor asks of one attached stream. Lives across reconnects, before start and after stop. */
export interface Meter {
  readonly direction: Direction
  /** One snapshot; called once a tick on the JS thread. */
  read(): Reading
  close(): void
}

export interface Reading {
  /** The value per metric that was asked for; null = no data (never 0 for "unknown"). */
  readonly values: Readonly<Partial<Record<MetricName, number | null>>>
  /** Per track where a metric is measured so: bitrate, noData, jitter. */
  readonly tracks: Readonly<Record<Track, Readonly<Partial<Record<MetricName, number | null>>>>>
  /** Monotonic totals: bytes per track, frames by kind (video, audio, keyframe), dropped by cause (source, queue …). */
  readonly totals: Totals
  /** Extra gauges (loudness M and I, keyframe age, latency p95 …). */
  readonly details: Readonly<Record<string, number | null>>
  /** performance.now() since which the present connection is live; null = not live now. */
  readonly liveSince: number | null
  readonly phase: StreamPhase
}

export interface Totals {
  readonly bytes: Readonly<Record<Track, number>>
  readonly frames: Readonly<Record<string, number>>
  readonly dropped: Readonly<Record<string, number>>
}
