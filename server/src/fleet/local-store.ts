/**
 * The store of one host: leases are those of the one process that has the lock on the state folder. The same rules as
 * of the store of many hosts, in memory; only the epochs outlive the process.
 */
import type { Clock } from 'rxgst/checks'
import type {
  Acquired,
  HeldLease,
  LeaseStore,
  LeaseView,
  Renewed,
  RenewedLease,
  Standing,
  StoreChange,
  Worker,
  WorkerFacts,
  WorkerView,
} from './lease-store.js'
import { nameInUse } from './name-in-use.js'
import {
  acquireLease,
  highest,
  registerWorker,
  releaseLease,
  renewLease,
  type LeaseRow,
  type WorkerRow,
} from './store-rules.js'

interface LocalWorker extends WorkerRow {
  readonly facts: WorkerFacts
}

export class LocalStore implements LeaseStore {
  private readonly leaseRows = new Map<string, LeaseRow>()
  private readonly workerRows = new Map<string, LocalWorker>()
  private readonly watchers = new Set<(change: StoreChange | null) => void>()

  constructor(private readonly options: { readonly clock: Clock; readonly ttlMs: number }) {}

  async register({ name, session }: Worker, previous: readonly string[], facts: WorkerFacts, seenEpoch: bigint) {
    const now = this.options.clock.now()
    const worker = this.workerRows.get(name) ?? null
    const { taken, inherits } = registerWorker({ worker, session, previous, now })
    if (taken) throw nameInUse(name)
    if (worker && inherits) {
      for (const [channel, row] of this.leaseRows) {
        if (row.session === worker.session) this.leaseRows.set(channel, { ...row, session })
      }
    }
    this.beat({ name, session }, facts, highest(worker?.seenEpoch ?? 0n, seenEpoch))
    this.tell({ table: 'workers', key: name })
  }

  async acquire({ name, session }: Worker, channel: string, standing: Standing): Promise<Acquired> {
    const { clock, ttlMs } = this.options
    const row = this.leaseRows.get(channel) ?? null
    const verdict = acquireLease({
      ...{ row, name, session, ttlMs, ageMs: standing.ageMs, attendedMs: standing.attendedMs },
      worker: this.workerRows.get(name) ?? null,
      seenEpoch: highest(standing.seenEpoch, this.seenEpoch()),
      alone: ![...this.workerRows.keys()].some(other => other !== name),
      now: clock.now(),
      clockEpoch: BigInt(clock.unix()),
    })
    if (!verdict.granted) return { ...verdict, holder: row?.holder ?? null }
    this.put(channel, verdict.row)
    return { granted: true, epoch: verdict.row.epoch }
  }

  async renew(worker: Worker, held: readonly HeldLease[], facts: WorkerFacts, seenEpoch: bigint): Promise<Renewed> {
    const { clock, ttlMs } = this.options
    const { name, session } = worker
    const row = this.workerRows.get(name)
    if (row?.session !== session) return { known: false }
    const now = clock.now()
    const leases = held.map(({ channel, epoch }): RenewedLease => {
      const before = this.leaseRows.get(channel) ?? null
      const kept = renewLease({ row: before, name, session, epoch, ttlMs, now })
      if (!kept) return { channel, kept: false, epoch: before!.epoch, holder: before!.holder, claimed: false }
      this.put(channel, kept.row)
      return { channel, kept: true, epoch: kept.row.epoch, holder: name, claimed: kept.claimed }
    })
    this.beat(worker, facts, highest(row.seenEpoch, seenEpoch))
    const kept = leases.flatMap(lease => (lease.kept ? [lease.epoch] : []))
    return { known: true, elapsedMs: now - row.heartbeatAt, seenEpoch: highest(this.seenEpoch(), ...kept), leases }
  }

  async release({ session }: Worker, { channel, epoch }: HeldLease, successor: string | null): Promise<boolean> {
    const now = this.options.clock.now()
    const row = releaseLease(this.leaseRows.get(channel) ?? null, { session, epoch, successor, now })
    if (row) this.put(channel, row)
    return row !== null
  }

  async leave({ name, session }: Worker): Promise<void> {
    if (this.workerRows.get(name)?.session === session && this.workerRows.delete(name)) {
      this.tell({ table: 'workers', key: name })
    }
  }

  async leases(): Promise<readonly LeaseView[]> {
    const now = this.options.clock.now()
    return [...this.leaseRows].map(([channel, { epoch, holder, reservedFor, expiresAt }]) => ({
      ...{ channel, epoch, holder, reservedFor, expiresInMs: expiresAt - now },
    }))
  }

  async workers(): Promise<readonly WorkerView[]> {
    const now = this.options.clock.now()
    return [...this.workerRows].map(([name, { facts, heartbeatAt }]) => ({
      ...facts,
      name,
      silentMs: now - heartbeatAt,
    }))
  }

  watch(onChange: (change: StoreChange | null) => void): () => void {
    this.watchers.add(onChange)
    return () => void this.watchers.delete(onChange)
  }

  async close(): Promise<void> {
    this.watchers.clear()
  }

  private beat({ name, session }: Worker, facts: WorkerFacts, seenEpoch: bigint): void {
    const { clock, ttlMs } = this.options
    this.workerRows.set(name, { session, facts, seenEpoch, ttlMs, heartbeatAt: clock.now() })
  }

  private put(channel: string, row: LeaseRow): void {
    const before = this.leaseRows.get(channel)
    this.leaseRows.set(channel, row)
    if (before?.session !== row.session || before.epoch !== row.epoch) this.tell({ table: 'leases', key: channel })
  }

  private seenEpoch(): bigint {
    return highest(...[...this.workerRows.values()].map(({ seenEpoch }) => seenEpoch))
  }

  private tell(change: StoreChange): void {
    for (const watcher of this.watchers) watcher(change)
  }
}
