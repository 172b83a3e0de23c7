import * as assert from 'uvu/assert'
import { systemClock } from 'rxgst/checks'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import type { FleetEvent, FleetState } from '../../src/fleet/fleet-state.js'
import type { StoreChange } from '../../src/fleet/lease-store.js'
import { LocalState } from '../../src/fleet/local-state.js'
import type { Database } from '../../src/fleet/postgres/database.js'
import { PostgresState } from '../../src/fleet/postgres/postgres-state.js'
import { MOST_EVENTS_AT_ONCE } from '../../src/fleet/state-rules.js'
import { databaseOf, hasPostgres, startFleet, type Fleet } from './support.js'

const { default: fc, runs } = support
const test = suite('state of the fleet', { timeout: 180_000 })
const run = hasPostgres ? test : test.skip
let fleet: Fleet
let database: Database

test.before(async () => {
  if (!hasPostgres) return
  fleet = await startFleet()
  database = databaseOf(fleet.workerUrl, 60_000)
})
test.after(async () => {
  await database?.close()
  await fleet?.[Symbol.asyncDispose]()
})

async function emptied(): Promise<PostgresState> {
  await fleet.sql(
    `DELETE FROM rxgst.channels; DELETE FROM rxgst.drains; TRUNCATE rxgst.events;
     ALTER SEQUENCE rxgst.events_id_seq RESTART`,
  )
  return new PostgresState(database)
}

/** An error is an answer, too. */
const outcome = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: { code?: string }) => {
    if (error.code === undefined) throw error
    return error.code
  })

const NAMES = ['studio', 'gate', 'Übertragung', 'x'.repeat(63)]
const WORKERS = ['one', 'two']
const channel = fc.constantFrom(...NAMES)
const worker = fc.option(fc.constantFrom(...WORKERS))
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter(one => !one.includes('\u0000'))
const document = fc.oneof(
  fc.constantFrom({ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1, b: [{ d: null, c: 'é"\\' }] }, {}, 'no object', '\\u0000'),
  fc.dictionary(text, fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), text, fc.boolean())),
  fc.constantFrom('half \ud800', { zero: '\u0000' }, undefined),
)
/** Of the etags that came up so far: the last one, and others. */
const match = fc.constantFrom('any', 'none', 'last', 'before', 'wrong')
const event = fc.record({
  type: fc.constantFrom('moved', 'x'.repeat(300)),
  channel: fc.option(channel),
  user: fc.option(text),
  message: fc.constantFrom('it moved', `${'é'.repeat(1998)}👍👍`, 'half \ud800, zero \u0000'),
  data: fc.constantFrom({}, { to: 'two', count: 1 }, { much: 'x'.repeat(30_000) }, { zero: '\u0000' }),
})
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), channel, document, match }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), channel, match }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('prefer' as const), channel, worker }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('appoint' as const), channel, worker }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('ready' as const), channel, worker: fc.constantFrom(...WORKERS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('measured' as const),
      costs: fc.array(fc.tuple(channel, fc.constantFrom(0, 0.25, 1.75, -1, Number.NaN, 1e9)), { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('drain' as const),
      worker: fc.constantFrom(...WORKERS, ''),
      drain: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('events' as const), events: fc.array(event, { maxLength: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('read' as const), after: fc.nat(6), limit: fc.constantFrom(0, 1, 3, 1e9) }),
  },
)

run('the store and its twin in memory answer alike, whatever is asked in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 30, size: 'max' }), async operations => {
      const postgres = await emptied()
      const twin = new LocalState(systemClock)
      const etags: string[] = ['of nothing']
      const both = async <T>(ask: (state: FleetState) => Promise<T>): Promise<unknown> => {
        const [expected, told] = [await outcome(ask(twin)), await outcome(ask(postgres))]
        assert.equal(told, expected)
        return expected
      }
      const wanted = (which: string): { ifMatch?: string | null } => {
        if (which === 'any') return {}
        if (which === 'none') return { ifMatch: null }
        return { ifMatch: which === 'wrong' ? 'wrong' : (etags.at(which === 'last' ? -1 : -2) ?? 'of before') }
      }
      for (const one of operations) {
        if (one.do === 'put') {
          const etag = await both(state =>
            state.putChannel(one.channel, one.document, { by: `one ${etags.length}`, ...wanted(one.match) }),
          )
          if (typeof etag === 'string' && !etag.startsWith('ERR_')) etags.push(etag)
        } else if (one.do === 'delete') await both(state => state.deleteChannel(one.channel, wanted(one.match)))
        else if (one.do === 'prefer') await both(state => state.prefer(one.channel, one.worker))
        else if (one.do === 'appoint') await both(state => state.appoint(one.channel, one.worker))
        else if (one.do === 'ready') await both(state => state.ready(one.channel, one.worker))
        else if (one.do === 'measured') await both(state => state.measured(new Map(one.costs)))
        else if (one.do === 'drain') await both(state => state.setDrain(one.worker, one.drain, 'anna'))
        else if (one.do === 'events') await both(state => state.addEvents('one', one.events))
        else {
          await both(async state => timeless(await state.eventsAfter(BigInt(one.after), one.limit)))
          await both(async state => timeless(await state.lastEvents(one.limit)))
        }
        await both(state => state.channels())
      }
      await both(async state => [...(await state.drains())].sort())
      await both(async state => timeless(await state.lastEvents(1000)))
      const fresh = await new PostgresState(database).channels()
      assert.equal(fresh, await twin.channels(), 'a look that remembers no document')
    }),
    { numRuns: runs(12) },
  )
})

