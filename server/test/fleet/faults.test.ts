// suite: deep
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { Problem } from '../../src/core/problem.js'
import { parseAddress } from '../../src/fleet/postgres/address.js'
import { checkSchema, readSteps } from '../../src/fleet/postgres/schema.js'
import { databaseOf, hasPostgres, heartbeat, newWorker, READY, startFleet, type Fleet } from './support.js'

const test = suite('faults of the store', { timeout: 120_000 })
const run = hasPostgres ? test : test.skip
const SECRET = 'hunter2 & more'
let fleet: Fleet
/** Numbers of renewals: they grow. */
let beats = 1

test.before(async () => {
  if (hasPostgres) fleet = await startFleet()
})
test.after(async () => fleet?.[Symbol.asyncDispose]())
test.before.each(async () => {
  if (hasPostgres) await fleet.sql('TRUNCATE rxgst.workers, rxgst.leases')
})

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const result = await work.then(
    () => 'no error',
    (error: unknown) => error,
  )
  assert.instance(result, Problem, String(result))
  return result as Problem
}

run('a wrong password is told without it, and without the address', async () => {
  const url = fleet.postgres.url({ user: 'rxgst_fleet', password: SECRET, database: 'rxgst' })
  const store = fleet.store('one', { url })
  const problem = await problemOf(store.register(newWorker('one'), [], heartbeat()))
  assert.is(problem.code, 'ERR_STORE_LOGIN')
  const shown = inspect(problem, { depth: 10, showHidden: true }) + JSON.stringify(problem)
  for (const secret of [SECRET, encodeURIComponent(SECRET), 'hunter2']) assert.not(shown.includes(secret), shown)
  assert.ok(problem.message.includes(`127.0.0.1:${fleet.postgres.port}/rxgst`))
})

run('who has no rights hears so: the owner migrates, workers do not, and no event is taken back', async () => {
  await fleet.sql("CREATE ROLE stranger LOGIN PASSWORD 'x'; GRANT CONNECT ON DATABASE rxgst TO stranger")
  const url = fleet.postgres.url({ user: 'stranger', password: 'x', database: 'rxgst' })
  const problem = await problemOf(fleet.store('one', { url }).register(newWorker('one'), [], heartbeat()))
  assert.is(problem.code, 'ERR_STORE_RIGHTS')
  const worker = databaseOf(fleet.workerUrl)
  for (const statement of [
    'DELETE FROM rxgst.events',
    `INSERT INTO rxgst.events (id, worker, type, message) OVERRIDING SYSTEM VALUE VALUES (9e18, 'x', 'x', 'x')`,
    `INSERT INTO rxgst.events (at, worker, type, message) VALUES ('2000-01-01', 'x', 'x', 'x')`,
    'UPDATE rxgst.events SET message = null',
    'DELETE FROM rxgst.leases',
    'TRUNCATE rxgst.leases',
    'CREATE TABLE rxgst.mine (id int)',
    'CREATE TABLE public.mine (id int)',
    'CREATE SCHEMA mine',
    'DROP FUNCTION rxgst.clock()',
    'UPDATE rxgst.schema_version SET min_version = 99',
    'SELECT * FROM pg_authid',
  ]) {
    assert.is((await problemOf(worker.query(statement))).code, 'ERR_STORE_RIGHTS', statement)
  }
  await worker.query('SELECT rxgst.prune_events()')
  await worker.close()
})

run('a lock that is held, and a statement without end, are given up in time; the next statement works', async () => {
  const store = fleet.store('locked', { ttlMs: 6000, timeoutMs: 1000 })
  const worker = newWorker('locked')
  await fleet.store('patient', { ttlMs: 6000, timeoutMs: 60_000 }).register(worker, [], heartbeat())
  const holder = await databaseOf(fleet.ownerUrl).connect()
  await holder.query('BEGIN')
  await holder.query('LOCK TABLE rxgst.workers IN ACCESS EXCLUSIVE MODE')
  const from = performance.now()
  const problem = await problemOf(store.renew(worker, [], heartbeat((beats += 1))))
  const tookMs = performance.now() - from
  assert.is(problem.code, 'ERR_STORE_TIMEOUT')
  assert.ok(problem.retryable)
  // A heartbeat has a twelfth of the TTL.
  assert.ok(tookMs > 300 && tookMs < 5000, String(tookMs))
  await holder.query('ROLLBACK')
  await holder.end()
  await until(
    () =>
      store.renew(worker, [], heartbeat((beats += 1))).then(
        ({ known }) => known,
        () => false,
      ),
    { what: 'a renewal' },
  )
  assert.is((await problemOf(store.database.query('SELECT pg_sleep(60)'))).code, 'ERR_STORE_TIMEOUT')
})

