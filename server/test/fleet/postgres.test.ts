import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { Problem } from '../../src/core/problem.js'
import type { StoreChange } from '../../src/fleet/lease-store.js'
import { FACTS, hasPostgres, newWorker, READY, startFleet, type Fleet } from './support.js'

const test = suite('postgres store', { timeout: 90_000 })
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

/** A registered worker and its store. */
async function join(name: string, ttlMs = 15_000) {
  const store = fleet.store(name, { ttlMs, timeoutMs: PATIENCE_MS })
  const worker = newWorker(name)
  await store.register(worker, [], FACTS, 0n)
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
    const renewed = await one.store.renew(one.worker, [{ channel: 'studio', epoch: first.epoch }], FACTS, first.epoch)
    assert.ok(renewed.known)
    assert.equal(renewed.leases, [
      { channel: 'studio', kept: false, epoch: second.epoch, holder: 'two', claimed: false },
    ])
    assert.is(renewed.seenEpoch, first.epoch, 'the second has not told of its epoch yet')
    await two.store.renew(two.worker, [{ channel: 'studio', epoch: second.epoch }], FACTS, second.epoch)
    const again = await one.store.renew(one.worker, [], FACTS, first.epoch)
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
  const renewed = await one.store.renew(one.worker, leases, FACTS, 0n)
  assert.ok(renewed.known && renewed.leases.every(({ kept, claimed }) => kept && !claimed))
  assert.ok(renewed.known && renewed.elapsedMs >= 10_000 && renewed.elapsedMs < 25_000)
  const views = await one.store.leases()
  assert.ok(views.filter(({ holder }) => holder === 'one').every(({ expiresInMs }) => expiresInMs > 10_000))
  assert.ok(views.find(({ channel }) => channel === 'other')!.expiresInMs < 6000)
})

run('a worker that has not watched for a TTL takes nothing that it does not hold; alone it does', async () => {
  const one = await join('one')
  const fresh = { ...READY, attendedMs: 14_999 }
  assert.ok((await one.store.acquire(one.worker, 'studio', fresh)).granted, 'nobody else is in the fleet')
  const two = await join('two')
  const refused = await two.store.acquire(two.worker, 'other', fresh)
  assert.equal(refused, { granted: false, reason: 'not-attended', holder: null })
  assert.ok((await two.store.acquire(two.worker, 'other', { ...fresh, attendedMs: 15_000 })).granted)
  assert.ok((await two.store.acquire(two.worker, 'other', fresh)).granted, 'its own')
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
  assert.is(await codeOf(other.register(newWorker('one'), [], FACTS, 0n)), 'ERR_WORKER_NAME_IN_USE')
  const next = newWorker('one')
  await other.register(next, [one.worker.session], FACTS, 0n)
  await join('two')
  assert.equal(await one.store.renew(one.worker, [], FACTS, 0n), { known: false })
  assert.equal(await one.store.acquire(one.worker, 'x', READY), { granted: false, reason: 'replaced', holder: null })
  const second = await other.acquire(next, 'studio', { ...READY, attendedMs: 0 })
  assert.ok(second.granted && first.granted && second.epoch > first.epoch)
  // A machine that was away for long has no leases left, and its name is free.
  await fleet.setClock(16_000)
  const late = newWorker('one')
  await other.register(late, [next.session], FACTS, 0n)
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
  await two.store.renew(two.worker, [], FACTS, 0n)
  const early = await two.store.acquire(two.worker, 'studio', { ...READY, attendedMs: 0 })
  assert.is(early.granted || early.reason, 'not-attended')
  assert.ok((await two.store.acquire(two.worker, 'studio', READY)).granted)
})

run('changes by others are told, renewals are not', async () => {
  const [one, two] = [await join('one'), await join('two')]
  const changes: (StoreChange | null)[] = []
  const end = two.store.watch(change => changes.push(change))
  await until(() => changes.length > 0, { what: 'the first look' })
  changes.length = 0
  const told = (change: StoreChange) =>
    until(() => changes.some(one => one?.table === change.table && one.key === change.key), {
      what: () => `${JSON.stringify(change)} among ${JSON.stringify(changes)}`,
    })
  const result = await one.store.acquire(one.worker, 'studio', READY)
  await told({ table: 'leases', key: 'studio' })
  await fleet.sql(
    `INSERT INTO rxgst.channels VALUES ('studio', '{}', 1, 'etag', clock_timestamp(), 'me');
     INSERT INTO rxgst.events (worker, type, message) VALUES ('one', 'x', 'y')`,
  )
  await told({ table: 'channels', key: 'studio' })
  await until(() => changes.some(change => change?.table === 'events'), { what: 'the event' })
  changes.length = 0
  await one.store.renew(one.worker, [{ channel: 'studio', epoch: result.granted ? result.epoch : 0n }], FACTS, 0n)
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
  await until(() => changes.includes(null), { what: 'another look' })
  await until(
    async () => {
      await fleet.sql("INSERT INTO rxgst.events (worker, type, message) VALUES ('one', 'x', 'y')")
      return changes.some(change => change?.table === 'events')
    },
    { what: 'news again', interval: 200 },
  )
  end()
})

run('a worker uses three connections at most', async () => {
  const { store, worker } = await join('sparing')
  const end = store.watch(() => {})
  await Promise.all(
    Array.from({ length: 40 }, (_, index) => store.acquire(worker, `channel-${index}`, { ...READY, ageMs: 20_000 })),
  )
  const [{ count }] = (await fleet.sql(
    "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'rxgst sparing'",
  )) as [{ count: number }]
  end()
  assert.ok(count <= 3, String(count))
})

test.run()
