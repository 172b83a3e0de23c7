import type { MetricName, Track } from '../meter/metrics'

/** Why an alert was cleared. */
export type ClearedBy =
  /** The rule's clear condition held. */
  | 'recovered'
  /** The stream stopped, or failed for good. */
  | 'ended'
  /** The stream was detached, or the monitor was disposed. */
  | 'detached'
  /** No value for a minute of a live stream, such as a track that has gone. */
  | 'unmeasured'

/**
 * An alert. It is emitted when it is raised, and again when it is cleared, with the same `id`, `raisedAt` and the final
 * `peak`.
 */
export interface Alert {
  /** A UUID. */
  readonly id: string
  /** The rule's name; 'flapping' for a rule that changes often. */
  readonly rule: string
  /** The measured metric. */
  readonly metric: MetricName
  /** The name under which the stream was attached. */
  readonly stream: string
  /** The severity of the rule. */
  readonly severity: 'warning' | 'critical'
  /** Unix ms. */
  readonly raisedAt: number
  /** Unix ms; clearedAt − raisedAt is the real duration, even if the wall clock changed. */
  readonly clearedAt: number | null
  /** The compared value at the time of the event. */
  readonly value: number
  /** The worst value while it was raised. */
  readonly peak: number
  /** One line for people, such as 'camera: black 12 s (above 10 s)'. */
  readonly message: string
  /** The cause of the clear; null while the alert is raised. */
  readonly clearedBy: ClearedBy | null
  /** The track of a metric that is measured per track; null: both tracks. */
  readonly track: Track | null
  /** The rule that changes often, if this is a 'flapping' alert. */
  readonly flaps: string | null
}
