import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock, type Clock } from 'rxgst/checks'
import { until } from '../../../test/support/until.js'
import { startPostgres, postgresPrograms, type Postgres } from '../../../test/support/peers/postgres.js'
import type { Heartbeat, Standing, Worker, WorkerFacts } from '../../src/fleet/lease-store.js'
import { parseAddress } from '../../src/fleet/postgres/address.js'
import { Database } from '../../src/fleet/postgres/database.js'
import { PostgresStore } from '../../src/fleet/postgres/postgres-store.js'
import { migrate, type Step } from '../../src/fleet/postgres/schema.js'

export const hasPostgres = postgresPrograms !== null
if (!hasPostgres) console.log('skipped: PostgreSQL is not installed (Debian: postgresql)')

export const FACTS: WorkerFacts = { version: '0.1.0', load: 0.25, draining: false, capacity: { cores: 2 } }
/** A worker that has watched for long, and was confirmed by its registration, a minute ago at the most. */
export const READY: Standing = { beat: 1, ageMs: 60_000, attendedMs: 3_600_000, seenEpoch: 0n }
/** A worker's heartbeat of that number, which has the answer of the one before. */
export const heartbeat = (number = 1, seenEpoch = 0n): Heartbeat => ({
  ...{ number, confirmed: number - 1, seenEpoch, facts: FACTS },
})
const PATIENCE_MS = 30_000
const WORKER_PASSWORD = 'pass word/of:workers'
const OWNER_PASSWORD = 'password of the owner'
const DATABASE = 'rxgst'

export interface Fleet extends AsyncDisposable {
  readonly postgres: Postgres
  readonly ownerUrl: string
  readonly workerUrl: string
  store(name: string, options?: { ttlMs?: number; timeoutMs?: number; clock?: Clock; url?: string }): PostgresStore
  /** Statements of the superuser in the fleet's database. */
  sql(text: string): Promise<Record<string, unknown>[]>
  /** The store's clock is later by so much from now on. */
  setClock(laterMs: number): Promise<void>
  migrate(steps?: readonly Step[]): Promise<readonly string[]>
  /** Resolves when the store of this name hears of changes. */
  listens(name: string): Promise<void>
}

/** A cluster with the roles of roles.sql and the schema of the package. */
export async function startFleet(): Promise<Fleet> {
  const postgres = await startPostgres()
  await postgres.script(join('server', 'fleet', 'roles.sql'), {
    owner_password: OWNER_PASSWORD,
    worker_password: WORKER_PASSWORD,
  })
  const ownerUrl = postgres.url({ user: 'rxgst_owner', password: OWNER_PASSWORD, database: DATABASE })
  const workerUrl = postgres.url({ user: 'rxgst_fleet', password: WORKER_PASSWORD, database: DATABASE })
  const stores: PostgresStore[] = []
  const fleet: Fleet = {
    ...{ postgres, ownerUrl, workerUrl },
    // Its own limit is for a calm machine: tests of it name one.
    store: (name, { ttlMs = 15_000, timeoutMs = PATIENCE_MS, clock = systemClock, url = workerUrl } = {}) => {
      const store = new PostgresStore({ url, ttlMs, timeoutMs, clock, name })
      stores.push(store)
      return store
    },
    sql: text => postgres.sql(text, DATABASE),
    setClock: async laterMs => {
      const body = `$$ SELECT clock_timestamp() + ${laterMs} * interval '1 ms' $$`
      await fleet.sql(`CREATE OR REPLACE FUNCTION rxgst.clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS ${body}`)
    },
    listens: name =>
      until(
        async () => {
          const said = "state = 'idle' AND query IN ('LISTEN rxgst_fleet', 'SELECT 1')"
          const own = `application_name = 'rxgst ${name}' AND ${said}`
          return (await fleet.sql(`SELECT FROM pg_stat_activity WHERE ${own}`)).length > 0
        },
        { timeout: 60_000, what: `${name} to listen` },
      ).then(() => {}),
    migrate: async steps => {
      const database = databaseOf(ownerUrl)
      try {
        return await migrate(database, steps)
      } finally {
        await database.close()
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(stores.map(store => store.close().catch(() => {})))
      await postgres[Symbol.asyncDispose]()
      // Thousands of files: at the exit of the process they would hold it up.
      await rm(postgres.folder, { recursive: true, force: true })
    },
  }
  await fleet.migrate()
  return fleet
}

export function databaseOf(url: string, timeoutMs = 20_000): Database {
  return new Database({ address: parseAddress(url), timeoutMs, applicationName: 'test', clock: systemClock })
}

export const newWorker = (name: string): Worker => ({ name, session: randomUUID() })
