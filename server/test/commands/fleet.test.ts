// suite: deep
import { spawn } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { PostgresState } from '../../src/fleet/postgres/postgres-state.js'
import { databaseOf, hasPostgres, heartbeat, newWorker, READY, startFleet, type Fleet } from '../fleet/support.js'

const test = suite('rxgst fleet', { timeout: 240_000 })
const run = hasPostgres ? test : test.skip
/** What people run. */
const PROGRAM = fileURLToPath(new URL('../../../../scripts/rxgst.mjs', import.meta.url))
let fleet: Fleet

test.before(async () => {
  if (hasPostgres) fleet = await startFleet()
})
test.after(async () => fleet?.[Symbol.asyncDispose]())

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PROGRAM, 'fleet', ...args], { env: { ...process.env, ...env } })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text))
  const ended = new Promise<Ended>(resolve => child.on('close', code => resolve({ code, out, err })))
  return { child, ended }
}

async function fleetCommand(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const ended = await start(args, env).ended
  for (const { password } of [new URL(fleet.ownerUrl), new URL(fleet.workerUrl)]) {
    assert.not((ended.out + ended.err).includes(password), 'a password is shown')
    assert.not((ended.out + ended.err).includes(decodeURIComponent(password)), 'a password is shown')
  }
  return ended
}

run('migrate tells the steps that it applied, and none the second time', async () => {
  const { hostname, port } = new URL(fleet.ownerUrl)
  await fleet.postgres.sql('CREATE DATABASE other OWNER rxgst_owner')
  const url = fleet.ownerUrl.replace(/\/rxgst(?=$|\?)/, '/other')
  const file = join(tempDir(), 'url')
  writeFileSync(file, `${url}\n`)
  chmodSync(file, 0o600)
  const first = await fleetCommand(['migrate', '--url-file', file])
  assert.is(first.code, 0, first.err)
  const steps = ['2026-11-27-01-leases', '2026-11-28-01-placements', '2026-11-28-02-idle-rows']
  assert.equal(
    first.out.split('\n').slice(0, 3),
    steps.map(step => `applied ${step}`),
  )
  const again = await fleetCommand(['migrate'], { RXGST_FLEET_URL: url })
  assert.equal([again.code, again.out], [0, 'the schema is up to date\n'], again.err)
  const password = decodeURIComponent(new URL(url).password)
  const parts = `postgres://rxgst_owner:\${env:STORE_PASSWORD}@${hostname}:${port}/other`
  const third = await fleetCommand(['migrate', parts, '--json'], { STORE_PASSWORD: password })
  assert.equal([third.code, JSON.parse(third.out)], [0, { steps: [] }], third.err)
  await fleet.postgres.sql('CREATE DATABASE third')
  const worker = fleet.workerUrl.replace(/\/rxgst(?=$|\?)/, '/third')
  const refused = await fleetCommand(['migrate', '--json'], { RXGST_FLEET_URL: worker })
  assert.is(refused.code, 1)
  assert.is(JSON.parse(refused.err).code, 'ERR_STORE_RIGHTS')
})

run('status tells workers and channels', async () => {
  const store = fleet.store('one', { ttlMs: 120_000, timeoutMs: 30_000 })
  const [one, two] = [newWorker('one'), newWorker('two')]
  for (const worker of [one, two]) await store.register(worker, [], heartbeat())
  const database = databaseOf(fleet.workerUrl)
  const state = new PostgresState(database)
  await state.putChannel('studio', { inputs: [] }, { by: 'one file' })
  await state.putChannel('gate', { inputs: [] }, { by: 'one file' })
  await state.appoint('studio', 'two')
  await state.measured(new Map([['studio', 1.25]]))
  await state.setDrain('two', true, 'anna')
  await state.setDrain('gone', true, 'anna')
  await database.close()
  const acquired = await store.acquire(one, 'studio', { ...READY, ageMs: 20_000 })
  assert.ok(acquired.granted)
  // The workers here send no heartbeats.
  const { code, out, err } = await fleetCommand(['status', '--json'], { RXGST_FLEET_URL: fleet.workerUrl })
  assert.is(code, 0, err)
  const { workers, channels, ttlMs } = JSON.parse(out)
  assert.is(ttlMs, 120_000)
  assert.equal(
    workers.map(({ name, channels: count }: { name: string; channels: number }) => [name, count]),
    [
      ['one', 1],
      ['two', 0],
      ['gone', 0],
    ],
  )
  assert.equal(channels, [
    {
      name: 'gate',
      worker: null,
      standby: null,
      standbyReady: false,
      epoch: null,
      preferredWorker: null,
      costCores: null,
    },
    {
      ...{ name: 'studio', worker: 'one', standby: 'two', standbyReady: false },
      ...{ epoch: String(acquired.granted && acquired.epoch), preferredWorker: null, costCores: 1.25 },
    },
  ])
  await fleet.setClock(600_000)
  const table = await fleetCommand(['status'], { RXGST_FLEET_URL: fleet.workerUrl })
  await fleet.setClock(0)
  assert.match(table.out, /^one +away +0\.1\.0 +25 % +0 +\d+ s ago$/m)
  assert.match(table.out, /^gone +away +– +– +0 +–$/m)
  assert.match(table.out, /^studio +– +two, not ready +– +1\.25 +\d+$/m)
})

run('a password in the arguments is in no list of processes while the command waits', async () => {
  const holder = await databaseOf(fleet.ownerUrl, 120_000).connect()
  await holder.query('BEGIN')
  await holder.query('SELECT pg_advisory_xact_lock(7216, 1)')
  const { child, ended } = start(['migrate', fleet.ownerUrl])
  await until(
    async () => (await fleet.sql("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length > 0,
    { what: 'the command to wait', timeout: 60_000 },
  )
  const line = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')
  assert.not(line.includes(new URL(fleet.ownerUrl).password), line)
  await holder.query('ROLLBACK')
  await holder.end()
  assert.is((await ended).code, 0)
})

run(
  'what is wrong with the address is told without it; a store that is away has an exit status of its own',
  async () => {
    const secret = 'hunter2'
    const file = join(tempDir(), 'url')
    writeFileSync(file, `postgres://u:${secret}@localhost/d\nanother`)
    for (const [args, env, text] of [
      [['status'], {}, 'RXGST_FLEET_URL'],
      [['status', `postgres://u:${secret}@db.example/d`], {}, 'sslmode'],
      [['status', '--url-file', file], {}, 'one line'],
      [['status', '--url-file', '/nowhere'], {}, 'no such file'],
      [['status', `postgres://u:${secret}@localhost/d`, '--url-file', file], {}, 'twice'],
      [['status', `postgres://u:${secret}\${env:ABSENT}@localhost/d`], {}, '${env:ABSENT} is not set'],
    ] as const) {
      const { code, err, out } = await fleetCommand(args, env)
      assert.ok(code === 1 || code === 2, String(code))
      assert.ok(err.includes(text), err)
      assert.not((err + out).includes(secret), err)
    }
    const away = await fleetCommand(['status', `postgres://u:${secret}@127.0.0.1:1/d`])
    assert.is(away.code, 3, away.err)
    assert.not(away.err.includes(secret))
  },
)

test.run()
