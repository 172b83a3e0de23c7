// Where channels run: what each worker works out alone must be the same, and never too much.
import * as assert from 'uvu/assert'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import { channelSchema } from '../../src/core/schema.js'
import {
  expectedCost,
  FULL,
  placeAll,
  RANKED,
  rankWorkers,
  type PlacementChannel,
  type PlacementWorker,
} from '../../src/fleet/placement.js'

const { default: fc, runs } = support
const test = suite('placement')
const NEAR = 1e-6

const worker = (name: string, usedCores = 0, capacityCores = 10, available = true): PlacementWorker => ({
  ...{ name, usedCores, capacityCores, available },
})
const channel = (name: string, costCores = 1, wishes: Partial<PlacementChannel> = {}): PlacementChannel => ({
  ...{ name, costCores, preferredWorker: null, nextWorker: null, avoid: null },
  ...wishes,
})

const workerNames = ['w0', 'w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7']
const anyName = fc.option(fc.constantFrom(...workerNames, 'gone'), { nil: null, freq: 2 })
const anyWorkers = fc.uniqueArray(fc.constantFrom(...workerNames)).chain(names =>
  fc.tuple(
    ...names.map(name =>
      fc.record({
        name: fc.constant(name),
        capacityCores: fc.constantFrom(0.1, 2, 4, 16),
        usedCores: fc.double({ min: 0, max: 12, noNaN: true }),
        available: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      }),
    ),
  ),
)
const cost = fc.oneof(fc.constantFrom(0, 0.01, 0.5, 1.6, 20), fc.double({ min: 0, max: 4, noNaN: true }))
const anyChannel = fc.record({
  name: fc.string({ minLength: 1, maxLength: 4 }),
  ...{ costCores: cost, preferredWorker: anyName, nextWorker: anyName, avoid: anyName },
})
const anyChannels = fc.uniqueArray(anyChannel, { maxLength: 30, selector: it => it.name })

/** What the worker has with the channel. The one that gets ready for it has counted it already. */
const filled = (
  it: PlacementWorker,
  { name, usedCores }: PlacementWorker,
  { nextWorker, costCores }: PlacementChannel,
) => (usedCores + (name === nextWorker ? 0 : costCores)) / it.capacityCores

const fits = (it: PlacementWorker, of: PlacementChannel): boolean =>
  it.available && it.name !== of.avoid && filled(it, it, of) <= FULL + NEAR

test('all workers that have room are ranked, and no other ones', () => {
  fc.assert(
    fc.property(anyChannel, anyWorkers, (it, workers) => {
      const ranked = rankWorkers(it, workers)
      assert.is(new Set(ranked).size, ranked.length)
      for (const one of workers) {
        const edge = Math.abs(filled(one, one, it) - FULL) <= NEAR
        if (!edge) assert.is(ranked.includes(one.name), fits(one, it), one.name)
      }
    }),
    { numRuns: runs(500) },
  )
})

test('the worker that is ready comes first, then the one that people want, then the less loaded one', () => {
  fc.assert(
    fc.property(anyChannel, anyWorkers, (it, workers) => {
      const ranked = rankWorkers(it, workers)
      const has = (name: string | null) => name !== null && ranked.includes(name)
      if (has(it.nextWorker)) assert.is(ranked[0], it.nextWorker)
      const wanted = new Set([it.nextWorker, it.preferredWorker].filter(has))
      if (has(it.preferredWorker)) assert.ok(ranked.indexOf(it.preferredWorker!) < wanted.size)
      const rest = ranked.slice(wanted.size).map(name => workers.find(one => one.name === name)!)
      for (const [i, one] of rest.entries())
        if (i > 0) assert.ok(filled(rest[i - 1]!, rest[i - 1]!, it) <= filled(one, one, it) + 0.0101)
    }),
    { numRuns: runs(500) },
  )
})

test('the order of what is asked makes no difference', () => {
  const shuffled = <T>(all: readonly T[]) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length }))
  fc.assert(
    fc.property(anyChannels.chain(shuffled), anyWorkers.chain(shuffled), (channels, workers) => {
      assert.equal(placeAll(channels[1], workers[1]), placeAll(channels[0], workers[0]))
    }),
    { numRuns: runs(300) },
  )
})

test('each worker knows its own rank, and ranks have no gaps', () => {
  fc.assert(
    fc.property(anyChannels, anyWorkers, (channels, workers) => {
      const placed = placeAll(channels, workers)
      const ranks = workers.map(({ name }) => placeAll(channels, workers, name))
      for (const [i, { workers: ranked, rank }] of placed.entries()) {
        assert.is(rank, null)
        const own = ranks.map(one => one[i]!.rank)
        const known = own.filter(it => it !== null).sort((one, other) => one - other)
        assert.equal(known, [...known.keys()])
        assert.is(ranked.length, Math.min(RANKED, known.length))
        for (const [at, name] of ranked.entries()) assert.is(own[workers.findIndex(it => it.name === name)], at)
      }
    }),
    { numRuns: runs(200) },
  )
})

