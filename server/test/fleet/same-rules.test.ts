// suite: deep
// lane: processor
import * as assert from 'uvu/assert'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import type { LeaseStore } from '../../src/fleet/lease-store.js'
import { LocalStore } from '../../src/fleet/local-store.js'
import { FACTS, hasPostgres, startFleet, type Fleet } from './support.js'

const { default: fc, runs } = support
const test = suite('rules of the store', { timeout: 240_000 })
const run = hasPostgres ? test : test.skip
const TTL_MS = 15_000
const START_MS = 1_800_000_000_000
const WORKERS = ['one', 'two', 'three']
const CHANNELS = ['studio', 'gate']
let fleet: Fleet

test.before(async () => {
  if (!hasPostgres) return
  fleet = await startFleet()
  // A clock that stands still until the test moves it.
  await fleet.sql(`
    CREATE TABLE public.test_clock (ms bigint);
    INSERT INTO public.test_clock VALUES (0);
    GRANT SELECT ON public.test_clock TO PUBLIC;
    CREATE OR REPLACE FUNCTION rxgst.clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS
      $$ SELECT 'epoch'::timestamptz + (SELECT ms FROM public.test_clock) * interval '1 ms' $$`)
})
test.after(async () => fleet?.[Symbol.asyncDispose]())

const worker = fc.nat(WORKERS.length - 1)
const channel = fc.nat(CHANNELS.length - 1)
/** Of the heartbeats that the worker has sent: the last one, and others. */
const behind = fc.nat(2)
/** Of the epochs that came up so far: the last one, and others. */
const back = fc.nat(3)
const operation = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('register' as const), worker, next: fc.boolean(), stranger: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ do: fc.constant('acquire' as const), worker, channel, back, behind },
      attendedMs: fc.constantFrom(0, TTL_MS - 1, TTL_MS, 10 * TTL_MS),
      ageMs: fc.constantFrom(0, 1000, 10_000, 40_000),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('renew' as const), worker, back, behind, both: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('release' as const), worker, channel, back },
      to: fc.option(fc.nat(WORKERS.length - 1)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), worker }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 2500, 5000, 5001, 15_000, 15_001, 20_001, 3_600_000, -3_600_000),
    }),
  },
)

run('the SQL decides as the rules in code do, whatever is asked in whatever order', async () => {
  let now = START_MS
  const clock = { now: () => now, unix: () => now, setTimeout: () => null, clearTimeout: () => {} }
  const postgres = fleet.store('same', { ttlMs: TTL_MS })
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 40, size: 'max' }), async operations => {
      now += 86_400_000
      await fleet.sql('TRUNCATE rxgst.leases, rxgst.workers')
      const rules = new LocalStore({ clock, ttlMs: TTL_MS, loneWaits: true })
      const sessions = WORKERS.map(() => 0)
      const beats = WORKERS.map(() => 0)
      const epochs = [1n]
      const both = async <T>(ask: (store: LeaseStore) => Promise<T>): Promise<T> => {
        const [expected, told] = [await outcome(ask(rules)), await outcome(ask(postgres))]
        assert.equal(told, expected)
        return expected as T
      }
      const of = (index: number) => ({ name: WORKERS[index]!, session: sessionOf(index, sessions[index]!) })
      const heartbeat = (index: number, less: number, seenEpoch: bigint) => {
        beats[index]! += 1
        return { number: beats[index]!, confirmed: Math.max(0, beats[index]! - 1 - less), seenEpoch, facts: FACTS }
      }
      const epoch = (ago: number) => epochs[Math.max(0, epochs.length - 1 - ago)]!
      const move = async () => void (await fleet.sql(`UPDATE public.test_clock SET ms = ${now}`))
      await move()
      for (const one of operations) {
        if (one.do === 'pass') {
          now += one.ms
          await move()
        } else if (one.do === 'register') {
          const { session } = of(one.worker)
          if (one.next) [sessions[one.worker]!, beats[one.worker]!] = [sessions[one.worker]! + 1, 0]
          const previous = one.stranger ? [] : [session]
          const beat = heartbeat(one.worker, 0, epoch(3))
          await both(store => store.register(of(one.worker), previous, beat))
        } else if (one.do === 'acquire') {
          const beat = Math.max(0, beats[one.worker]! - one.behind)
          const standing = { beat, ageMs: one.ageMs, attendedMs: one.attendedMs, seenEpoch: epoch(one.back) }
          const result = await both(store => store.acquire(of(one.worker), CHANNELS[one.channel]!, standing))
          if (result.granted) epochs.push(result.epoch)
        } else if (one.do === 'renew') {
          const held = (one.both ? CHANNELS : CHANNELS.slice(0, 1)).map(name => ({
            channel: name,
            epoch: epoch(one.back),
          }))
          const beat = heartbeat(one.worker, one.behind, epoch(one.back))
          await both(async store => {
            const renewed = await store.renew(of(one.worker), held, beat)
            if (!renewed.known) return renewed
            return { ...renewed, leases: [...renewed.leases].sort((a, b) => (a.channel < b.channel ? -1 : 1)) }
          })
        } else if (one.do === 'release') {
          const lease = { channel: CHANNELS[one.channel]!, epoch: epoch(one.back) }
          await both(store => store.release(of(one.worker), lease, one.to === null ? null : WORKERS[one.to]!))
        } else await both(store => store.leave(of(one.worker)))
      }
      await both(async store => [...(await store.leases())].sort((a, b) => (a.channel < b.channel ? -1 : 1)))
      await both(async store => [...(await store.workers())].sort((a, b) => (a.name < b.name ? -1 : 1)))
    }),
    { numRuns: runs(30) },
  )
})

/** An error is an answer, too. */
const outcome = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: { code?: string }) => {
    if (error.code === undefined) throw error
    return error.code
  })

const sessionOf = (worker: number, process: number) =>
  `00000000-0000-4000-8000-${String(worker).padStart(4, '0')}${String(process).padStart(8, '0')}`

test.run()
