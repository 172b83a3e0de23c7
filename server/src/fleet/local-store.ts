/**
 * The store of one host: leases are those of the one process that has the lock on the state folder. The same rules as
 * of the store of many hosts, in memory; only the epochs outlive the process.
 */
import type { Clock } from 'rxgst/checks'
import type {
  Acquired,
  Heartbeat,
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
import { nameInUse, otherTtl } from './refusals.js'
import {
  acquireLease,
  beatWorker,
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

export interface LocalStoreOptions {
  readonly clock: Clock
  readonly ttlMs: number
  /**
   * Whether a worker that is alone waits for a TTL like any other before it takes a lease. Default false: nobody else
   * has the lock, and nothing that is in memory comes from a backup.
   */
  readonly loneWaits?: boolean
}

export class LocalStore implements LeaseStore {
  private readonly leaseRows = new Map<string, LeaseRow>()
  private readonly workerRows = new Map<string, LocalWorker>()
  private readonly watchers = new Set<(change: StoreChange | null) => void>()

  constructor(private readonly options: LocalStoreOptions) {}

  async register({ name, session }: Worker, previous: readonly string[], heartbeat: Heartbeat) {
    const { clock, ttlMs } = this.options
    const worker = this.workerRows.get(name) ?? null
    const others = [...this.workerRows].flatMap(([other, row]) => (other === name ? [] : [row]))
    const { taken, inherits, otherTtlMs } = registerWorker({
      ...{ worker, others, session, previous, ttlMs, beat: heartbeat.number, now: clock.now() },
    })
    if (otherTtlMs !== null) throw otherTtl(name, ttlMs, otherTtlMs)
    if (taken) throw nameInUse(name)
    if (worker && inherits) {
      for (const [channel, row] of this.leaseRows) {
        if (row.session === worker.session) this.leaseRows.set(channel, { ...row, session })
      }
    }
    const { number } = heartbeat
    this.beat({ name, session }, heartbeat, { beat: number, unbrokenSince: number })
    this.tell({ table: 'workers', key: name })
  }

  async acquire({ name, session }: Worker, channel: string, standing: Standing): Promise<Acquired> {
    const { clock, ttlMs, loneWaits = false } = this.options
    const row = this.leaseRows.get(channel) ?? null
    const verdict = acquireLease({
      ...{ row, name, session, ttlMs },
      ...standing,
      worker: this.workerRows.get(name) ?? null,
      seenEpoch: highest(standing.seenEpoch, this.seenEpoch()),
      alone: !loneWaits && ![...this.workerRows.keys()].some(other => other !== name),
      now: clock.now(),
      clockEpoch: BigInt(clock.unix()),
    })
    if (!verdict.granted) return { ...verdict, holder: row?.holder ?? null }
    this.put(channel, verdict.row)
    return { granted: true, epoch: verdict.row.epoch }
  }

  async renew(worker: Worker, held: readonly HeldLease[], heartbeat: Heartbeat): Promise<Renewed> {
    const { clock, ttlMs } = this.options
    const { name, session } = worker
    const row = this.workerRows.get(name)
    if (row?.session !== session) return { known: false }
    const now = clock.now()
    const asked = held.map(({ channel, epoch }) => ({
      ...{ channel, row: this.leaseRows.get(channel) ?? null, name, session, epoch, ttlMs, now },
    }))
    const beaten = beatWorker(row, { ...heartbeat, leases: asked })
    if (!beaten) return { known: false }
    const leases = asked.map((lease): RenewedLease => {
      const { channel, row: before } = lease
      const kept = renewLease(lease)
      if (!kept) return { channel, kept: false, epoch: before!.epoch, holder: before!.holder, claimed: false }
      this.put(channel, kept)
      return { channel, kept: true, epoch: kept.epoch, holder: name, claimed: kept.claimed }
    })
    const { continuous, ...numbers } = beaten
    this.beat(worker, heartbeat, numbers)
    const kept = leases.flatMap(lease => (lease.kept ? [lease.epoch] : []))
    return { known: true, storeAt: now, continuous, seenEpoch: highest(this.seenEpoch(), ...kept), leases }
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

  private beat(
    { name, session }: Worker,
    { facts, seenEpoch }: Heartbeat,
    numbers: Pick<WorkerRow, 'beat' | 'unbrokenSince'>,
  ): void {
    const { clock, ttlMs } = this.options
    const seen = highest(this.workerRows.get(name)?.seenEpoch ?? 0n, seenEpoch)
    this.workerRows.set(name, { session, facts, ttlMs, ...numbers, seenEpoch: seen, heartbeatAt: clock.now() })
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
