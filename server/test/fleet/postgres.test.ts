import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { Problem } from '../../src/core/problem.js'
import type { StoreChange } from '../../src/fleet/lease-store.js'
import { databaseOf, hasPostgres, heartbeat, newWorker, READY, startFleet, type Fleet } from './support.js'

const test = suite('postgres store', { timeout: 180_000 })
const run = hasPostgres ? test : test.skip
let fleet: Fleet

test.before(async () => {
  if (hasPostgres) fleet = await startFleet()
})
test.after(async () => fleet?.[Symbol.asyncDispose]())
test.before.each(async () => {
  if (!hasPostgres) return
  await fleet.setClock(0)
  await fleet.sql('TRUNCATE rxgst.leases, rxgst.workers, rxgst.channels, rxgst.placements, rxgst.events')
})

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  )

/** For a statement on a busy machine. */
const PATIENCE_MS = 30_000

const storeAt = async () => Number((await fleet.sql('SELECT extract(epoch FROM rxgst.clock()) * 1000 AS ms'))[0]!['ms'])

/** A registered worker and its store. */
async function join(name: string, ttlMs = 15_000) {
  const store = fleet.store(name, { ttlMs, timeoutMs: PATIENCE_MS })
  const worker = newWorker(name)
  await store.register(worker, [], heartbeat())
  return { store, worker }
}

run('of 20 workers that race for one channel, one gets it', async () => {
  const workers = await Promise.all(Array.from({ length: 20 }, (_, index) => join(`racer-${index}`)))
  const results = await Promise.all(
    workers.map(({ store, worker }) => store.acquire(worker, 'studio', { ...READY, ageMs: 20_000 })),
  )
  const granted = results.filter(result => result.granted)
  assert.is(granted.length, 1)
  const winner = workers[results.findIndex(result => result.granted)]!
  for (const result of results) {
    if (result.granted) continue
    assert.is(result.reason, 'held')
    assert.ok(result.holder === null || result.holder === winner.worker.name, String(result.holder))
  }
  const [lease] = await winner.store.leases()
  assert.is(lease!.holder, winner.worker.name)
  assert.is(lease!.epoch, granted[0]!.granted && granted[0]!.epoch)
  assert.ok(lease!.expiresInMs > 5000 && lease!.expiresInMs <= 15_000, String(lease!.expiresInMs))
})

run(
  'a lease that has expired goes to the worker that asks, with a later epoch; the renewal of the first says so',
  async () => {
    const [one, two] = [await join('one'), await join('two')]
    const first = await one.store.acquire(one.worker, 'studio', READY)
    assert.ok(first.granted)
    await fleet.setClock(16_000)
    // Both have sent heartbeats meanwhile.
    await fleet.sql('UPDATE rxgst.workers SET heartbeat_at = rxgst.clock()')
    const second = await two.store.acquire(two.worker, 'studio', READY)
    assert.ok(second.granted && first.granted && second.epoch > first.epoch)
    const renewed = await one.store.renew(
      one.worker,
      [{ channel: 'studio', epoch: first.epoch }],
      heartbeat(2, first.epoch),
    )
    assert.ok(renewed.known)
    assert.equal(renewed.leases, [
      { channel: 'studio', kept: false, epoch: second.epoch, holder: 'two', claimed: false },
    ])
    assert.is(renewed.seenEpoch, first.epoch, 'the second has not told of its epoch yet')
    await two.store.renew(two.worker, [{ channel: 'studio', epoch: second.epoch }], heartbeat(2, second.epoch))
    const again = await one.store.renew(one.worker, [], heartbeat(3, first.epoch))
    assert.is(again.known && again.seenEpoch, second.epoch)
  },
)

