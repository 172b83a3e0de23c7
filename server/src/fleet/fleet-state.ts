/**
 * What a fleet wants and remembers, beside its leases: the channels' configurations, where people want them to run,
 * what they cost, and the events of all workers. Each method rejects with Problem, as those of LeaseStore do.
 */

/** A channel of the fleet. Secrets in its document are references, which each worker looks up on its own machine. */
export interface StoredChannel {
  readonly name: string
  /** Its configuration as the schema of channels reads it; the reader checks it. */
  readonly document: unknown
  /** Changes with the document. */
  readonly etag: string
  /** Who wrote the document last: `worker` and what there, such as 'studio-1 file' or 'studio-1 anna'. */
  readonly changedBy: string
  /** Cores that its process took where it ran last, as measured; null: nobody has measured it. */
  readonly costCores: number | null
  /** The worker that people moved it to. Another one takes it only where that one cannot. */
  readonly preferredWorker: string | null
  /** The worker that its holder has asked to be ready for it: it runs the channel, and connects no target. */
  readonly nextWorker: string | null
  /** That worker has said that it is ready. */
  readonly nextReady: boolean
}

export interface FleetEvent {
  /** In the order of the store, over all workers. */
  readonly id: bigint
  /** Unix ms by the store's clock. */
  readonly at: number
  readonly worker: string
  readonly type: string
  readonly channel: string | null
  readonly user: string | null
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

export type NewFleetEvent = Omit<FleetEvent, 'id' | 'at' | 'worker'>

export interface PutOptions {
  readonly by: string
  /** The document must have this etag; null: there must be none. undefined: whatever is there. */
  readonly ifMatch?: string | null | undefined
}

export interface FleetState {
  channels(): Promise<readonly StoredChannel[]>
  /** Its etag. Rejects with ERR_CHANGED_MEANWHILE where `ifMatch` is not what is there. */
  putChannel(name: string, document: unknown, options: PutOptions): Promise<string>
  /** Rejects with ERR_CHANGED_MEANWHILE, and with ERR_CHANNEL_UNKNOWN where there is none. */
  deleteChannel(name: string, options: Pick<PutOptions, 'ifMatch'>): Promise<void>
  /** Where it shall run; null: anywhere. ERR_CHANNEL_UNKNOWN. */
  prefer(channel: string, worker: string | null): Promise<void>
  /** The holder asks a worker to be ready; null: nobody any more. Another worker than before is not ready. */
  appoint(channel: string, worker: string | null): Promise<void>
  /** false: another worker is asked by now. */
  ready(channel: string, worker: string): Promise<boolean>
  /** Cores of channels, as measured now. */
  measured(costs: ReadonlyMap<string, number>): Promise<void>
  /** Workers that people want to be drained, also those that are away. */
  drains(): Promise<ReadonlySet<string>>
  setDrain(worker: string, drain: boolean, by: string): Promise<void>
  /** In one statement. */
  addEvents(worker: string, events: readonly NewFleetEvent[]): Promise<void>
  /** The oldest first, `limit` at most. */
  eventsAfter(id: bigint, limit: number): Promise<readonly FleetEvent[]>
  /** The newest events, the oldest of them first. */
  lastEvents(limit: number): Promise<readonly FleetEvent[]>
}
