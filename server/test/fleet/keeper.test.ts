import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { fakeClock, type SettlingClock } from '../../../test/support/fake-clock.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { Problem } from '../../src/core/problem.js'
import { LeaseKeeper, type KeeperEvent } from '../../src/fleet/lease-keeper.js'
import type { Acquired, LeaseStore, Renewed } from '../../src/fleet/lease-store.js'
import { LocalStore } from '../../src/fleet/local-store.js'
import { WorkerMemory } from '../../src/fleet/memory.js'
import { FACTS } from './support.js'

const test = suite('lease keeper')
const TTL_MS = 15_000
const RENEW_MS = TTL_MS / 6

/** A store whose network a test cuts and delays, and which it restores. */
class Network {
  away = false
  code = 'ERR_STORE_UNREACHABLE'
  answerMs = 0
  renewals = 0

  constructor(
    public store: LeaseStore,
    private readonly clock: SettlingClock,
  ) {}

  private async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.away) {
      throw new Problem(503, this.code, 'the store cannot be reached', {
        retryable: true,
        remedy: 'Wait.',
      })
    }
    const result = await work()
    if (this.answerMs > 0) await new Promise<void>(resolve => this.clock.setTimeout(resolve, this.answerMs))
    return result
  }

  readonly port: LeaseStore = {
    register: (...of) => this.pass(() => this.store.register(...of)),
    acquire: (...of) => this.pass(() => this.store.acquire(...of)),
    renew: (...of) => {
      this.renewals += 1
      return this.pass<Renewed>(() => this.store.renew(...of))
    },
    release: (...of) => this.pass(() => this.store.release(...of)),
    leave: (...of) => this.pass(() => this.store.leave(...of)),
    leases: () => this.pass(() => this.store.leases()),
    workers: () => this.pass(() => this.store.workers()),
    watch: onChange => this.store.watch(onChange),
    close: () => this.store.close(),
  }
}

type Renewal = Extract<KeeperEvent, { type: 'renewed' }>

function keeperOf(store: LeaseStore, name: string, clock: SettlingClock, folder = tempDir()) {
  const network = new Network(store, clock)
  const events: KeeperEvent[] = []
  const renewals: Renewal[] = []
  const keeper = new LeaseKeeper({
    ...{ store: network.port, clock, ttlMs: TTL_MS, memory: new WorkerMemory(folder) },
    worker: { name, session: randomUUID() },
    facts: () => FACTS,
    onEvent: event => void (event.type === 'renewed' ? renewals.push(event) : events.push(event)),
  })
  return { keeper, network, events, renewals, folder, types: () => events.map(({ type }) => type) }
}

/** Two workers that have watched for a TTL; the first has the channel. */
async function pair() {
  const clock = fakeClock()
  const store = new LocalStore({ clock, ttlMs: TTL_MS })
  const [one, two] = [keeperOf(store, 'one', clock), keeperOf(store, 'two', clock)]
  await one.keeper.start()
  await two.keeper.start()
  await clock.pass(TTL_MS + RENEW_MS)
  assert.ok((await one.keeper.acquire('studio')).granted)
  return { clock, store, one, two }
}

test('a lease may be used for a third of the TTL after its confirmation, counted from its beginning', async () => {
  const { clock, one } = await pair()
  const { keeper, network } = one
  assert.is(keeper.state('studio'), 'confirmed')
  assert.is(keeper.mayConnectMs('studio'), TTL_MS / 3)
  network.renewals = 0
  await clock.pass(2 * TTL_MS)
  assert.is(network.renewals, 12)
  assert.ok(keeper.mayConnect('studio'))
  assert.not(keeper.mayConnect('other'))
  assert.is(keeper.state('other'), null)
  // Answers that come late confirm what was true when they were asked for.
  network.answerMs = 2000
  await clock.pass(2 * TTL_MS)
  for (let step = 0; step < 20; step += 1) {
    await clock.pass(250)
    assert.ok(keeper.mayConnectMs('studio') <= TTL_MS / 3 - 2000 + 250, String(keeper.mayConnectMs('studio')))
  }
  network.answerMs = 0
  await clock.pass(RENEW_MS)
  await keeper.stop()
  network.renewals = 0
  await clock.pass(TTL_MS)
  assert.is(network.renewals, 0)
  assert.is(keeper.state('studio'), 'lost')
})