const timeless = (events: readonly FleetEvent[]) => events.map(event => ({ ...event, at: 0 }))

run('of 20 that change one channel at once, one does; a document without a change is no change', async () => {
  await emptied()
  const states = Array.from({ length: 20 }, () => new PostgresState(database))
  const first = await states[0]!.putChannel('studio', { title: 'first' }, { by: 'one file', ifMatch: null })
  const changed = await Promise.all(
    states.map((state, index) =>
      outcome(state.putChannel('studio', { title: `by ${index}` }, { by: 'two', ifMatch: first })),
    ),
  )
  assert.is(changed.filter(result => result === 'ERR_CHANGED_MEANWHILE').length, 19)
  const { etag, document } = (await states[0]!.channels())[0]!
  assert.ok(changed.includes(etag))
  assert.is(await states[1]!.putChannel('studio', document, { by: 'three', ifMatch: etag }), etag)
  assert.is(await states[1]!.putChannel('studio', document, { by: 'three' }), etag)
  assert.is((await states[1]!.channels())[0]!.changedBy, 'two')
  // Two that are new at once.
  const made = await Promise.all(
    states.map(state => outcome(state.putChannel('gate', {}, { by: 'one', ifMatch: null }))),
  )
  assert.is(made.filter(result => result === 'ERR_CHANGED_MEANWHILE').length, 19)
})

run('placements go with their channel, also while others write them', async () => {
  const state = await emptied()
  const others = [new PostgresState(database), new PostgresState(database)]
  for (let round = 0; round < 20; round += 1) {
    await state.putChannel('studio', { round }, { by: 'one' })
    await state.prefer('studio', 'one')
    const results = await Promise.all([
      outcome(state.deleteChannel('studio', {})),
      outcome(others[0]!.measured(new Map([['studio', 1]]))),
      outcome(others[1]!.appoint('studio', 'two')),
    ])
    assert.is(results[1], undefined)
    assert.ok([undefined, 'ERR_CHANNEL_UNKNOWN'].includes(results[2] as undefined), String(results[2]))
    assert.equal(await fleet.sql('SELECT FROM rxgst.placements'), [])
  }
})

run('wishes are told to all workers, costs are not', async () => {
  const state = await emptied()
  await state.putChannel('studio', {}, { by: 'one' })
  const changes: (StoreChange | null)[] = []
  const end = fleet.store('watcher', { ttlMs: 60_000 }).watch(change => changes.push(change))
  await fleet.listens('watcher')
  const told = async (wish: () => Promise<unknown>, table: StoreChange['table'], key: string) => {
    changes.length = 0
    await wish()
    await until(() => changes.some(change => change?.table === table && change.key === key), {
      what: () => `news of ${table} ${key} among ${JSON.stringify(changes)}`,
    })
  }
  await told(() => state.prefer('studio', 'two'), 'channels', 'studio')
  await told(() => state.appoint('studio', 'two'), 'channels', 'studio')
  await told(() => state.ready('studio', 'two'), 'channels', 'studio')
  await told(() => state.setDrain('two', true, 'anna'), 'workers', 'two')
  await told(
    async () => {
      await state.measured(new Map([['studio', 1.5]]))
      await state.ready('studio', 'two')
      await state.setDrain('two', true, 'otto')
      await state.setDrain('two', false, 'anna')
    },
    'workers',
    'two',
  )
  assert.is(changes.filter(change => change !== null).length, 1, JSON.stringify(changes))
  end()
})

run('events are pruned by those who add them; too many at once are refused', async () => {
  const state = await emptied()
  const one = { type: 'x', channel: null, user: null, message: 'y', data: {} }
  const many = (count: number) => Array.from({ length: count }, () => one)
  await state.addEvents('one', many(1))
  await fleet.sql(`UPDATE rxgst.events SET at = at - interval '91 days'`)
  for (let added = 0; added < 1000; added += MOST_EVENTS_AT_ONCE) {
    assert.is((await state.lastEvents(1000))[0]!.id, 1n)
    await state.addEvents('one', many(MOST_EVENTS_AT_ONCE))
  }
  assert.is((await state.lastEvents(1000))[0]!.id, 2n, 'the first one is too old')
  assert.is(await outcome(state.addEvents('one', many(MOST_EVENTS_AT_ONCE + 1))), 'ERR_STORE_VALUE')
  const [{ at }] = (await state.lastEvents(1)) as [FleetEvent]
  const [{ now }] = (await fleet.sql('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now')) as [
    { now: number },
  ]
  assert.ok(now - at >= -1 && now - at < 60_000, String(now - at))
})

run('a document that is too large is refused, and the one before stays', async () => {
  const state = await emptied()
  await state.putChannel('studio', { title: 'small' }, { by: 'one' })
  const numbers = Array.from({ length: 80_000 }, () => 1e300)
  for (const large of [{ title: 'x'.repeat(400_000) }, { numbers }]) {
    assert.is(await outcome(state.putChannel('studio', large, { by: 'one' })), 'ERR_STORE_VALUE')
  }
  assert.equal((await state.channels())[0]!.document, { title: 'small' })
})

run('a worker may not write placements beyond its wishes, nor of channels that are not there', async () => {
  await emptied()
  for (const [statement, code] of [
    ['DELETE FROM rxgst.placements', 'ERR_STORE_RIGHTS'],
    ['UPDATE rxgst.drains SET at = now()', 'ERR_STORE_RIGHTS'],
    [`INSERT INTO rxgst.placements (channel) VALUES ('nowhere')`, 'ERR_STORE_VALUE'],
  ] as const) {
    assert.is(await outcome(database.query(statement)), code, statement)
  }
})

test.run()
