import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { type Duty, dutiesOf, type DutyCase, MOST_HAND_OVERS, type WantedChannel } from '../../src/fleet/duties.js'
import type { LeaseView, WorkerView } from '../../src/fleet/lease-store.js'

const test = suite('fleet: duties')
const TTL_MS = 6000

const worker = (name: string, load = 0, more: Partial<WorkerView> = {}): WorkerView => ({
  ...{ name, version: '0', load, draining: false, capacity: { cores: 4 }, silentMs: 100 },
  ...more,
})
const channel = (name: string, more: Partial<WantedChannel> = {}): WantedChannel => ({
  ...{ name, enabled: true, isHot: false, costCores: 0.1 },
  ...{ preferredWorker: null, nextWorker: null, nextReady: false },
  ...more,
})
const lease = (channel: string, holder: string | null, more: Partial<LeaseView> = {}): LeaseView => ({
  ...{ channel, holder, epoch: 1n, expiresInMs: TTL_MS, reservedFor: null },
  ...more,
})

interface Given {
  readonly channels?: readonly WantedChannel[]
  readonly leases?: readonly LeaseView[]
  readonly held?: readonly string[]
  readonly more?: Partial<DutyCase>
}

function duties({ channels = [channel('x')], leases = [], held = [], more = {} }: Given): readonly Duty[] {
  return whole({ channels, leases, held, more }).list
}

function whole({ channels = [channel('x')], leases = [], held = [], more = {} }: Given) {
  return dutiesOf({
    ...{ worker: 'a', draining: false, usedCores: 0, capacityCores: 4, ttlMs: TTL_MS },
    channels: new Map(channels.map(one => [one.name, one])),
    leases: new Map(leases.map(one => [one.channel, one])),
    workers: [worker('a'), worker('b', 0.5), worker('c', 0.6)],
    drains: new Set(),
    held: new Set(held),
    prepared: new Map(),
    freeMs: () => 0,
    waitedMs: () => 0,
    isReady: () => true,
    isUnable: () => false,
    shuns: () => false,
    ...more,
  })
}

test('the best worker takes a free channel at once, the next one when that has not', () => {
  const take = [{ kind: 'acquire', channel: 'x' }]
  for (const leases of [[], [lease('x', 'c', { expiresInMs: -1 })], [lease('x', null)]]) {
    assert.equal(duties({ leases }), take)
    assert.equal(duties({ leases, more: { worker: 'b' } }), [])
    assert.equal(duties({ leases, more: { worker: 'b', freeMs: () => TTL_MS / 6 - 1 } }), [])
    assert.equal(duties({ leases, more: { worker: 'b', freeMs: () => TTL_MS / 6 } }), take)
  }
})

test('nobody takes what another has, what is kept for another, what is not wanted, or what has no room', () => {
  assert.equal(duties({ leases: [lease('x', 'c')] }), [])
  assert.equal(duties({ leases: [lease('x', null, { reservedFor: 'b' })] }), [])
  assert.equal(duties({ channels: [channel('x', { enabled: false })] }), [])
  const { list, waits } = whole({ channels: [channel('x', { costCores: 5 })] })
  assert.equal(list, [])
  assert.match(waits.get('x')!, /no worker may be given more/)
  assert.equal(duties({ more: { draining: true } }), [])
})

test('its own lease of before, and one that was handed over to it, it takes whatever its rank', () => {
  const take = [{ kind: 'acquire', channel: 'x' }]
  assert.equal(duties({ leases: [lease('x', 'c')], more: { worker: 'c' } }), take)
  assert.equal(duties({ leases: [lease('x', null, { reservedFor: 'c' })], more: { worker: 'c' } }), take)
  assert.equal(duties({ leases: [lease('x', null, { reservedFor: 'c', expiresInMs: -1 })], more: { worker: 'c' } }), [])
})

test('a channel that is gone or disabled is given back', () => {
  assert.equal(duties({ channels: [], held: ['x'] }), [{ kind: 'give-back', channel: 'x' }])
  const channels = [channel('x', { enabled: false })]
  assert.equal(duties({ channels, held: ['x'] }), [{ kind: 'give-back', channel: 'x' }])
})

test('a worker that is drained asks another one, and gives the channel away when that is ready', () => {
  const leases = [lease('x', 'a')]
  const more = { drains: new Set(['a']) }
  assert.equal(duties({ leases, held: ['x'], more }), [{ kind: 'appoint', channel: 'x', worker: 'b' }])
  const asked = [channel('x', { nextWorker: 'b' })]
  assert.equal(duties({ channels: asked, leases, held: ['x'], more }), [])
  const handOver = [{ kind: 'hand-over', channel: 'x', successor: 'b' }]
  const ready = [channel('x', { nextWorker: 'b', nextReady: true })]
  assert.equal(duties({ channels: ready, leases, held: ['x'], more }), handOver)
  // Where it never gets ready, what is on air stays so; whoever can has it where nothing is, or this server ends.
  const waitedMs = () => 2 * TTL_MS + 1
  const late = { channels: asked, leases, held: ['x'] }
  const stays = whole({ ...late, more: { ...more, waitedMs } })
  assert.equal([stays.list, stays.waits.get('x')], [[], "worker 'b' does not get ready for it"])
  for (const ending of [{ isReady: () => false }, { draining: true }])
    assert.equal(duties({ ...late, more: { ...more, ...ending, waitedMs } }), [{ kind: 'give-back', channel: 'x' }])
  // One that is gone is replaced.
  const workers = [worker('a'), worker('b', 0.5, { silentMs: TTL_MS }), worker('c', 0.6)]
  assert.equal(duties({ channels: asked, leases, held: ['x'], more: { ...more, workers } }), [
    { kind: 'appoint', channel: 'x', worker: 'c' },
  ])
})