run('a frozen store is given up in time, and used again when it goes on', async () => {
  const store = fleet.store('frozen', { ttlMs: 6000, timeoutMs: 1000 })
  const worker = newWorker('frozen')
  await fleet.store('patient', { ttlMs: 6000, timeoutMs: 60_000 }).register(worker, [], heartbeat())
  const renewed = (): Promise<boolean> =>
    store.renew(worker, [], heartbeat((beats += 1))).then(
      ({ known }) => known,
      () => false,
    )
  await until(renewed, { what: 'a connection' })
  await fleet.postgres.kill('SIGSTOP')
  try {
    for (let tries = 0; tries < 3; tries += 1) {
      const from = performance.now()
      const { code } = await problemOf(store.renew(worker, [], heartbeat((beats += 1))))
      assert.is(code, 'ERR_STORE_TIMEOUT')
      assert.ok(performance.now() - from < 10_000)
    }
  } finally {
    await fleet.postgres.kill('SIGCONT')
  }
  await until(renewed, { what: 'a renewal' })
})

run('to close what is connected to a frozen store takes no longer than a statement, and leaves no socket', async () => {
  const database = databaseOf(fleet.workerUrl, 2000)
  const connected = (): Promise<boolean> =>
    Promise.all([database.query('SELECT 1'), database.urgent('SELECT 1', [])]).then(
      () => true,
      () => false,
    )
  await until(connected, { timeout: 60_000, what: 'its connections' })
  const sockets = () => process.getActiveResourcesInfo().filter(kind => kind === 'TCPSocketWrap').length
  const before = sockets()
  await fleet.postgres.kill('SIGSTOP')
  try {
    const from = performance.now()
    await database.close()
    assert.ok(performance.now() - from < 20_000)
    await until(() => sockets() <= before - 2, { what: 'the sockets to be closed' })
  } finally {
    await fleet.postgres.kill('SIGCONT')
  }
})

run('a store that is killed and comes back has what it acknowledged; connections are made anew', async () => {
  const store = fleet.store('killed', { timeoutMs: 20_000 })
  const worker = newWorker('killed')
  await store.register(worker, [], heartbeat())
  const result = await store.acquire(worker, 'killed', READY)
  const epoch = result.granted ? result.epoch : 0n
  await fleet.postgres.kill('SIGKILL')
  assert.is((await problemOf(store.renew(worker, [], heartbeat((beats += 1))))).code, 'ERR_STORE_UNREACHABLE')
  assert.is((await problemOf(store.leases())).code, 'ERR_STORE_UNREACHABLE')
  await fleet.postgres.restart()
  const renewed = await until(
    () => store.renew(worker, [{ channel: 'killed', epoch }], heartbeat((beats += 1), epoch)).catch(() => null),
    {
      what: 'a renewal',
    },
  )
  assert.ok(renewed.known)
  assert.equal(renewed.leases, [{ channel: 'killed', kept: true, epoch, holder: 'killed', claimed: false }])
})

run('TLS: the certificate and its name are checked, as sslmode says', async () => {
  const certificate = join('test', 'support', 'peers', 'tls', 'localhost-cert.pem')
  const stranger = join('test', 'support', 'peers', 'tls', 'cert.pem')
  const outcome = async (host: string, parameters: string) => {
    const { user, password } = parseAddress(fleet.workerUrl)
    const database = databaseOf(fleet.postgres.url({ user, password: password!, database: 'rxgst', host, parameters }))
    try {
      const [row] = await database.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
      return row!['ssl'] ? 'encrypted' : 'plain'
    } catch (error) {
      return (error as Problem).code
    } finally {
      await database.close()
    }
  }
  assert.is(await outcome('localhost', `?sslmode=verify-full&sslrootcert=${certificate}`), 'encrypted')
  assert.is(await outcome('127.0.0.1', `?sslmode=verify-full&sslrootcert=${certificate}`), 'ERR_STORE_TLS')
  assert.is(await outcome('127.0.0.1', `?sslmode=verify-ca&sslrootcert=${certificate}`), 'encrypted')
  assert.is(await outcome('localhost', `?sslmode=verify-full&sslrootcert=${stranger}`), 'ERR_STORE_TLS')
  assert.is(await outcome('localhost', '?sslmode=verify-full'), 'ERR_STORE_TLS')
  assert.is(await outcome('localhost', '?sslmode=require'), 'encrypted')
  assert.is(await outcome('localhost', '?sslmode=disable'), 'plain')
})

