/** rxgst fleet: migrates the store of a fleet, and shows what is in it. Neither needs a running server. */
import type { Command } from 'commander'
import { systemClock } from 'rxgst/checks'
import { parseAddress } from '../fleet/postgres/address.js'
import { Database } from '../fleet/postgres/database.js'
import { PostgresState } from '../fleet/postgres/postgres-state.js'
import { PostgresStore } from '../fleet/postgres/postgres-store.js'
import { checkSchema, migrate } from '../fleet/postgres/schema.js'
import { failWith, printable, usageExit } from './exit.js'
import { fleetTable, fleetRows, type FleetRows } from './fleet-table.js'
import { fleetUrl, type GivenUrl } from './fleet-url.js'

/** For a connection and a statement together. */
const TIMEOUT_MS = 10_000
const DEFAULT_TTL_MS = 15_000

interface Given extends GivenUrl {
  readonly json?: boolean
}

export function registerFleet(program: Command): void {
  const fleet = usageExit(program.command('fleet')).description('the store of a fleet: its schema, and what is in it')

  /** A command under fleet; what goes wrong is told, and sets the exit status. */
  const command = (name: string, description: string, act: (url: string, json: boolean) => Promise<void>) => {
    usageExit(fleet.command(name))
      .description(description)
      .argument('[url]', 'address of the store: postgres://user:password@host/database?sslmode=verify-full')
      .option('--url-file <file>', 'the file that has the address')
      .option('--json', 'answer in JSON')
      .addHelpText(
        'after',
        '\nWithout an address RXGST_FLEET_URL has it. ${env:NAME} and ${file:/path} in it stand for secrets.\n' +
          'Exit status: 0 done, 1 the store refused, 2 wrong arguments, 3 no store answers.',
      )
      .action(async (url: string | undefined, given: Given) => {
        const json = given.json === true
        try {
          await act(await fleetUrl({ url, urlFile: given.urlFile }, process.env), json)
        } catch (error) {
          failWith(error, json)
        }
      })
  }
  command('migrate', 'brings the schema of the store up to date, as its owner; tells the steps', migrateStore)
  command('status', 'tells the workers and channels of the fleet', showStatus)
}

async function migrateStore(url: string, json: boolean): Promise<void> {
  await using database = open(url)
  const steps = await migrate(database)
  if (json) console.log(JSON.stringify({ steps }))
  else console.log(steps.length === 0 ? 'the schema is up to date' : steps.map(step => `applied ${step}`).join('\n'))
}

async function showStatus(url: string, json: boolean): Promise<void> {
  const rows = await readFleet(url)
  console.log(json ? JSON.stringify(rows) : fleetTable(rows).map(printable).join('\n'))
}

async function readFleet(url: string): Promise<FleetRows> {
  await using database = open(url)
  await checkSchema(database)
  const state = new PostgresState(database)
  const ttlMs = (await state.ttlMs()) ?? DEFAULT_TTL_MS
  const store = new PostgresStore({ url, ttlMs, timeoutMs: TIMEOUT_MS, clock: systemClock, name: 'fleet status' })
  try {
    const [workers, leases] = [await store.workers(), await store.leases()]
    return fleetRows({ ttlMs, workers, leases, channels: await state.channels(), drains: await state.drains() })
  } finally {
    await store.close()
  }
}

function open(url: string): Database & AsyncDisposable {
  const address = parseAddress(url)
  const database = new Database({ address, timeoutMs: TIMEOUT_MS, applicationName: 'rxgst fleet', clock: systemClock })
  return Object.assign(database, { [Symbol.asyncDispose]: () => database.close() })
}
