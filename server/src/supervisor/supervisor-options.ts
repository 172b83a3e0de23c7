/** What a supervisor is given. */
import type { Config } from '../core/schema.js'
import type { IngestStream } from '../core/server-port.js'
import type { ConfigDoor } from './config-door.js'
import type { Fleet } from './fleet/fleet.js'
import type { Log } from './log.js'
import type { Notifier } from './notifier.js'

/** At the end a disk that hangs is waited for so long. */
export const LAST_WRITE_MS = 5000
/** A change that takes longer hangs. */
export const MOST_CHANGE_MS = 120_000

export interface SupervisorOptions {
  readonly version: string
  readonly state: string
  readonly door: ConfigDoor
  readonly log: Log
  readonly notifier: Notifier
  /** The program of a channel's process. */
  readonly channelEntry: string
  /** The address of a stream of the embedded RTMP server. */
  ingestUrl(config: Config, name: string): string | null
  /** Of the embedded RTMP server. Default: none. */
  ingestStreams?(): readonly IngestStream[]
  /** A configuration was applied: what concerns the server as a whole. */
  onConfig(config: Config): void
  readonly allowRestart?: boolean
  /** Default: this machine runs all channels. Its door is the one above. */
  readonly fleet?: Fleet | null
  readonly now?: () => number
  /** Until something is looked for again that a channel lacks. Default: 30 s. */
  readonly faultRetryMs?: number
}