run('one statement renews all leases of a worker, and only those', async () => {
  const [one, two] = [await join('one'), await join('two')]
  const channels = Array.from({ length: 50 }, (_, index) => `channel-${index}`)
  const leases = []
  for (const channel of channels) {
    const result = await one.store.acquire(one.worker, channel, { ...READY, ageMs: 20_000 })
    leases.push({ channel, epoch: result.granted ? result.epoch : 0n })
  }
  await two.store.acquire(two.worker, 'other', READY)
  await fleet.setClock(10_000)
  const from = await storeAt()
  const renewed = await one.store.renew(one.worker, leases, heartbeat(2))
  assert.ok(renewed.known && renewed.leases.every(({ kept, claimed }) => kept && !claimed))
  assert.ok(renewed.known && renewed.continuous)
  assert.ok(renewed.known && renewed.storeAt >= from && renewed.storeAt <= (await storeAt()))
  const views = await one.store.leases()
  assert.ok(views.filter(({ holder }) => holder === 'one').every(({ expiresInMs }) => expiresInMs > 10_000))
  assert.ok(views.find(({ channel }) => channel === 'other')!.expiresInMs < 6000)
})

run('a worker that has not watched for a TTL takes nothing that it does not hold, not even alone', async () => {
  const one = await join('one')
  const fresh = { ...READY, attendedMs: 14_999 }
  // An empty store may be one that was restored, and others may be on their way to it.
  const refused = await one.store.acquire(one.worker, 'studio', fresh)
  assert.equal(refused, { granted: false, reason: 'not-attended', holder: null })
  assert.ok((await one.store.acquire(one.worker, 'studio', { ...fresh, attendedMs: 15_000 })).granted)
  assert.ok((await one.store.acquire(one.worker, 'studio', fresh)).granted, 'its own')
})

run('an acquire that does not know the last heartbeat is refused', async () => {
  const [one, two] = [await join('one'), await join('two')]
  await one.store.acquire(one.worker, 'studio', READY)
  // The store's clock jumps, and the second's renewal is there before its acquire, which knows nothing of it.
  await fleet.setClock(3_600_000)
  const renewed = await two.store.renew(two.worker, [], heartbeat(2))
  assert.ok(renewed.known)
  const overtaken = await two.store.acquire(two.worker, 'studio', READY)
  assert.is(overtaken.granted || overtaken.reason, 'discontinuity')
  // A renewal that is executed late changes nothing.
  assert.equal(await two.store.renew(two.worker, [], heartbeat(2)), { known: false })
})

run('a break is told until an answer has told it, and a claimed lease takes attendance', async () => {
  const one = await join('one')
  const epoch = 9_000_000_000_000n
  const renew = (number: number, confirmed: number) =>
    one.store.renew(one.worker, [{ channel: 'studio', epoch }], { ...heartbeat(number, epoch), confirmed })
  // The store has forgotten the lease, and the first answer that says so is lost.
  await renew(2, 1)
  const second = await renew(3, 1)
  assert.ok(second.known && !second.continuous && second.leases[0]!.claimed)
  const third = await renew(4, 3)
  assert.ok(third.known && third.continuous && third.leases[0]!.claimed)
  const standing = { ...READY, beat: 4, attendedMs: 0 }
  const early = await one.store.acquire(one.worker, 'studio', standing)
  assert.is(early.granted || early.reason, 'not-attended')
  // Who is to have it after a hand-over has no better claim than others.
  const two = await join('two')
  assert.ok(await one.store.release(one.worker, { channel: 'studio', epoch }, 'two'))
  assert.is((await one.store.leases())[0]!.reservedFor, null)
  const next = await two.store.acquire(two.worker, 'studio', { ...READY, attendedMs: 0 })
  assert.is(next.granted || next.reason, 'not-attended')
  assert.ok((await one.store.acquire(one.worker, 'studio', { ...standing, attendedMs: 15_000 })).granted)
  const last = await renew(5, 4)
  assert.ok(last.known && !last.leases[0]!.claimed)
})

run('a lease that has expired is handed over to nobody', async () => {
  const [one, two] = [await join('one'), await join('two')]
  const first = await one.store.acquire(one.worker, 'studio', READY)
  await fleet.setClock(16_000)
  await fleet.sql('UPDATE rxgst.workers SET heartbeat_at = rxgst.clock()')
  assert.ok(await one.store.release(one.worker, { channel: 'studio', epoch: first.granted ? first.epoch : 0n }, 'two'))
  const second = await two.store.acquire(two.worker, 'studio', { ...READY, attendedMs: 0 })
  assert.is(second.granted || second.reason, 'not-attended')
})