run('migrations: once, in order, by one at a time; versions beside it run on, unless a step forbids them', async () => {
  assert.equal(await fleet.migrate(), [], 'it was migrated at its start')
  const folder = tempDir()
  const own = await readSteps()
  const next = own.length + 1
  const sql = '-- Another column. min_version: 1\nALTER TABLE rxgst.channels ADD COLUMN note text;'
  for (const step of own) writeFileSync(join(folder, `${step.name}.sql`), step.sql)
  writeFileSync(join(folder, '2027-01-01-01-note.sql'), sql)
  const steps = await readSteps(folder)
  const both = await Promise.all([fleet.migrate(steps), fleet.migrate(steps)])
  assert.equal(both.flat(), ['2027-01-01-01-note'], 'one of the two')
  const database = databaseOf(fleet.workerUrl)
  await checkSchema(database, 1)
  await checkSchema(database, next)
  assert.ok((await problemOf(checkSchema(database, next + 1))).message.includes(`${next + 1} is needed`))
  writeFileSync(
    join(folder, '2027-02-01-01-broken.sql'),
    '-- min_version: 1\nCREATE TABLE rxgst.half (id int); SELECT 1 / 0',
  )
  await problemOf(fleet.migrate(await readSteps(folder)))
  assert.equal(await fleet.sql("SELECT to_regclass('rxgst.half') AS half"), [{ half: null }], 'nothing half done')
  writeFileSync(join(folder, '2027-02-01-01-broken.sql'), `-- min_version: ${next}\nSELECT 1`)
  await fleet.migrate(await readSteps(folder))
  await checkSchema(database, next + 1)
  assert.ok((await problemOf(checkSchema(database, 1))).message.includes(`needs workers of version ${next}`))
  await database.close()
})

