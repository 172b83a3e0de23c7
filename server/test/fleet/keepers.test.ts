// suite: deep
import { randomUUID } from 'node:crypto'
import * as assert from 'uvu/assert'
import { systemClock } from 'rxgst/checks'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { LeaseKeeper, type KeeperEvent } from '../../src/fleet/lease-keeper.js'
import { WorkerMemory } from '../../src/fleet/memory.js'
import { FACTS, hasPostgres, startFleet, type Fleet } from './support.js'

const test = suite('keepers on PostgreSQL', { timeout: 300_000 })
const run = hasPostgres ? test : test.skip
/** Long enough for a machine that is busy with other things. */
const TTL_MS = 12_000
let fleet: Fleet

test.before.each(async () => {
  if (hasPostgres) fleet = await startFleet()
})
test.after.each(async () => fleet?.[Symbol.asyncDispose]())

async function keeperOf(name: string) {
  const events: KeeperEvent[] = []
  const keeper = new LeaseKeeper({
    ...{ store: fleet.store(name, { ttlMs: TTL_MS, timeoutMs: TTL_MS / 3 }), clock: systemClock, ttlMs: TTL_MS },
    ...{ worker: { name, session: randomUUID() }, memory: new WorkerMemory(tempDir()) },
    facts: () => FACTS,
    onEvent: event => void (event.type !== 'renewed' && events.push(event)),
  })
  await keeper.start()
  return { keeper, events, types: () => events.map(({ type }) => type) }
}

type Kept = Awaited<ReturnType<typeof keeperOf>>

/** The first worker of a fleet has to watch for a TTL, too. */
async function firstLease({ keeper }: Kept): Promise<void> {
  const granted = async () => (await keeper.acquire('studio').catch(() => null))?.granted
  await until(granted, { what: 'the first lease', timeout: 120_000, interval: 100 })
}

/** Looks all the time whether two may connect. */
function watchFor(keepers: readonly Kept[]) {
  let both = 0
  let looks = 0
  const timer = setInterval(() => {
    looks += 1
    if (keepers.filter(({ keeper }) => keeper.mayConnect('studio')).length > 1) both += 1
  }, 20)
  return () => {
    clearInterval(timer)
    assert.ok(looks > 10)
    assert.is(both, 0, 'two could connect')
  }
}

/** Asks for the channel as often as it can, as a worker does that looks for work. */
function greedy({ keeper }: Kept) {
  let asking = true
  const loop = (async () => {
    while (asking) {
      await keeper.acquire('studio').catch(() => null)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  })()
  return async () => {
    asking = false
    await loop
  }
}

run('a store that is killed for longer than a TTL costs nobody a lease', async () => {
  const one = await keeperOf('one')
  await firstLease(one)
  const epoch = one.keeper.epoch('studio')
  const two = await keeperOf('two')
  const [endWatch, endAsking] = [watchFor([one, two]), greedy(two)]
  await until(() => one.keeper.mayConnect('studio'), { what: 'a confirmed lease' })
  await fleet.postgres.kill('SIGKILL')
  await until(() => one.keeper.state('studio') === 'lost', { what: 'the end of the TTL', timeout: 120_000 })
  assert.not(one.keeper.mayConnect('studio'))
  assert.ok(one.types().includes('store-lost'))
  await fleet.postgres.restart()
  await until(() => one.keeper.mayConnect('studio'), { what: 'the lease again', timeout: 120_000 })
  assert.ok(one.keeper.epoch('studio')! > epoch!)
  assert.ok(one.types().includes('store-back'))
  // The other has watched for a TTL then, and still finds it held.
  await until(() => two.types().includes('store-back'), { what: 'the store for the other', timeout: 120_000 })
  await new Promise(resolve => setTimeout(resolve, TTL_MS))
  await until(() => one.keeper.state('studio') === 'confirmed', { what: 'a confirmation', timeout: 120_000 })
  assert.is(two.keeper.state('studio'), null)
  await endAsking()
  endWatch()
  for (const { keeper } of [one, two]) await keeper.stop()
})

run('a store from an older backup gets the lease back from its holder, not from who had it then', async () => {
  const one = await keeperOf('one')
  await firstLease(one)
  const old = one.keeper.epoch('studio')!
  const two = await keeperOf('two')
  await fleet.postgres.stop()
  const backup = fleet.postgres.backup()
  await fleet.postgres.restart()
  const handedOver = () => one.keeper.handOver('studio', 'two').catch(() => null)
  await until(() => one.keeper.mayConnect('studio'), { what: 'the store again', timeout: 120_000 })
  const acquired = async () => (await two.keeper.acquire('studio').catch(() => null))?.granted
  // A busy machine may lose an answer of the store: of the hand-over, or of what came of it.
  await until(async () => (await handedOver()) || (await acquired()), { what: 'the hand-over', timeout: 120_000 })
  const has = async () => two.keeper.epoch('studio') !== null || (await acquired())
  await until(has, { what: 'the lease of the other', timeout: 120_000 })
  const epoch = two.keeper.epoch('studio')!
  assert.ok(epoch > old)
  // The backup is older than a TTL when it is put back.
  await new Promise(resolve => setTimeout(resolve, TTL_MS))
  const [endWatch, endAsking] = [watchFor([one, two]), greedy(one)]
  await fleet.postgres.stop()
  fleet.postgres.restore(backup)
  await fleet.postgres.restart()
  await until(() => two.types().includes('store-went-back'), { what: 'the restore', timeout: 120_000 })
  await until(() => two.keeper.mayConnect('studio'), { what: 'the lease again', timeout: 120_000 })
  assert.ok(two.keeper.epoch('studio')! > epoch, 'epochs go on')
  assert.is((await fleet.sql('SELECT holder FROM rxgst.leases'))[0]!['holder'], 'two')
  assert.not(two.types().includes('superseded'))
  assert.is(one.keeper.state('studio'), null)
  await endAsking()
  endWatch()
  for (const { keeper } of [one, two]) await keeper.stop()
})

test.run()
