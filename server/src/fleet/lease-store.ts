/**
 * The store of leases: who may connect a channel's targets. A lease gates connecting, never continuing: nothing here
 * ends a stream that is live.
 *
 * The rules of the store are in store-rules.ts, those of a worker in worker-rules.ts.
 */

/** A worker as the store knows it: a name for people, and the UUID of the process that has the name now. */
export interface Worker {
  readonly name: string
  readonly session: string
}

/** What a worker tells of itself. */
export interface WorkerFacts {
  readonly version: string
  /** 0 to 1, of its capacity. */
  readonly load: number
  /** It takes no channels, and gives away those that it has. */
  readonly draining: boolean
  /** What it can carry, such as cores and encoder sessions. Plain data without secrets. */
  readonly capacity: Readonly<Record<string, number>>
}

export interface WorkerView extends WorkerFacts {
  readonly name: string
  /** Time since its last heartbeat by the store's clock, ms. */
  readonly silentMs: number
}

export interface LeaseView {
  readonly channel: string
  readonly epoch: bigint
  /** null: released. */
  readonly holder: string | null
  /** By the store's clock, ms; negative: it has expired. */
  readonly expiresInMs: number
  /** The worker that it was handed over to, and that has not taken it yet. */
  readonly reservedFor: string | null
}

/** What a worker knows when it asks for a lease; worker-rules.ts has the reasons. */
export interface Standing {
  /** Since its last confirmed heartbeat was sent, ms, by its own monotonic clock. */
  readonly ageMs: number
  /** How long its heartbeats have been confirmed without a gap, ms. */
  readonly attendedMs: number
  /** The highest epoch that it has seen. */
  readonly seenEpoch: bigint
}

export type Acquired =
  | { readonly granted: true; readonly epoch: bigint }
  | {
      readonly granted: false
      /**
       * `held`: by another worker, or kept for one. `not-attended`: the worker has watched for too short a time to take
       * what it does not hold. `discontinuity`: the store is not as the worker left it. `replaced`: another process has
       * the worker's name.
       */
      readonly reason: 'held' | 'not-attended' | 'discontinuity' | 'replaced'
      /** null: not known, or nobody. */
      readonly holder: string | null
    }

export interface HeldLease {
  readonly channel: string
  readonly epoch: bigint
}

export interface RenewedLease {
  readonly channel: string
  /** false: it is another's now. */
  readonly kept: boolean
  /** Of the store: with `kept` the worker's, which may be a later one than it asked for. */
  readonly epoch: bigint
  readonly holder: string | null
  /** The store knew of this lease only from the past, and has it back from the worker. */
  readonly claimed: boolean
}

export type Renewed =
  /** Another process has the worker's name. */
  | { readonly known: false }
  | {
      readonly known: true
      /** Between the last heartbeat that the store has and this one, by the store's clock, ms. */
      readonly elapsedMs: number
      /** The highest epoch that any worker has seen. */
      readonly seenEpoch: bigint
      readonly leases: readonly RenewedLease[]
    }

/** A change that another worker made. null: look at everything. */
export interface StoreChange {
  readonly table: 'leases' | 'channels' | 'workers' | 'events'
  readonly key: string
}

export interface LeaseStore {
  /**
   * Takes the name for this process. `previous`: sessions of this worker's earlier processes, whose leases go over to
   * it when they ended less than a TTL ago. Rejects with ERR_WORKER_NAME_IN_USE, and with ERR_STORE_SCHEMA where the
   * store is of a version that this one does not take.
   */
  register(worker: Worker, previous: readonly string[], facts: WorkerFacts, seenEpoch: bigint): Promise<void>
  acquire(worker: Worker, channel: string, standing: Standing): Promise<Acquired>
  /** The heartbeat of the worker, and all of its leases, in one statement. */
  renew(worker: Worker, leases: readonly HeldLease[], facts: WorkerFacts, seenEpoch: bigint): Promise<Renewed>
  /**
   * Gives a lease back; `successor`: only that worker may take it for the next TTL. false: it was not this worker's.
   */
  release(worker: Worker, lease: HeldLease, successor: string | null): Promise<boolean>
  /** Takes the worker off the list. It has released its leases before. */
  leave(worker: Worker): Promise<void>
  leases(): Promise<readonly LeaseView[]>
  workers(): Promise<readonly WorkerView[]>
  /**
   * Calls back on changes by others, soon but not surely: who relies on them polls as well. Returns how to end that.
   */
  watch(onChange: (change: StoreChange | null) => void): () => void
  close(): Promise<void>
}