test('each confirmation is told with its time; what the keeper holds is what it has not given back', async () => {
  const { clock, one } = await pair()
  const { keeper, network, renewals } = one
  assert.equal(renewals.at(-1), { type: 'renewed', channels: ['studio'], confirmedAtMs: clock.now() })
  network.answerMs = 1000
  renewals.length = 0
  const from = clock.now()
  await clock.pass(RENEW_MS + 1000)
  assert.is(renewals.length, 1)
  const { channels, confirmedAtMs } = renewals[0]!
  assert.equal(channels, ['studio'])
  assert.ok(confirmedAtMs > from && confirmedAtMs <= clock.now() - 1000, 'counted from before the statement was sent')
  assert.equal(keeper.held(), [{ channel: 'studio', epoch: keeper.epoch('studio'), kind: 'held' }])
  network.answerMs = 0
  await keeper.release('studio')
  assert.equal(keeper.held(), [])
})

test('a store that is away stops new connects alone; a TTL after it is back, the lease has a new epoch', async () => {
  const { clock, one, two } = await pair()
  const epoch = one.keeper.epoch('studio')
  one.network.away = true
  two.network.away = true
  await clock.pass(TTL_MS / 3 + RENEW_MS)
  assert.is(one.keeper.state('studio'), 'stale')
  assert.not(one.keeper.mayConnect('studio'))
  assert.equal(one.types(), ['store-lost'])
  assert.not(one.keeper.attended)
  await clock.pass(3_600_000)
  assert.is(one.keeper.state('studio'), 'lost')
  assert.is(one.keeper.epoch('studio'), epoch, 'and nobody ends what is live')
  // The second is back first, and may not take what has expired meanwhile.
  two.network.away = false
  await clock.pass(RENEW_MS)
  const refused = await two.keeper.acquire('studio')
  assert.equal(refused, { granted: false, reason: 'not-attended', holder: 'one' })
  one.network.away = false
  await clock.pass(RENEW_MS)
  assert.equal(one.types(), ['store-lost', 'store-back'])
  assert.is(one.keeper.state('studio'), 'lost', 'somebody may have had it, and may claim it')
  assert.is(one.keeper.epoch('studio'), epoch)
  await clock.pass(TTL_MS + RENEW_MS)
  assert.is(one.keeper.state('studio'), 'confirmed')
  assert.ok(one.keeper.epoch('studio')! > epoch!)
  await clock.pass(2 * TTL_MS)
  assert.equal(await two.keeper.acquire('studio'), { granted: false, reason: 'held', holder: 'one' })
})

test('a worker that was superseded stays so until it acquires anew', async () => {
  const { clock, one, two } = await pair()
  one.network.away = true
  await clock.pass(TTL_MS + RENEW_MS)
  const taken = await two.keeper.acquire('studio')
  assert.ok(taken.granted)
  assert.is(one.keeper.state('studio'), 'lost')
  one.network.away = false
  await clock.pass(RENEW_MS)
  assert.is(one.keeper.state('studio'), 'superseded')
  assert.equal(one.events.at(-1), { type: 'superseded', channel: 'studio', by: 'two' })
  await clock.pass(2 * TTL_MS)
  assert.not(one.keeper.mayConnect('studio'))
  assert.is(one.keeper.stopDueMs('studio'), 0)
  assert.equal(await one.keeper.acquire('studio'), { granted: false, reason: 'held', holder: 'two' })
  assert.ok(await two.keeper.release('studio'))
  assert.is(two.keeper.state('studio'), null)
  await clock.pass(2 * TTL_MS)
  assert.is(one.keeper.state('studio'), 'superseded', 'free, and not asked for')
  const again = await one.keeper.acquire('studio')
  assert.ok(again.granted && taken.granted && again.epoch > taken.epoch)
  assert.ok(one.keeper.mayConnect('studio'))
})

