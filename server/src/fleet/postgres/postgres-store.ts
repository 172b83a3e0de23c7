/** The store of leases in PostgreSQL. */
import type { Clock } from 'rxgst/checks'
import type {
  Acquired,
  HeldLease,
  LeaseStore,
  LeaseView,
  Renewed,
  Standing,
  StoreChange,
  Worker,
  WorkerFacts,
  WorkerView,
} from '../lease-store.js'
import { nameInUse } from '../name-in-use.js'
import { RENEW_PARTS } from '../worker-rules.js'
import { parseAddress } from './address.js'
import { Database } from './database.js'
import { Listener } from './listener.js'
import { checkSchema } from './schema.js'
import { ACQUIRE, LEASES, LEAVE, REGISTER, RELEASE, RENEW, WORKERS } from './statements.js'

export interface PostgresStoreOptions {
  /** postgres://… with its password. */
  readonly url: string
  readonly ttlMs: number
  readonly clock: Clock
  /** Of the worker, for pg_stat_activity. */
  readonly name: string
  /** For a connection and a statement together, ms. Default: a part of the TTL that leaves time for another one. */
  readonly timeoutMs?: number | undefined
}

export class PostgresStore implements LeaseStore {
  private readonly listeners = new Set<Listener>()

  readonly database: Database

  /** Connects to nothing yet. Throws ERR_STORE_URL. */
  constructor(private readonly options: PostgresStoreOptions) {
    const { url, ttlMs, clock, name, timeoutMs = ttlMs / RENEW_PARTS } = options
    this.database = new Database({
      address: parseAddress(url),
      timeoutMs,
      applicationName: `rxgst ${name}`,
      clock,
    })
  }

  async register(
    { name, session }: Worker,
    previous: readonly string[],
    facts: WorkerFacts,
    seenEpoch: bigint,
  ): Promise<void> {
    await checkSchema(this.database)
    const { version, load, draining, capacity } = facts
    const [row] = await this.database.query<{ named: boolean }>(REGISTER, [
      ...[name, session, previous, this.options.ttlMs, seenEpoch],
      ...[version, load, draining, JSON.stringify(capacity)],
    ])
    if (row!.named) return
    throw nameInUse(name)
  }

  async acquire({ name, session }: Worker, channel: string, standing: Standing): Promise<Acquired> {
    const { ageMs, attendedMs, seenEpoch } = standing
    const [row] = await this.database.query<AcquireRow>(ACQUIRE, [
      ...[name, session, channel, this.options.ttlMs, ageMs, attendedMs, seenEpoch],
    ])
    const { epoch, known, continuous, alone, holder, free } = row!
    if (epoch !== null) return { granted: true, epoch: BigInt(epoch) }
    // Free for a worker that may take it, and yet not granted: another was faster by a moment.
    const attended = alone || attendedMs >= this.options.ttlMs
    const reason = !known ? 'replaced' : !continuous ? 'discontinuity' : free && !attended ? 'not-attended' : 'held'
    return { granted: false, reason, holder }
  }

  async renew(
    { name, session }: Worker,
    leases: readonly HeldLease[],
    facts: WorkerFacts,
    seenEpoch: bigint,
  ): Promise<Renewed> {
    const { version, load, draining, capacity } = facts
    const [row] = await this.database.query<RenewRow>(RENEW, [
      ...[name, session, leases.map(({ channel }) => channel), leases.map(({ epoch }) => epoch)],
      ...[this.options.ttlMs, seenEpoch, version, load, draining, JSON.stringify(capacity)],
    ])
    if (!row) return { known: false }
    return {
      known: true,
      elapsedMs: row.elapsed_ms,
      seenEpoch: BigInt(row.seen_epoch),
      leases: row.leases.map(lease => ({ ...lease, epoch: BigInt(lease.epoch) })),
    }
  }

  async release({ session }: Worker, { channel, epoch }: HeldLease, successor: string | null): Promise<boolean> {
    return (await this.database.query(RELEASE, [session, channel, epoch, successor])).length > 0
  }

  async leave({ name, session }: Worker): Promise<void> {
    await this.database.query(LEAVE, [name, session])
  }

  async leases(): Promise<readonly LeaseView[]> {
    const rows = await this.database.query<LeaseRow>(LEASES)
    return rows.map(({ channel, epoch, holder, reserved_for, expires_in_ms }) => ({
      ...{ channel, holder, epoch: BigInt(epoch), reservedFor: reserved_for, expiresInMs: expires_in_ms },
    }))
  }

  async workers(): Promise<readonly WorkerView[]> {
    const rows = await this.database.query<WorkerFacts & { name: string; silent_ms: number }>(WORKERS)
    return rows.map(({ silent_ms, ...worker }) => ({ ...worker, silentMs: silent_ms }))
  }

  watch(onChange: (change: StoreChange | null) => void): () => void {
    const { clock, ttlMs } = this.options
    const listener = new Listener({ database: this.database, clock, pollMs: ttlMs / RENEW_PARTS, onChange })
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
      listener.end()
    }
  }

  async close(): Promise<void> {
    for (const listener of this.listeners) listener.end()
    this.listeners.clear()
    await this.database.close()
  }
}

interface AcquireRow {
  readonly epoch: string | null
  readonly known: boolean
  readonly continuous: boolean
  readonly alone: boolean
  readonly holder: string | null
  readonly free: boolean
}

interface RenewRow {
  readonly elapsed_ms: number
  readonly seen_epoch: string
  readonly leases: readonly {
    readonly channel: string
    readonly kept: boolean
    readonly epoch: string
    readonly holder: string | null
    readonly claimed: boolean
  }[]
}

interface LeaseRow {
  readonly channel: string
  readonly epoch: string
  readonly holder: string | null
  readonly reserved_for: string | null
  readonly expires_in_ms: number
}
