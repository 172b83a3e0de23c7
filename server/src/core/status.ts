/** What a channel tells of itself. Plain data, as the API gives it: no address here has a key or a password in it. */

/** Why something is not as it should be: a stable code, and one line for people. */
export interface Reason {
  readonly code: string
  readonly message: string
}

export type ChannelPhase =
  /** By configuration or by an operator. */
  | 'stopped'
  | 'starting'
  /** An input is live, and a target. */
  | 'live'
  /** No input is live; the targets get the fill. */
  | 'filling'
  /** No input is live or no target, and it is tried again. */
  | 'reconnecting'
  /** Nothing is tried again. */
  | 'failed'
  | 'stopping'
  /** The process ended; it is started again at `nextRetryAt`. */
  | 'crashed'

export interface InputStatus {
  readonly name: string
  /** Without key and credentials. */
  readonly url: string
  /** The library's phase of the stream. */
  readonly phase: string
  readonly reason: Reason | null
  /** Unix ms. */
  readonly nextRetryAt: number | null
  readonly onAir: boolean
}

export interface TargetStatus {
  readonly name: string
  readonly kind: 'rtmp' | 'srt' | 'record'
  readonly url: string
  readonly platform: string | null
  readonly enabled: boolean
  readonly phase: string
  readonly reason: Reason | null
  readonly nextRetryAt: number | null
  /** bit/s over the last seconds. */
  readonly bitrate: number
  /** Packets that its network or disk lost since the start. */
  readonly dropped: number
  readonly reconnects: number
  /** Milliseconds of the stream that wait for it. */
  readonly queueMs: number
}

export interface ChannelStatus {
  readonly phase: ChannelPhase
  readonly reason: Reason | null
  /** Start of the phase, Unix ms. */
  readonly since: number
  readonly nextRetryAt: number | null
  readonly inputs: readonly InputStatus[]
  readonly targets: readonly TargetStatus[]
  readonly video: {
    readonly codec: string
    readonly width: number | null
    readonly height: number | null
    readonly fps: number | null
  } | null
  readonly audio: {
    readonly codec: string
    readonly sampleRate: number | null
    readonly channels: number | null
  } | null
}

/** The metrics of a channel's history; one point a second. */
export const SAMPLE_METRICS = [
  'bitrateIn',
  'bitrateOut',
  'fps',
  'latencyMs',
  'queueMs',
  'loudness',
  'dropped',
  'reconnects',
] as const
export type SampleMetric = (typeof SAMPLE_METRICS)[number]

/**
 * One second of a channel; null: not measured. bit/s, frames a second, ms, LUFS; `dropped` and `reconnects` count since
 * the start of the channel and never go back.
 */
export interface Sample {
  /** Unix ms. */
  readonly at: number
  readonly values: Readonly<Partial<Record<SampleMetric, number | null>>>
}

/** An alert of a channel, as the page and webhooks show it. */
export interface AlertView {
  readonly id: string
  readonly channel: string
  readonly rule: string
  readonly metric: string
  readonly severity: 'warning' | 'critical'
  readonly message: string
  readonly raisedAt: number
  readonly clearedAt: number | null
  readonly clearedBy: string | null
  readonly value: number
  readonly peak: number
  readonly acknowledgedBy: string | null
  readonly acknowledgedAt: number | null
}

/** An event of the server: GET /api/v1/events, state/events.ndjson. */
export interface ServerEvent {
  /** Counts up, also over restarts. */
  readonly id: number
  /** Unix ms. */
  readonly at: number
  /**
   * Such as 'channel-phase', 'target-phase', 'input-phase', 'switch', 'alert', 'config-applied', 'config-invalid',
   * 'login', 'login-failed', 'channel-exit', 'recording'.
   */
  readonly type: string
  readonly channel: string | null
  /** Who did it, of what people do. */
  readonly user: string | null
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}
