import type { MetricName, Track } from '../meter/metrics'

/** Why an alert was cleared. */
export type ClearedBy =
  /** Its rule's clear condition held. */
  | 'recovered'
  /** The stream was stopped, or failed for good. */
  | 'ended'
  /** The stream was detached, or the monitor disposed. */
  | 'detached'
  /** Nothing to judge by for a minute of a live stream, such as a track that is no longer there. */
  | 'unmeasured'

/** Said twice: when it is raised, and with the same `id`, `raisedAt` and the final `peak` when it is cleared. */
export interface Alert {
  /** A UUID. */
  readonly id: string
  /** The rule's name; 'flapping' for one that comes and goes. */
  readonly rule: string
  /** What is measured. */
  readonly metric: MetricName
  /** The name under which the stream was attached. */
  readonly stream: string
  /** As its rule says. */
  readonly severity: 'warning' | 'critical'
  /** Unix ms. */
  readonly raisedAt: number
  /** Unix ms; as much after raisedAt as it really lasted, whatever happened to the wall clock. */
  readonly clearedAt: number | null
  /** What the rule looked at, when this was said. */
  readonly value: number
  /** The worst value while it was raised. */
  readonly peak: number
  /** One line for people, such as 'camera: black 12 s (above 10 s)'. */
  readonly message: string
  /** How it ended; null while it lasts. */
  readonly clearedBy: ClearedBy | null
  /** Of a metric that is measured for each track; null: of both. */
  readonly track: Track | null
  /** The rule that comes and goes, of a 'flapping' alert. */
  readonly flaps: string | null
}
