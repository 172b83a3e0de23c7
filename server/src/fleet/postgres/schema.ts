/**
 * The schema of the store: dated steps, each applied once and as a whole, by the owner of the schema. Workers apply
 * none. A worker takes a schema that is newer than itself, as long as no step says that it may not: so a fleet is
 * upgraded by a migration first, and then worker after worker.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from 'pg'
import type { Database } from './database.js'
import { schemaProblem } from './problems.js'

/** Those of the package: dist/src/fleet/postgres of it, or dist/server/src/fleet/postgres of a checkout. */
const FOLDERS = ['../../../../fleet', '../../../../../server/fleet'].map(path =>
  fileURLToPath(new URL(path, import.meta.url)),
)
/** The newest step that this version needs. */
export const SCHEMA_VERSION = 2
/** Of two that migrate, one waits. */
const LOCK = 'SELECT pg_advisory_xact_lock(7216, 1)'
/** A step may move a table. */
const STEP_TIMEOUT_MS = 600_000
/** For a network that is cut: the server cannot say then that a step took too long. */
const MIGRATION_TIMEOUT_MS = 1_800_000

export interface Step {
  /** Counts from 1, in the order of the files' names. */
  readonly version: number
  readonly name: string
  /** Workers of an older one refuse the schema from this step on. */
  readonly minVersion: number
  readonly sql: string
}

/** Of the package, or of a folder of its own. */
export async function readSteps(folder?: string): Promise<readonly Step[]> {
  const root = folder ?? join(await packageFolder(), 'migrations')
  const files = (await readdir(root)).filter(file => /^\d{4}-\d\d-\d\d-\d\d-[a-z0-9-]+\.sql$/.test(file)).sort()
  return Promise.all(
    files.map(async (file, index) => {
      const sql = await readFile(join(root, file), 'utf8')
      const min = /^--.*\bmin_version: (\d+)$/m.exec(sql)
      if (!min) throw new Error(`${file} has no line with its min_version`)
      return { version: index + 1, name: file.slice(0, -4), minVersion: Number(min[1]), sql }
    }),
  )
}

async function packageFolder(): Promise<string> {
  for (const folder of FOLDERS) {
    const files = await readdir(folder).catch((): string[] => [])
    if (files.includes('grants.sql')) return folder
  }
  throw new Error('the package has no folder fleet')
}

/** The names of the steps that were applied now. Rejects with Problem. */
export async function migrate(database: Database, steps?: readonly Step[]): Promise<readonly string[]> {
  const wanted = steps ?? (await readSteps())
  const grants = await readFile(join(await packageFolder(), 'grants.sql'), 'utf8')
  return database.session(MIGRATION_TIMEOUT_MS, async client => {
    await client.query(`SET statement_timeout = ${STEP_TIMEOUT_MS}; SET lock_timeout = ${STEP_TIMEOUT_MS}`)
    await client.query('SET idle_in_transaction_session_timeout = 60000')
    return applied(client, wanted, grants)
  })
}

async function applied(client: Client, steps: readonly Step[], grants: string): Promise<readonly string[]> {
  const names: string[] = []
  await client.query('BEGIN')
  await client.query(LOCK)
  const done = (await state(text => client.query(text)))?.version ?? 0
  for (const { version, name, minVersion, sql } of steps) {
    if (version <= done) continue
    await client.query(sql)
    await client.query('INSERT INTO rxgst.schema_version (version, name, min_version) VALUES ($1, $2, $3)', [
      version,
      name,
      minVersion,
    ])
    names.push(name)
  }
  const { rows } = await client.query("SELECT FROM pg_roles WHERE rolname = 'rxgst_worker'")
  if (rows.length > 0) await client.query(grants)
  await client.query('COMMIT')
  return names
}

interface SchemaState {
  readonly version: number
  readonly min: number
}

/** null: there is no schema. */
async function state(
  query: (text: string) => Promise<{ rows: Record<string, unknown>[] }>,
): Promise<SchemaState | null> {
  const { rows: found } = await query("SELECT to_regclass('rxgst.schema_version') IS NOT NULL AS found")
  if (found[0]?.['found'] !== true) return null
  const { rows } = await query('SELECT max(version) AS version, max(min_version) AS min FROM rxgst.schema_version')
  return rows[0] as unknown as SchemaState
}

/** Rejects with ERR_STORE_SCHEMA where a worker of this version cannot use the schema. */
export async function checkSchema(database: Database, ownVersion = SCHEMA_VERSION): Promise<void> {
  const now = await state(async text => ({ rows: await database.query(text) }))
  if (now === null) throw schemaProblem('it has none', database.shown)
  if (now.version < ownVersion) {
    throw schemaProblem(`it is of version ${now.version}, and ${ownVersion} is needed`, database.shown)
  }
  if (now.min > ownVersion) {
    throw schemaProblem(`it needs workers of version ${now.min}, and this is ${ownVersion}`, database.shown)
  }
}
