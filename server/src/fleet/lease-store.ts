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

/** A registration or a renewal: a worker numbers them, so that a store that is not as it was left is known by them. */
export interface Heartbeat {
  /** Counts on in a process, over all that were sent. */
  readonly number: number
  /** The last one whose answer the worker has; 0: none. */
  readonly confirmed: number
  /** The highest epoch that the worker has seen. */
  readonly seenEpoch: bigint
  readonly facts: WorkerFacts
}

/** What a worker knows when it asks for a lease; worker-rules.ts has the reasons. */
export interface Standing {
  /** The number of its last confirmed heartbeat: the store must have that one as the last, too. */
  readonly beat: number
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
       * the worker's name. `given-back`: the worker has released the channel meanwhile.
       */
      readonly reason: 'held' | 'not-attended' | 'discontinuity' | 'replaced' | 'given-back'
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
  /** The store knew of this lease only from the past, and has it back from the worker; up to the next acquire. */
  readonly claimed: boolean
}

export type Renewed =
  /** Another process has the worker's name. */
  | { readonly known: false }
  | {
      readonly known: true
      /** When this heartbeat was executed, by the store's clock, ms. */
      readonly storeAt: number
      /**
       * The store has known all that this worker has confirmed, without a break. It says no until the worker has heard
       * that from an answer.
       */
      readonly continuous: boolean
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
   * it when they ended less than a TTL ago. Rejects with ERR_WORKER_NAME_IN_USE, with ERR_FLEET_TTL where the living
   * workers have another TTL, and with ERR_STORE_SCHEMA where the store is of a version that this one does not take.
   */
  register(worker: Worker, previous: readonly string[], heartbeat: Heartbeat): Promise<void>
  acquire(worker: Worker, channel: string, standing: Standing): Promise<Acquired>
  /** The heartbeat of the worker, and all of its leases, in one statement. */
  renew(worker: Worker, leases: readonly HeldLease[], heartbeat: Heartbeat): Promise<Renewed>
  /**
   * Gives a lease back; `successor`: only that worker may take it for the next TTL, except where the lease had expired,
   * or had been claimed: then a better claim may be on its way, and nobody takes it without having watched for a TTL.
   * false: it was not this worker's.
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