run('a worker with another TTL than those that live is refused', async () => {
  await join('one')
  const other = fleet.store('two', { ttlMs: 30_000, timeoutMs: PATIENCE_MS })
  const refused = await other.register(newWorker('two'), [], heartbeat()).then(
    () => null,
    (error: unknown) => error as Problem,
  )
  assert.is(refused?.code, 'ERR_FLEET_TTL')
  assert.ok(/30 s.*15 s/.test(refused!.message), refused!.message)
  await fleet.setClock(16_000)
  await other.register(newWorker('two'), [], heartbeat())
})

run('a name is not taken from a living worker that renews at the same moment', async () => {
  const one = await join('one')
  // The registration reads the clock first, and then waits for the row that the renewal has.
  const holder = await databaseOf(fleet.ownerUrl).connect()
  await holder.query('BEGIN')
  await holder.query("UPDATE rxgst.workers SET heartbeat_at = rxgst.clock() + interval '2 s' WHERE name = 'one'")
  const code = codeOf(fleet.store('one', { timeoutMs: PATIENCE_MS }).register(newWorker('one'), [], heartbeat()))
  await until(async () => (await fleet.sql("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).length > 0, {
    what: 'the registration to wait',
  })
  await holder.query('COMMIT')
  await holder.end()
  assert.is(await code, 'ERR_WORKER_NAME_IN_USE')
  assert.ok((await one.store.renew(one.worker, [], heartbeat(2))).known)
})

run('a lease that is handed over is for the successor alone, up to a TTL', async () => {
  const [one, two, three] = [await join('one'), await join('two'), await join('three')]
  const first = await one.store.acquire(one.worker, 'studio', READY)
  const lease = { channel: 'studio', epoch: first.granted ? first.epoch : 0n }
  assert.not(await two.store.release(two.worker, lease, 'two'), 'not its own')
  assert.ok(await one.store.release(one.worker, lease, 'two'))
  assert.is((await one.store.leases())[0]!.reservedFor, 'two')
  const third = await three.store.acquire(three.worker, 'studio', READY)
  assert.equal(third, { granted: false, reason: 'held', holder: null })
  const second = await two.store.acquire(two.worker, 'studio', { ...READY, attendedMs: 0 })
  assert.ok(second.granted && second.epoch > lease.epoch)
  assert.not(await one.store.release(one.worker, lease, null), 'it is of the past')
  assert.ok(
    await two.store.release(two.worker, { channel: 'studio', epoch: second.granted ? second.epoch : 0n }, 'one'),
  )
  await fleet.setClock(16_000)
  await fleet.sql('UPDATE rxgst.workers SET heartbeat_at = rxgst.clock()')
  assert.ok((await three.store.acquire(three.worker, 'studio', READY)).granted, 'the successor did not come')
})

run('a name is for one process; its next process gets its leases', async () => {
  const one = await join('one')
  const first = await one.store.acquire(one.worker, 'studio', READY)
  const other = fleet.store('one')
  assert.is(await codeOf(other.register(newWorker('one'), [], heartbeat())), 'ERR_WORKER_NAME_IN_USE')
  const next = newWorker('one')
  await other.register(next, [one.worker.session], heartbeat())
  await join('two')
  assert.equal(await one.store.renew(one.worker, [], heartbeat(2)), { known: false })
  assert.equal(await one.store.acquire(one.worker, 'x', READY), { granted: false, reason: 'replaced', holder: null })
  const second = await other.acquire(next, 'studio', { ...READY, attendedMs: 0 })
  assert.ok(second.granted && first.granted && second.epoch > first.epoch)
  // A machine that was away for long has no leases left, and its name is free.
  await fleet.setClock(16_000)
  const late = newWorker('one')
  await other.register(late, [next.session], heartbeat())
  const third = await other.acquire(late, 'studio', { ...READY, attendedMs: 0 })
  assert.is(third.granted || third.reason, 'not-attended')
})

run('a store whose clock jumps lets nobody take a lease before its holder has renewed it', async () => {
  const [one, two] = [await join('one'), await join('two')]
  await one.store.acquire(one.worker, 'studio', READY)
  for (const jump of [3_600_000, -3_600_000]) {
    await fleet.setClock(jump)
    const result = await two.store.acquire(two.worker, 'studio', READY)
    assert.is(result.granted || result.reason, 'discontinuity')
  }
  // An hour behind, the lease seems to last for an hour: the worker that has watched for a TTL takes it.
  await two.store.renew(two.worker, [], heartbeat(2))
  const early = await two.store.acquire(two.worker, 'studio', { ...READY, beat: 2, attendedMs: 0 })
  assert.is(early.granted || early.reason, 'not-attended')
  assert.ok((await two.store.acquire(two.worker, 'studio', { ...READY, beat: 2 })).granted)
})

run('changes by others are told, renewals are not', async () => {
  // Leases that do not expire while a busy machine holds this up: they would be news.
  const [one, two] = [await join('one', 60_000), await join('two', 60_000)]
  const patience = { timeout: 60_000 }
  const changes: (StoreChange | null)[] = []
  const end = two.store.watch(change => changes.push(change))
  await fleet.listens('two')
  changes.length = 0
  const told = (change: StoreChange) =>
    until(() => changes.some(one => one?.table === change.table && one.key === change.key), {
      ...patience,
      what: () => `${JSON.stringify(change)} among ${JSON.stringify(changes)}`,
    })
  const result = await one.store.acquire(one.worker, 'studio', READY)
  await told({ table: 'leases', key: 'studio' })
  await fleet.sql(
    `INSERT INTO rxgst.channels VALUES ('studio', '{}', 1, 'etag', clock_timestamp(), 'me');
     INSERT INTO rxgst.events (worker, type, message) VALUES ('one', 'x', 'y')`,
  )
  await told({ table: 'channels', key: 'studio' })
  await until(() => changes.some(change => change?.table === 'events'), { ...patience, what: 'the event' })
  changes.length = 0
  await one.store.renew(one.worker, [{ channel: 'studio', epoch: result.granted ? result.epoch : 0n }], heartbeat(2))
  await one.store.leave(one.worker)
  await told({ table: 'workers', key: 'one' })
  assert.not(
    changes.some(change => change?.table === 'leases'),
    JSON.stringify(changes),
  )
  // A listener whose connection is cut listens again, and says that it may have missed something.
  await fleet.sql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'",
  )
  changes.length = 0
  await until(() => changes.includes(null), { ...patience, what: 'another look' })
  await until(
    async () => {
      await fleet.sql("INSERT INTO rxgst.events (worker, type, message) VALUES ('one', 'x', 'y')")
      return changes.some(change => change?.table === 'events')
    },
    { ...patience, what: 'news again', interval: 200 },
  )
  end()
})

