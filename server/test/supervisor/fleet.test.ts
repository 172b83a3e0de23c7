import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from 'rxgst/checks'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { Problem } from '../../src/core/problem.js'
import { configSchema } from '../../src/core/schema.js'
import { LocalState } from '../../src/fleet/local-state.js'
import type { NewFleetEvent } from '../../src/fleet/fleet-state.js'
import type { ConfigReading } from '../../src/supervisor/config-door.js'
import { Costs } from '../../src/supervisor/fleet/costs.js'
import { Desired } from '../../src/supervisor/fleet/desired.js'
import { EventQueue } from '../../src/supervisor/fleet/event-queue.js'
import { fleetDoor } from '../../src/supervisor/fleet/fleet-door.js'
import { simpleDoor } from './support/simple-door.js'

const test = suite('supervisor: fleet', { timeout: 150_000 })
const document = (stream: string) => ({ inputs: [{ url: `rtmp://127.0.0.1/live/${stream}` }] })

function desiredOf(state: LocalState, worker: string, folder = tempDir()): Desired {
  return new Desired({ state, worker, folder, onHealth: error => assert.is(error, null) })
}

test('a file puts its channels into the store, changes them, and takes them out again', async () => {
  const state = new LocalState(systemClock)
  const folder = tempDir()
  const desired = desiredOf(state, 'a', folder)
  let changes = 0
  desired.onChange(() => changes++)
  assert.equal(await desired.publish({ x: document('1'), y: document('2') }), [])
  assert.equal([...desired.channels.keys()].sort(), ['x', 'y'])
  assert.is(desired.channels.get('x')!.changedBy, 'a file')
  assert.equal(await desired.publish({ x: document('3'), y: document('2') }), [])
  assert.equal(desired.channels.get('x')!.document, document('3'))
  assert.ok(changes >= 2)
  // The next process of this worker knows what its file has said.
  const next = desiredOf(state, 'a', folder)
  assert.equal([...next.channels.keys()].sort(), ['x', 'y'])
  assert.equal(await next.publish({ y: document('2') }), [])
  assert.equal([...next.channels.keys()], ['y'])
})

test('what the API changed stays until the file says something new', async () => {
  const state = new LocalState(systemClock)
  const desired = desiredOf(state, 'a')
  await desired.publish({ x: document('1') })
  await state.putChannel('x', document('of the API'), { by: 'b api' })
  assert.equal(await desired.publish({ x: document('1') }), [])
  await desired.refresh()
  assert.equal(desired.channels.get('x')!.document, document('of the API'))
  assert.equal(await desired.publish({ x: document('2') }), [])
  assert.equal(desired.channels.get('x')!.document, document('2'))
  // Out of the file, it stays where others have changed it since.
  await state.putChannel('x', document('of the API'), { by: 'b api' })
  await desired.publish({})
  await desired.refresh()
  assert.equal(desired.channels.get('x')!.document, document('of the API'))
})

test('two files that disagree: the store has the first one, and the second one hears whose it is', async () => {
  const state = new LocalState(systemClock)
  await desiredOf(state, 'a').publish({ x: document('1'), same: document('2') })
  const second = desiredOf(state, 'b')
  assert.equal(await second.publish({ x: document('other'), same: document('2') }), [
    { channel: 'x', why: "'a file' has written another one" },
  ])
  await second.refresh()
  assert.equal(second.channels.get('x')!.document, document('1'))
})

test('a file of the disk that cannot be read is none', async () => {
  const folder = tempDir()
  for (const text of ['', '[', 'null', '[]', '{"channels":5}']) {
    writeFileSync(join(folder, 'fleet-channels.json'), text)
    assert.is(desiredOf(new LocalState(systemClock), 'a', folder).channels.size, 0)
  }
})

