/** The fleet as API and page see it, from any of its workers. */

export interface FleetWorkerView {
  readonly name: string
  /** The worker that is asked. */
  readonly self: boolean
  readonly version: string
  /** 0 to 1, of its capacity. */
  readonly load: number
  readonly capacityCores: number
  /** Channels whose lease it holds. */
  readonly channels: number
  /** It gives its channels away, and takes none. */
  readonly draining: boolean
  /** Since the store heard of it last, ms by the store's clock. */
  readonly silentMs: number
  /** It was not heard of for a TTL: its channels may have gone to others. */
  readonly away: boolean
}

export interface FleetChannelView {
  readonly id: string
  readonly title: string | null
  readonly enabled: boolean
  /** The worker that holds its lease; null: nobody has it now. */
  readonly worker: string | null
  /** The worker that is ready for it, or is getting ready. */
  readonly standby: { readonly worker: string; readonly ready: boolean } | null
  /** Of its lease, decimal; null: it has had none. */
  readonly epoch: string | null
  readonly preferredWorker: string | null
  readonly costCores: number | null
  /** Why nobody runs it, for people; null: it runs, or is not to run. */
  readonly waitsFor: string | null
}

export interface FleetView {
  /** The name of the worker that is asked. */
  readonly worker: string
  readonly ttlMs: number
  /** What the store says is as old as this, ms; more than a third of the TTL: the store is away. */
  readonly ageMs: number
  readonly storeLost: boolean
  readonly workers: readonly FleetWorkerView[]
  readonly channels: readonly FleetChannelView[]
}

export interface FleetEventView {
  /** Decimal: it may be larger than a number of JavaScript. */
  readonly id: string
  readonly at: number
  readonly worker: string
  readonly type: string
  readonly channel: string | null
  readonly user: string | null
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Throws and rejects with Problem; with ERR_STORE_… where the store does not answer. */
export interface FleetPort {
  /** What was read last. */
  view(): FleetView
  /** Of any worker. */
  setDrain(worker: string, drain: boolean, user: string): Promise<void>
  /** Moves a channel to a worker: that one gets ready first. null: it may run anywhere. */
  move(channel: string, worker: string | null, user: string): Promise<void>
  /** The oldest first. `afterId` null: the newest ones. */
  events(afterId: string | null, limit: number): Promise<readonly FleetEventView[]>
}