run('a worker uses three connections at most, however many statements and watches it has', async () => {
  const { store, worker } = await join('sparing')
  const ends = [store.watch(() => {}), store.watch(() => {})]
  await Promise.all([
    ...Array.from({ length: 40 }, (_, index) => store.acquire(worker, `channel-${index}`, { ...READY, ageMs: 20_000 })),
    store.renew(worker, [], heartbeat(2)),
  ])
  const [{ count }] = (await fleet.sql(
    "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'rxgst sparing'",
  )) as [{ count: number }]
  const settings = await store.database.query("SELECT current_setting('tcp_keepalives_idle') AS idle")
  assert.equal(settings, [{ idle: '10' }], 'a worker that vanishes leaves none for long')
  for (const end of ends) end()
  assert.ok(count > 1 && count <= 3, String(count))
})

run('a process that stood still hears the answer that has come meanwhile', async () => {
  const database = databaseOf(fleet.workerUrl, 8000)
  await database.urgent('SELECT 1', [])
  const asked = database.urgent('SELECT 1 AS one', [])
  // It is sent, and then nothing runs for longer than it may take.
  for (let turns = 0; turns < 5; turns += 1) await new Promise(resolve => setImmediate(resolve))
  const wakesAt = performance.now() + 5000
  while (performance.now() < wakesAt);
  assert.equal(await asked, [{ one: 1 }])
  await database.close()
})

run('a heartbeat waits behind no other statement', async () => {
  const { store, worker } = await join('busy')
  const slow = [1, 2, 3].map(() => store.database.query('SELECT pg_sleep(3)'))
  const from = performance.now()
  assert.ok((await store.renew(worker, [], heartbeat(2))).known)
  const tookMs = performance.now() - from
  await Promise.all(slow)
  assert.ok(tookMs < 0.5 * (performance.now() - from), String(tookMs))
})

test.run()