test('a channel that cannot run here is given up where another worker has room; taken back where none takes it', () => {
  const leases = [lease('x', 'a')]
  const more = { isUnable: () => true }
  assert.equal(duties({ leases, held: ['x'], more }), [{ kind: 'give-up', channel: 'x' }])
  for (const workers of [[worker('a')], [worker('a'), worker('b', 1)]]) {
    const { list, waits } = whole({ leases, held: ['x'], more: { ...more, workers } })
    assert.equal([list, waits.get('x')], [[], 'it cannot run on this machine, and no other worker has room for it'])
  }
  const free = [lease('x', null)]
  const shuns = () => true
  assert.equal(duties({ leases: free, more: { shuns } }), [])
  assert.equal(duties({ leases: free, more: { shuns, freeMs: () => 2 * TTL_MS - 1 } }), [])
  assert.equal(duties({ leases: free, more: { shuns, freeMs: () => 2 * TTL_MS } }), [{ kind: 'acquire', channel: 'x' }])
})

test('what a drained worker gives away is shared out, and no worker is asked for more than it has room for', () => {
  const names = Array.from({ length: 8 }, (_, i) => `x${i}`)
  const { list, waits } = whole({
    channels: names.map(name => channel(name, { costCores: 1 })),
    leases: names.map(name => lease(name, 'a')),
    held: names,
    more: { draining: true, workers: [worker('a'), worker('b', 0.2), worker('c', 0.25)] },
  })
  const asked = list.map(duty => (duty.kind === 'appoint' ? duty.worker : duty.kind))
  assert.equal([...asked].sort(), ['b', 'b', 'c', 'c'])
  assert.is(waits.size, 4)
})

test('a channel that is on air stays where its new worker does not get ready; one that is not goes there', () => {
  const given = {
    channels: [channel('x', { preferredWorker: 'c', nextWorker: 'c' })],
    leases: [lease('x', 'a')],
    held: ['x'],
  }
  const waitedMs = () => 2 * TTL_MS + 1
  assert.equal(duties(given), [])
  const { list, waits } = whole({ ...given, more: { waitedMs } })
  assert.equal([list, waits.get('x')], [[], "worker 'c' does not get ready for it"])
  assert.equal(duties({ ...given, more: { waitedMs, isReady: () => false } }), [
    { kind: 'hand-over', channel: 'x', successor: 'c' },
  ])
})

test('without another worker a channel stays where it is, and says why', () => {
  const more = { drains: new Set(['a']), workers: [worker('a')] }
  const { list, waits } = whole({ leases: [lease('x', 'a')], held: ['x'], more })
  assert.equal(list, [])
  assert.is(waits.get('x'), 'no other worker has room for it')
})

test('few channels are given away at the same time', () => {
  const names = Array.from({ length: 5 }, (_, i) => `x${i}`)
  const list = duties({
    channels: names.map(name => channel(name, { nextWorker: 'b', nextReady: true })),
    leases: names.map(name => lease(name, 'a')),
    held: names,
    more: { draining: true },
  })
  assert.is(list.length, MOST_HAND_OVERS)
})

test('a channel moves to the worker that people want, not to one that is away or drained', () => {
  const leases = [lease('x', 'a')]
  const channels = [channel('x', { preferredWorker: 'c' })]
  assert.equal(duties({ channels, leases, held: ['x'] }), [{ kind: 'appoint', channel: 'x', worker: 'c' }])
  assert.equal(duties({ channels, leases, held: ['x'], more: { drains: new Set(['c']) } }), [])
  const elsewhere = [channel('x', { preferredWorker: 'c', nextWorker: 'b', nextReady: true })]
  assert.equal(duties({ channels: elsewhere, leases, held: ['x'] }), [{ kind: 'appoint', channel: 'x', worker: 'c' }])
  const here = [channel('x', { preferredWorker: 'a', nextWorker: 'a', nextReady: true })]
  assert.equal(duties({ channels: here, leases, held: ['x'] }), [{ kind: 'appoint', channel: 'x', worker: null }])
})

test('a hot channel always has a worker beside it, and keeps it', () => {
  const leases = [lease('x', 'a')]
  assert.equal(duties({ channels: [channel('x', { isHot: true })], leases, held: ['x'] }), [
    { kind: 'appoint', channel: 'x', worker: 'b' },
  ])
  const has = [channel('x', { isHot: true, nextWorker: 'c', nextReady: true })]
  assert.equal(duties({ channels: has, leases, held: ['x'] }), [])
  // The worker beside it is the first to take it.
  const more = { worker: 'c', prepared: new Map([['x', true]]) }
  const free = [lease('x', 'a', { expiresInMs: -1 })]
  assert.equal(duties({ channels: has, leases: free, more }), [{ kind: 'acquire', channel: 'x' }])
})

test('a worker that is asked runs the channel, says when it is ready, and ends it when nobody asks any more', () => {
  const leases = [lease('x', 'c')]
  const channels = [channel('x', { nextWorker: 'a' })]
  const given = { channels, leases }
  assert.equal(duties(given), [{ kind: 'prepare', channel: 'x' }])
  assert.equal(duties({ ...given, more: { prepared: new Map([['x', false]]) } }), [])
  const prepared = new Map([['x', true]])
  assert.equal(duties({ ...given, more: { prepared } }), [{ kind: 'tell-ready', channel: 'x' }])
  assert.equal(duties({ leases, more: { prepared } }), [{ kind: 'unprepare', channel: 'x' }])
  assert.equal(duties({ channels: [], more: { prepared } }), [{ kind: 'unprepare', channel: 'x' }])
})

test.run()