test('the door gives the channels of the store, and writes there what the API changes', async () => {
  const state = new LocalState(systemClock)
  const desired = desiredOf(state, 'a')
  const config = configSchema.parse({ server: {}, channels: {} })
  const reading: ConfigReading = { config, problems: [], etag: 'one', documents: { x: document('1') } }
  const invalid: string[] = []
  const door = fleetDoor({
    ...{ desired, state, worker: 'a', base: tempDir(), onConflicts: () => {} },
    inner: { ...simpleDoor(''), read: async () => reading },
    onInvalid: (channel: string) => invalid.push(channel),
  })
  const first = await door.read()
  assert.equal(Object.keys(first.config!.channels), ['x'])
  const draft = await door.draftEdit({ kind: 'patch-channel', channel: 'x', patch: { title: 'Studio' } })
  assert.is(draft.config!.channels['x']!.title, 'Studio')
  await draft.commit()
  assert.equal(desired.channels.get('x')!.document, { ...document('1'), title: 'Studio' })
  assert.is(desired.channels.get('x')!.changedBy, 'a api')
  const again = await door.read()
  assert.is(again.config!.channels['x']!.title, 'Studio')
  assert.ok(again.etag !== first.etag)

  const wrong = await door.draftEdit({ kind: 'put-channel', channel: 'y', value: { inputs: [], colour: 'red' } })
  assert.is(wrong.config, null)
  assert.ok(wrong.problems.some(({ path }) => path.startsWith('channels.y')))

  // Two at the same time: the second one is told.
  const slow = await door.draftEdit({ kind: 'patch-channel', channel: 'x', patch: { title: 'Slow' } })
  await (await door.draftEdit({ kind: 'patch-channel', channel: 'x', patch: { title: 'Fast' } })).commit()
  const refused = await slow.commit().then(
    () => null,
    (error: Problem) => error.code,
  )
  assert.is(refused, 'ERR_CHANGED_MEANWHILE')

  // What this version cannot read stays as it was.
  await state.putChannel('x', { inputs: 'of a later version' }, { by: 'b api' })
  await desired.refresh()
  const kept = await door.read()
  assert.is(kept.config!.channels['x']!.title, 'Fast')
  assert.equal(invalid, ['x'])

  await (await door.draftEdit({ kind: 'delete-channel', channel: 'x' })).commit()
  assert.is(desired.channels.size, 0)
})

test('a channel that would send where another one does is refused, whatever their names are', async () => {
  const state = new LocalState(systemClock)
  const desired = desiredOf(state, 'a')
  const config = configSchema.parse({ server: {}, channels: {} })
  const sending = (stream: string) => ({ ...document(stream), targets: { out: { url: 'rtmp://127.0.0.1/live/key' } } })
  const reading: ConfigReading = { config, problems: [], etag: 'one', documents: { m: sending('1') } }
  const door = fleetDoor({
    ...{ desired, state, worker: 'a', base: tempDir(), onConflicts: () => {}, onInvalid: () => {} },
    inner: { ...simpleDoor(''), read: async () => reading },
  })
  await door.read()
  for (const channel of ['a', 'z']) {
    const draft = await door.draftEdit({ kind: 'put-channel', channel, value: sending('2') })
    assert.is(draft.config, null)
    assert.ok(draft.problems.length > 0 && draft.problems.every(({ path }) => path.startsWith(`channels.${channel}`)))
  }
  assert.ok((await door.draftEdit({ kind: 'put-channel', channel: 'm', value: sending('2') })).config)
})

test('events go to the store in order; the oldest are lost where it is away, and those that it refuses', async () => {
  const event = (message: string): NewFleetEvent => ({ type: 't', channel: null, user: null, message, data: {} })
  const got: string[] = []
  let answer: 'takes' | 'away' | 'refuses' = 'away'
  const queue = new EventQueue(async events => {
    const problem = (retryable: boolean) => new Problem(503, 'ERR_STORE', 'no', { remedy: '', retryable })
    if (answer !== 'takes') throw problem(answer === 'away')
    got.push(...events.map(({ message }) => message))
  })
  for (let i = 0; i < 1200; i++) queue.add(event(String(i)))
  assert.is(queue.lost, 200)
  answer = 'takes'
  await until(() => got.length === 1000, { timeout: 60_000, what: () => `${got.length} events` })
  assert.equal(
    got,
    Array.from({ length: 1000 }, (_, i) => String(i + 200)),
  )
  answer = 'refuses'
  queue.add(event('bad'))
  await until(() => queue.lost === 201, { timeout: 60_000 })
  answer = 'takes'
  queue.add(event('good'))
  await queue.close()
  assert.is(got.at(-1), 'good')
  queue.add(event('late'))
  assert.is(got.length, 1001)
})

test('a channel costs what its process takes, and only what is new is told', () => {
  let [now, cpuMs, pid] = [0, 0, 7]
  const costs = new Costs(
    channel => (channel === 'x' ? pid : null),
    () => cpuMs,
    () => now,
  )
  const pass = (ms: number, cores: number): ReadonlyMap<string, number> => {
    now += ms
    cpuMs += ms * cores
    const news = costs.news(['x', 'y'])
    costs.told(news)
    return news
  }
  assert.is(pass(0, 0).size, 0)
  assert.is(pass(29_000, 0.5).size, 0, 'too short a time')
  assert.equal([...pass(1000, 0.5)], [['x', 0.5]])
  assert.is(pass(30_000, 0.52).size, 0, 'hardly another one')
  assert.is(pass(30_000, 2).get('x')! > 1, true)
  // Another process: what was measured stays until it is measured anew.
  ;[pid, cpuMs] = [8, 0]
  const before = costs.of('x')
  assert.is(pass(30_000, 1).size, 0)
  assert.is(costs.of('x'), before)
  assert.is(costs.of('y'), null)
})

test.run()