run('events have their numbers in the order of their commits, and only the newest are kept', async () => {
  const insert = "INSERT INTO rxgst.events (worker, type, message) VALUES ('one', 'x', 'y') RETURNING id"
  const slow = await databaseOf(fleet.ownerUrl).connect()
  await slow.query('BEGIN')
  const { rows: first } = await slow.query<{ id: string }>(insert)
  const database = databaseOf(fleet.workerUrl)
  let second: string | null = null
  const inserting = database.query<{ id: string }>(insert).then(([row]) => (second = row!.id))
  await until(
    async () => (await fleet.sql("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length > 0,
    { what: 'the second to wait for its turn' },
  )
  assert.is(second, null)
  await slow.query('COMMIT')
  await slow.end()
  await inserting
  assert.ok(Number(second) > Number(first[0]!.id))
  await fleet.sql(`
    UPDATE rxgst.events SET at = clock_timestamp() - interval '91 days' WHERE id = ${second};
    INSERT INTO rxgst.events (worker, type, message) SELECT 'one', 'x', 'y' FROM generate_series(1, 100010)`)
  await database.query('SELECT rxgst.prune_events()')
  const [kept] = await fleet.sql('SELECT count(*)::int, min(id) > 10 AS newest FROM rxgst.events')
  assert.equal(kept, { count: 100_000, newest: true })
  await database.close()
})

run(
  'workers that are gone for good, and leases of channels that were deleted, are pruned; epochs are not',
  async () => {
    await fleet.sql(`
    DELETE FROM rxgst.workers; DELETE FROM rxgst.leases; DELETE FROM rxgst.channels;
    INSERT INTO rxgst.workers (name, session, heartbeat_at, joined_at, ttl_ms, beat, unbroken_since, seen_epoch,
      version, load, draining, capacity)
    SELECT name, gen_random_uuid(), clock_timestamp() - days * interval '1 day', clock_timestamp(), 6000, 5, 1, epoch,
      '0', 0, false, '{}'
    FROM (VALUES ('alive', 0, 100), ('gone', 31, 90), ('away', 29, 90), ('newest', 31, 101)) one (name, days, epoch);
    INSERT INTO rxgst.channels (name, document, document_version, etag, changed_at, changed_by)
    VALUES ('studio', '{}', 1, 'x', clock_timestamp(), 'one');
    INSERT INTO rxgst.leases (channel, holder, session, epoch, expires_at, ttl_ms)
    SELECT channel, holder, CASE WHEN holder IS NOT NULL THEN gen_random_uuid() END, epoch,
      clock_timestamp() - days * interval '1 day', 6000
    FROM (VALUES ('studio', NULL, 31, 50), ('deleted', NULL, 31, 50), ('of-alive', 'alive', 31, 50),
      ('of-nobody', 'nobody', 31, 50), ('lately', NULL, 29, 50), ('highest', NULL, 31, 102))
      one (channel, holder, days, epoch)`)
    const database = databaseOf(fleet.workerUrl)
    const left = async () => {
      await database.query('SELECT rxgst.prune_events()')
      const [row] = await fleet.sql(`SELECT
      (SELECT array_agg(name ORDER BY name) FROM rxgst.workers) AS workers,
      (SELECT array_agg(channel ORDER BY channel) FROM rxgst.leases) AS leases`)
      return row
    }
    const leases = ['highest', 'lately', 'of-alive', 'studio']
    // A clock that was set by a month makes all look old until they are heard of again.
    assert.equal(await left(), { workers: ['alive', 'away', 'gone', 'newest'], leases })
    await fleet.sql(`UPDATE rxgst.workers SET beat = beat + 1 WHERE name IN ('alive', 'gone')`)
    assert.equal(await left(), { workers: ['alive', 'away', 'gone', 'newest'], leases })
    assert.equal(await left(), { workers: ['alive', 'away', 'newest'], leases })
    await fleet.sql('DELETE FROM rxgst.workers; DELETE FROM rxgst.leases; DELETE FROM rxgst.channels')
    await database.close()
  },
)

run('a database without a schema, and one that is not there, are told apart', async () => {
  await fleet.postgres.sql('CREATE DATABASE empty')
  const at = (database: string) => fleet.store('one', { url: fleet.postgres.url({ database }) })
  const codes = []
  for (const name of ['empty', 'absent']) {
    codes.push((await problemOf(at(name).register(newWorker('one'), [], heartbeat()))).code)
  }
  assert.equal(codes, ['ERR_STORE_SCHEMA', 'ERR_STORE_LOGIN'])
})

test('an address that cannot be used is told without its parts', () => {
  const codes = (url: string) => {
    try {
      parseAddress(url)
      return 'taken'
    } catch (error) {
      assert.not((error as Error).message.includes('hunter'), (error as Error).message)
      return (error as Problem).code
    }
  }
  for (const url of [
    'hunter2',
    'mysql://u:hunter2@localhost/d',
    'postgres://u:hunter2@db.example/d',
    'postgres://u:hunter2@localhost/',
    'postgres://:hunter2@localhost/d',
    'postgres://u:hunter2@localhost/d?sslmode=prefer',
    'postgres://u:hunter2@localhost/d?password=x',
    // A '?' that is not encoded.
    'postgres://u:se?hunter2@localhost/d',
    'postgres://u:x@localhost/d?hunter2&y',
    // A name, and no address of this machine.
    'postgres://u:hunter2@127.evil.example/d',
    'postgres://u:hunter2@db.example/d?sslmode=verify-full&sslrootcert=/nowhere',
    'postgres://u:hunter2%@localhost/d',
  ]) {
    assert.is(codes(url), 'ERR_STORE_URL', url)
  }
  for (const url of [
    'postgres://u:hunter2@localhost/d',
    'postgresql://u:hunter2@db.example/d?sslmode=disable',
    'postgres://u@[::1]:5433/d',
    'postgres://u@localhost/d?host=/run/postgresql',
  ]) {
    assert.is(codes(url), 'taken', url)
  }
  assert.is(parseAddress('postgres://u:p%40ss@localhost/d').password, 'p@ss')
  assert.is(parseAddress('postgres://u@localhost/d?host=/run/postgresql').host, '/run/postgresql')
})

test.run()
