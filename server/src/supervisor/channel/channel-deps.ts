/** What a channel is given: its configuration, and what it tells of itself to. */
import type { ChannelConfig } from '../../core/schema.js'
import type { Reason, Sample } from '../../core/status.js'
import type { FromChannel, NetworkRules, ToChannel } from '../../core/wire.js'
import type { ChildExit } from '../child/child.js'
import type { KeeperOptions } from '../child/keeper.js'
import type { Log } from '../log.js'
import type { AlertBook } from '../store/alert-book.js'
import type { NewEvent } from '../store/event-log.js'

export interface ChannelDeps extends Pick<KeeperOptions<FromChannel, ToChannel>, 'pidFiles' | 'lane' | 'entry'> {
  readonly socketPath: string
  readonly log: Log
  readonly now: () => number
  readonly alerts: AlertBook
  /** Its targets connect only while `mayConnect()` of the channel allows it. Default: they connect when they like. */
  readonly leased?: boolean
  /** Whether a channel that was taken over on air may be restarted for its configuration. */
  allowRestart(): boolean
  event(event: NewEvent): void
  sample(channel: string, sample: Sample): void
  exited(exit: ChildExit, expected: boolean): void
  dropped(frames: number): void
}

/** A configuration as its process gets it. */
export interface Wanted {
  /** As it is in the file, its secrets by reference. */
  readonly config: ChannelConfig
  /** With secrets, ingest addresses, and what operators did. */
  readonly given: ChannelConfig
  readonly network: NetworkRules
  readonly secrets: readonly string[]
  /** Of a fleet: it runs beside the worker that has its lease, and its targets wait. Default false. */
  readonly isStandby?: boolean
  /** Why it cannot be started, such as a secret that is not there. */
  readonly fault: Reason | null
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** What somebody asks of a channel. */
export type Asked = DistributiveOmit<
  Extract<ToChannel, { type: 'switch' | 'target-start' | 'target-stop' | 'preview-open' | 'preview-close' }>,
  'id'
>