test('a channel is handed over to a worker that has just begun', async () => {
  const { clock, store, one, two } = await pair()
  const three = keeperOf(store, 'three', clock)
  await three.keeper.start()
  assert.ok(await one.keeper.handOver('studio', 'three'))
  assert.not(one.keeper.mayConnect('studio'))
  assert.equal(await two.keeper.acquire('studio'), { granted: false, reason: 'held', holder: null })
  assert.ok((await three.keeper.acquire('studio')).granted)
  assert.ok(three.keeper.mayConnect('studio'))
  assert.not(await one.keeper.release('studio'))
})

test('a store that was restored gets its leases back, and their epochs go on', async () => {
  const { clock, one, two } = await pair()
  const epoch = one.keeper.epoch('studio')!
  const empty = new LocalStore({ clock: { ...clock, unix: () => 0 }, ttlMs: TTL_MS })
  one.network.store = empty
  two.network.store = empty
  // The second is there at once, and asks before the first has said what it holds.
  await clock.pass(RENEW_MS / 2)
  const early = await two.keeper.acquire('studio')
  assert.not(early.granted)
  await clock.pass(RENEW_MS)
  assert.ok(one.types().includes('store-went-back') && two.types().includes('store-went-back'))
  assert.not(one.keeper.mayConnect('studio'), 'somebody may have a better claim')
  assert.is(one.keeper.epoch('studio'), epoch)
  assert.is((await empty.leases())[0]!.holder, 'one')
  await clock.pass(TTL_MS + RENEW_MS)
  assert.ok(one.keeper.mayConnect('studio'))
  assert.ok(one.keeper.epoch('studio')! > epoch)
  assert.ok(two.keeper.seenEpoch >= epoch, 'all workers remember it')
  assert.not(one.types().includes('superseded'))
})

test('a process elsewhere with the same name: the one that loses the name stops connecting, and says so', async () => {
  const { clock, store, one } = await pair()
  const double = keeperOf(store, 'one', clock)
  const refused = await double.keeper.start().then(
    () => '',
    (error: Problem) => error.code,
  )
  assert.is(refused, 'ERR_WORKER_NAME_IN_USE')
  one.network.away = true
  await clock.pass(TTL_MS + RENEW_MS)
  await double.keeper.start()
  one.network.away = false
  await clock.pass(2 * RENEW_MS)
  assert.is(one.keeper.state('studio'), 'superseded')
  assert.ok(one.types().includes('replaced'))
  assert.is(one.types().filter(type => type === 'replaced').length, 1)
})

test('a store that is away at the start is waited for', async () => {
  const clock = fakeClock()
  const { keeper, network, types } = keeperOf(new LocalStore({ clock, ttlMs: TTL_MS }), 'one', clock)
  network.away = true
  await keeper.start()
  await clock.pass(TTL_MS)
  assert.equal(types(), ['store-lost'])
  network.away = false
  await clock.pass(RENEW_MS)
  assert.equal(types(), ['store-lost', 'store-back'])
  assert.ok((await keeper.acquire('studio')).granted)
  await keeper.stop()
})

