/** What the API and the page may do with the server. The supervisor is one; a test's stand-in another. */
import type { Observable } from 'rxjs'
import type { ChannelConfig, Config, TargetConfig } from './schema.js'
import type { FleetPort } from './fleet.js'
import type { ConfigProblem } from './problem.js'
import type { AlertView, ChannelStatus, SampleMetric, ServerEvent } from './status.js'
import type { Side } from './wire.js'

export interface ChannelView {
  readonly id: string
  /** With '***' for each secret. */
  readonly config: ChannelConfig
  /** Of the configuration, for ETag and If-Match. */
  readonly etag: string
  readonly status: ChannelStatus
  /** The last sample's values. */
  readonly figures: Readonly<Partial<Record<SampleMetric, number | null>>>
  /** Unix ms of the last picture; null: none of late, or nobody has asked for one. */
  readonly thumbnailAt: number | null
  readonly alerts: readonly AlertView[]
  readonly process: { readonly pid: number | null; readonly starts: number; readonly lastExit: string | null }
}

/** What a change of the configuration would do. */
export interface PlanStep {
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly effect:
    | 'live'
    | 'reconnects-target'
    | 'restarts-channel'
    | 'starts-channel'
    | 'stops-channel'
    | 'restarts-server'
  readonly channel: string | null
  /** One line for people. */
  readonly text: string
}

export interface Plan {
  readonly steps: readonly PlanStep[]
  readonly problems: readonly ConfigProblem[]
  /** Channels on air that it would restart: it needs `allowRestart`. */
  readonly restarts: readonly string[]
}

export interface ConfigText {
  /** The YAML file as it is, its secrets by reference; null: no file, or no YAML, whose secrets nobody knows. */
  readonly text: string | null
  readonly file: string | null
  readonly etag: string
  readonly readOnly: boolean
  /** What is wrong with the file that was read last; the configuration before it runs on. */
  readonly problems: readonly ConfigProblem[]
}

export interface ChangeOptions {
  readonly user: string
  readonly ifMatch?: string | undefined
  readonly dryRun?: boolean
  readonly allowRestart?: boolean
}

export interface PreviewFrame {
  readonly bytes: Uint8Array
  /** Header and configuration come first. */
  readonly start: boolean
  readonly keyframe: boolean
}

export interface HistoryPoint {
  readonly at: number
  readonly value: number | null
}

/** A stream that may be sent to the embedded RTMP server. It has a secret in it: for admins, no log and no event. */
export interface IngestStream {
  readonly name: string
  /** Of the RTMP server, as its configuration says: the host may be 0.0.0.0 or [::]. */
  readonly url: string
  /** What an encoder takes as its stream key. */
  readonly key: string
}

/** Throws and rejects with Problem. */
export interface ServerPort {
  readonly version: string
  readonly config: Config
  channels(): readonly ChannelView[]
  channel(id: string): ChannelView
  putChannel(id: string, config: unknown, options: ChangeOptions): Promise<Plan>
  /** `patch`: RFC 7396. */
  patchChannel(id: string, patch: unknown, options: ChangeOptions): Promise<Plan>
  deleteChannel(id: string, options: ChangeOptions): Promise<Plan>
  putTarget(id: string, target: string, config: unknown, options: ChangeOptions): Promise<Plan>
  deleteTarget(id: string, target: string, options: ChangeOptions): Promise<Plan>
  start(id: string, user: string): Promise<void>
  stop(id: string, user: string): Promise<void>
  restart(id: string, user: string): Promise<void>
  switchInput(id: string, input: string, user: string): Promise<void>
  startTarget(id: string, target: string, user: string): Promise<void>
  stopTarget(id: string, target: string, user: string): Promise<void>
  /** The last JPEG, or null. Whoever asks has new ones taken for half a minute: the first answer may be null. */
  thumbnail(id: string): { readonly jpeg: Uint8Array; readonly at: number } | null
  /** Cold: a subscription opens it. Begins with header and configuration at a keyframe. */
  preview(id: string, side: Side): Observable<PreviewFrame>
  history(id: string, metric: SampleMetric, sinceMs: number): readonly HistoryPoint[]
  alerts(): readonly AlertView[]
  acknowledge(alertId: string, user: string): AlertView
  testAlert(user: string): Promise<{ readonly sent: number; readonly failed: readonly string[] }>
  /** Those behind `afterId` that the ring still has; `lost`: some behind it are gone. */
  eventsAfter(afterId: number): { readonly events: readonly ServerEvent[]; readonly lost: boolean }
  readonly events$: Observable<ServerEvent>
  /** A login, a log-out: written among the events. */
  note(event: Pick<ServerEvent, 'type' | 'channel' | 'user' | 'message' | 'data'>): void
  configText(): ConfigText
  checkConfig(text: string): Promise<Plan>
  putConfig(text: string, options: ChangeOptions): Promise<Plan>
  reloadConfig(options: ChangeOptions): Promise<Plan>
  /** Those that channels of the configuration take. */
  ingestStreams(): readonly IngestStream[]
  /** Text of Prometheus: of the server and of all channels. */
  metrics(): Promise<string>
  /** null: this server is not one of a fleet. */
  readonly fleet: FleetPort | null
  /** null: it takes new channels. */
  notReady(): string | null
}

export type { Config, ChannelConfig, TargetConfig }
