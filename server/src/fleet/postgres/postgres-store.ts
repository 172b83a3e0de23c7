/** The store of leases in PostgreSQL. */
import type { Clock } from 'rxgst/checks'
import type {
  Acquired,
  Heartbeat,
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
import { nameInUse, otherTtl } from '../refusals.js'
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
  /**
   * For a connection and a statement together, ms; a heartbeat has half of it. Default: a sixth of the TTL, so that a
   * heartbeat that is lost can be sent again in time.
   */
  readonly timeoutMs?: number | undefined
}

export class PostgresStore implements LeaseStore {
  private readonly listener: Listener

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
    this.listener = new Listener({ database: this.database, clock, pollMs: ttlMs / RENEW_PARTS })
  }

  async register({ name, session }: Worker, previous: readonly string[], heartbeat: Heartbeat): Promise<void> {
    const { ttlMs } = this.options
    await checkSchema(this.database)
    const { number, seenEpoch, facts } = heartbeat
    const [row] = await this.database.urgent<{ named: boolean; other_ttl_ms: number | null }>(REGISTER, [
      ...[name, session, previous, ttlMs, number, seenEpoch, ...factsOf(facts)],
    ])
    const { named, other_ttl_ms: otherMs } = row!
    if (otherMs !== null) throw otherTtl(name, ttlMs, otherMs)
    if (!named) throw nameInUse(name)
  }

  async acquire({ name, session }: Worker, channel: string, standing: Standing): Promise<Acquired> {
    const { beat, ageMs, attendedMs, seenEpoch } = standing
    const [row] = await this.database.query<AcquireRow>(ACQUIRE, [
      ...[name, session, channel, this.options.ttlMs, beat, ageMs, attendedMs, seenEpoch],
    ])
    const { epoch, known, continuous, attended, holder, free } = row!
    if (epoch !== null) return { granted: true, epoch: BigInt(epoch) }
    // Free for a worker that may take it, and yet not granted: another was faster by a moment.
    const reason = !known ? 'replaced' : !continuous ? 'discontinuity' : free && !attended ? 'not-attended' : 'held'
    return { granted: false, reason, holder }
  }

  async renew({ name, session }: Worker, leases: readonly HeldLease[], heartbeat: Heartbeat): Promise<Renewed> {
    const { number, confirmed, seenEpoch, facts } = heartbeat
    const [row] = await this.database.urgent<RenewRow>(RENEW, [
      ...[name, session, leases.map(({ channel }) => channel), leases.map(({ epoch }) => epoch)],
      ...[this.options.ttlMs, number, confirmed, seenEpoch, ...factsOf(facts)],
    ])
    if (!row) return { known: false }
    return {
      ...{ known: true, storeAt: row.store_at, continuous: row.continuous },
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
    return this.listener.watch(onChange)
  }

  async close(): Promise<void> {
    this.listener.end()
    await this.database.close()
  }
}

const factsOf = ({ version, load, draining, capacity }: WorkerFacts) => [
  ...[version, load, draining, JSON.stringify(capacity)],
]

interface AcquireRow {
  readonly epoch: string | null
  readonly known: boolean
  readonly continuous: boolean
  readonly attended: boolean
  readonly holder: string | null
  readonly free: boolean
}

interface RenewRow {
  readonly store_at: number
  readonly continuous: boolean
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