test('of many channels each is placed once, no worker has too much, and who waits is told why', () => {
  fc.assert(
    fc.property(anyChannels, anyWorkers, (channels, workers) => {
      const placed = placeAll(channels, workers)
      assert.equal(placed.map(it => it.channel).sort(), channels.map(it => it.name).sort())
      const used = new Map(workers.map(it => [it.name, it.usedCores]))
      for (const { channel: name, workers: ranked, waitsFor } of placed) {
        const it = channels.find(one => one.name === name)!
        assert.is(ranked.length === 0, waitsFor !== null)
        assert.ok(ranked.length <= RANKED)
        const now = workers.map(one => ({ ...one, usedCores: used.get(one.name)! }))
        const room = now.filter(one => fits(one, it))
        // Sums at the very edge of what a worker takes may be rounded either way.
        if (now.every(one => Math.abs(filled(one, one, it) - FULL) > NEAR))
          assert.is(ranked.length, Math.min(RANKED, room.length))
        for (const one of ranked) assert.ok(fits(now.find(its => its.name === one)!, it))
        const [first] = ranked
        if (first !== undefined && first !== it.nextWorker) used.set(first, used.get(first)! + it.costCores)
      }
    }),
    { numRuns: runs(500) },
  )
})

test('free channels of empty workers are spread evenly', () => {
  const workers = Array.from({ length: 5 }, (_, i) => worker(`w${i}`, 0, 16))
  const placed = placeAll(
    Array.from({ length: 200 }, (_, i) => channel(`c${i}`, 0.2)),
    workers,
  )
  const counts = new Map<string, number>()
  for (const { workers: ranked } of placed) counts.set(ranked[0]!, (counts.get(ranked[0]!) ?? 0) + 1)
  for (const count of counts.values()) assert.ok(Math.abs(count - 40) <= 1, String(count))
  assert.ok(placed.every(({ workers: ranked }) => ranked.length === 5))
})

test('workers that are alike are ranked in another order for each channel, and the loss of one moves no other', () => {
  const workers = Array.from({ length: 20 }, (_, i) => worker(`worker-${i}`))
  const firsts = new Map<string, number>()
  for (let i = 0; i < 1000; i++) {
    const ranked = rankWorkers(channel(`channel-${i}`), workers)
    firsts.set(ranked[0]!, (firsts.get(ranked[0]!) ?? 0) + 1)
    const without = workers.filter(it => it.name !== 'worker-7')
    assert.equal(
      rankWorkers(channel(`channel-${i}`), without),
      ranked.filter(name => name !== 'worker-7'),
    )
  }
  assert.is(firsts.size, 20)
  for (const [name, count] of firsts) assert.ok(count > 20 && count < 90, `${name}: ${count}`)
})

test('a channel that waits says for what', () => {
  const why = (it: PlacementChannel, ...workers: PlacementWorker[]) => placeAll([it], workers)[0]!.waitsFor
  assert.is(why(channel('a')), 'no worker is available')
  assert.is(why(channel('a'), worker('w', 0, 10, false)), 'no worker is available')
  assert.is(why(channel('a', 1, { avoid: 'w' }), worker('w')), "no other worker than 'w' is available")
  assert.is(why(channel('a', 9), worker('w')), 'it takes 9 cores, and no worker may be given more than 8')
  assert.is(why(channel('a', 2), worker('w', 6.5)), 'it takes 2 cores, and no worker has more than 1.5 left')
  assert.is(why(channel('a', 2), worker('w', 9)), 'it takes 2 cores, and no worker has more than 0 left')
})

test('a standby goes to another worker than the holder, also where the holder is wanted', () => {
  const wishes = { preferredWorker: 'one', nextWorker: 'one', avoid: 'one' }
  assert.equal(rankWorkers(channel('a', 1, wishes), [worker('one'), worker('two', 5)]), ['two'])
})

test('2,000 channels on 100 workers are placed in time', () => {
  const workers = Array.from({ length: 100 }, (_, i) => worker(`w${i}`, 0, 16))
  const channels = Array.from({ length: 2000 }, (_, i) => channel(`c${i}`, 0.1 + (i % 10) / 20))
  const spentMs = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    assert.ok(placeAll(channels, workers).every(({ workers: ranked }) => ranked.length === RANKED))
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  assert.ok(Math.min(...spentMs) < 200, String(spentMs))
})

const parsed = (config: object) => channelSchema.parse({ inputs: [{ url: 'rtmp://h/live/a' }], ...config })
const encode = { width: 1280, height: 720, fps: 30 }

test('what a channel is expected to take', () => {
  const near = (config: object, cores: number) => {
    const expected = expectedCost(parsed(config))
    assert.ok(Math.abs(expected - cores) < 0.002, `${expected} for ${cores}`)
  }
  const targets = { a: { url: 'rtmp://h/a' }, b: { url: 'rtmp://h/b', enabled: false } }
  near({ targets }, 0.013)
  near({ targets, monitor: { content: true } }, 0.044)
  near({ mode: { encode }, targets }, 0.377)
  near({ mode: { encode: { ...encode, codec: 'hevc' } }, targets }, 1.171)
  near({ mode: { encode: {} } }, 0.559)
  near({ targets: { a: { url: 'rtmp://h/a', encode: { height: 360 } } } }, 0.267)
})

test('more of anything costs more', () => {
  const input = { url: 'rtmp://h/live/a' }
  const target = { url: 'rtmp://h/a', encode: { width: 640 } }
  const cases = [
    { inputs: [input] },
    { inputs: [input, input] },
    { inputs: [input, input], monitor: { content: true } },
    { inputs: [input, input], monitor: { content: true }, targets: { a: target } },
    { inputs: [input, input], monitor: { content: true }, targets: { a: target, b: target } },
    { inputs: [input, input], monitor: { content: true }, targets: { a: target, b: target }, mode: { encode } },
  ]
  const costs = cases.map(config => expectedCost(channelSchema.parse(config)))
  assert.equal(
    costs,
    [...costs].sort((one, other) => one - other),
  )
  assert.is(new Set(costs).size, costs.length)
})

test.run()