test('one renewal that is lost costs nothing; a change of what the store fails with is told', async () => {
  const { clock, one, two } = await pair()
  one.network.away = true
  // Its answer would have been there a sixth of the TTL after the one before; the next try has it.
  await clock.pass(RENEW_MS)
  one.network.away = false
  for (let step = 0; step < 30; step += 1) {
    await clock.pass(TTL_MS / 60)
    assert.ok(one.keeper.mayConnect('studio'))
  }
  // Attendance, too: it may take at once what is free.
  await two.keeper.acquire('gate')
  await two.keeper.release('gate')
  assert.ok((await one.keeper.acquire('gate')).granted)
  one.network.away = true
  await clock.pass(TTL_MS)
  one.network.code = 'ERR_STORE_LOGIN'
  await clock.pass(2 * TTL_MS)
  const causes = one.events.flatMap(event => (event.type === 'store-lost' ? [event.problem.code] : []))
  assert.equal(causes, ['ERR_STORE_UNREACHABLE', 'ERR_STORE_LOGIN'])
})

test('a channel that is given back while it is acquired is not acquired', async () => {
  const { clock, store, one, two } = await pair()
  one.network.answerMs = 1000
  const acquiring = one.keeper.acquire('gate')
  await clock.pass(500)
  const released = one.keeper.release('gate')
  await clock.pass(500)
  await clock.pass(1000)
  assert.equal(await acquiring, { granted: false, reason: 'given-back', holder: null })
  assert.ok(await released)
  assert.is(one.keeper.epoch('gate'), null)
  assert.is((await store.leases()).find(({ channel }) => channel === 'gate')!.holder, null)
  // Handed over, the other one has it.
  const again = one.keeper.acquire('gate')
  await clock.pass(500)
  const handed = one.keeper.handOver('gate', 'two')
  await clock.pass(2000)
  assert.not((await again).granted)
  assert.ok(await handed)
  assert.is((await store.leases()).find(({ channel }) => channel === 'gate')!.reservedFor, 'two')
  assert.ok((await two.keeper.acquire('gate')).granted)
})

test('an acquire and a renewal at once: the acquire that was overtaken is sent again', async () => {
  const { clock, one } = await pair()
  one.network.answerMs = 100
  const asked: Promise<Acquired>[] = []
  for (let step = 0; step < 60; step += 1) {
    asked.push(one.keeper.acquire(`channel-${step}`))
    await clock.pass(70)
  }
  await clock.pass(1000)
  for (const result of await Promise.all(asked)) assert.ok(result.granted)
})

test('a lease that was claimed back is not acquired before a TTL, and not handed over', async () => {
  const { clock, one, two } = await pair()
  const empty = new LocalStore({ clock, ttlMs: TTL_MS })
  one.network.store = empty
  two.network.store = empty
  await clock.pass(2 * RENEW_MS)
  assert.equal(one.keeper.held(), [{ channel: 'studio', epoch: one.keeper.epoch('studio'), kind: 'claimed' }])
  assert.equal(await one.keeper.acquire('studio'), { granted: false, reason: 'not-attended', holder: 'one' })
  assert.ok(await one.keeper.handOver('studio', 'two'))
  assert.is((await empty.leases())[0]!.reservedFor, null)
  const early = await two.keeper.acquire('studio')
  assert.is(early.granted || early.reason, 'not-attended')
})

test('memory: the next process gets the leases of the one before, and its epochs; a broken file is none', async () => {
  const { clock, store, one } = await pair()
  const { folder } = one
  await one.keeper.stop()
  const next = keeperOf(store, 'one', clock, folder)
  assert.is(next.keeper.seenEpoch, one.keeper.seenEpoch)
  await next.keeper.start()
  const result = await next.keeper.acquire('studio')
  assert.ok(result.granted && result.epoch > one.keeper.seenEpoch)
  await next.keeper.stop()
  const file = join(folder, 'fleet.json')
  assert.is(JSON.parse(readFileSync(file, 'utf8')).sessions.length, 2)
  for (let starts = 0; starts < 10; starts += 1) new WorkerMemory(folder).begin(randomUUID())
  assert.is(new WorkerMemory(folder).value.sessions.length, 8)
  writeFileSync(file, '{"sessions":["x')
  assert.equal(new WorkerMemory(folder).value, { sessions: [], seenEpoch: 0n })
})

test.run()
