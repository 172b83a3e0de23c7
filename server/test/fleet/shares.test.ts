// What a worker takes: what nobody better asks for, and never too much at once.
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { dutiesOf, RANK_PARTS, type DutyCase, type WantedChannel } from '../../src/fleet/duties.js'
import type { WorkerView } from '../../src/fleet/lease-store.js'
import { RANKED } from '../../src/fleet/placement.js'

const test = suite('fleet: shares')
const TTL_MS = 15_000

const worker = (name: string, load: number): WorkerView => ({
  ...{ name, version: '0', load, draining: false, capacity: { cores: 10 }, silentMs: 0 },
})
const wanted = (name: string, costCores: number): WantedChannel => ({
  ...{ name, enabled: true, isHot: false, costCores, preferredWorker: null, nextWorker: null, nextReady: false },
})

/** Channels that have been free for so long, as the worker `self` of ten cores sees them. */
function taken(channels: readonly WantedChannel[], workers: readonly WorkerView[], freeMs: number, usedCores = 7) {
  const of: DutyCase = {
    ...{ worker: 'self', channels: new Map(channels.map(it => [it.name, it])), leases: new Map(), workers },
    ...{ drains: new Set(), draining: false, ttlMs: TTL_MS, capacityCores: 10, held: new Set(), prepared: new Map() },
    ...{ usedCores, freeMs: () => freeMs, waitedMs: () => 0, isReady: () => true },
    ...{ isUnable: () => false, shuns: () => false },
  }
  return dutiesOf(of).list.flatMap(duty => (duty.kind === 'acquire' ? [duty.channel] : []))
}

test('a worker takes what none of the better ones asks for, however many they are', () => {
  const better = Array.from({ length: RANKED + 2 }, (_, i) => worker(`w${i}`, 0.1))
  const ms = (better.length * TTL_MS) / RANK_PARTS
  const workers = [...better, worker('self', 0.7)]
  assert.equal(taken([wanted('studio', 0.5)], workers, ms - 1), [])
  assert.equal(taken([wanted('studio', 0.5)], workers, ms), ['studio'])
})

test('of what others do not ask for it takes no more than it has room for', () => {
  const channels = Array.from({ length: 5 }, (_, i) => wanted(`c${i}`, 0.4))
  assert.is(taken(channels, [worker('other', 0.1), worker('self', 0.7)], TTL_MS).length, 2)
  assert.is(taken(channels, [worker('other', 0.1), worker('self', 0.7)], TTL_MS, 0).length, 5)
})

test.run()
