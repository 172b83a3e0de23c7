import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { Problem } from '../../src/core/problem.js'
import { FakeFleet } from './fake-fleet.js'
import { type FakeApi, fakeApi, logIn, type RequestOptions, type TokenName } from './support.js'

const test = suite('the fleet in the API')

let fake: FakeApi
let fleet: FakeFleet
test.before(async () => {
  fake = await fakeApi()
})
test.before.each(() => {
  fake.port.fleet = fleet = new FakeFleet()
})
test.after(() => fake.api.close())

const ask = (role: TokenName, method: string, path: string, options: RequestOptions = {}) =>
  fake.request(method, `/api/v1/fleet${path}`, { ...options, headers: fake.as(role) })
const shown = ({ status, json }: { status: number; json: { code?: string } | undefined }) =>
  json?.code === undefined ? String(status) : `${status} ${json.code}`
const draining = (name: string) => fleet.workers.find(worker => worker.name === name)!.draining

test('a server that is not one of a fleet says so, and the session does', async () => {
  fake.port.fleet = null
  const requests = [
    ['GET', ''],
    ['GET', '/events'],
    ['POST', '/workers/studio-2:drain'],
    ['POST', '/workers/studio-2:undrain'],
    ['POST', '/channels/studio:move', { worker: null }],
  ] as const
  for (const [method, path, body] of requests) {
    const reply = await ask('admin', method, path, body && { body })
    assert.is(shown(reply), '404 ERR_NO_FLEET', path)
    assert.is(reply.json.detail, 'this server is not one of a fleet')
  }
  const session = () => fake.request('GET', '/api/v1/session', { headers: fake.as('viewer') })
  assert.is((await session()).json.fleet, false)
  fake.port.fleet = fleet
  assert.is((await session()).json.fleet, true)
})

test('workers and channels are told; who is limited to channels sees those alone, and moves no other', async () => {
  const { json } = await ask('viewer', 'GET', '')
  assert.equal(json, JSON.parse(JSON.stringify(fleet.view())))
  const limited = (await ask('chapelOnly', 'GET', '')).json
  assert.equal(
    limited.channels.map(({ id }: { id: string }) => id),
    ['chapel'],
  )
  const move = (id: string) => ask('chapelOnly', 'POST', `/channels/${id}:move`, { body: { worker: 'studio-2' } })
  assert.is(shown(await move('studio')), '404 ERR_CHANNEL_UNKNOWN')
  assert.is(
    (await move('studio')).text.replaceAll('studio', 'X'),
    (await move('nothing')).text.replaceAll('nothing', 'X'),
  )
  assert.is(shown(await move('chapel')), '204')
  for (const action of ['drain', 'undrain']) {
    assert.is(shown(await ask('chapelAdmin', 'POST', `/workers/studio-2:${action}`)), '403 ERR_ROLE')
  }
})

test('an operator drains a worker and ends that; a viewer does not', async () => {
  assert.is(shown(await ask('viewer', 'POST', '/workers/studio-2:drain')), '403 ERR_ROLE')
  assert.is(draining('studio-2'), false)
  assert.is(shown(await ask('operator', 'POST', '/workers/studio-2:drain')), '204')
  assert.is(draining('studio-2'), true)
  const { json } = await ask('viewer', 'GET', '/events?limit=1')
  assert.is(json.events[0].user, 'operator')
  assert.is(shown(await ask('operator', 'POST', '/workers/studio-2:undrain')), '204')
  assert.is(draining('studio-2'), false)
  // One that is away may come back.
  assert.is(shown(await ask('operator', 'POST', '/workers/studio-4:drain')), '204')
  assert.is(shown(await ask('operator', 'POST', '/workers/nobody:drain')), '404 ERR_WORKER_UNKNOWN')
  for (const name of ['.hidden', 'x'.repeat(64), 'a%20b']) {
    assert.is(shown(await ask('operator', 'POST', `/workers/${name}:drain`)), '400 ERR_OPTION', name)
  }
})

test('a channel is moved to a worker that is there, and let go anywhere', async () => {
  const move = (body: unknown) => ask('operator', 'POST', '/channels/studio:move', { body })
  assert.is(shown(await move({ worker: 'studio-2' })), '204')
  assert.equal(fleet.channels[0]!.standby, { worker: 'studio-2', ready: false })
  assert.is(shown(await move({ worker: null })), '204')
  assert.is(fleet.channels[0]!.preferredWorker, null)
  const before = fleet.channels
  const refused = [
    [{ worker: 'studio-3' }, '409 ERR_WORKER_UNAVAILABLE'],
    [{ worker: 'studio-4' }, '409 ERR_WORKER_UNAVAILABLE'],
    [{ worker: 'nobody' }, '404 ERR_WORKER_UNKNOWN'],
    [{}, '400 ERR_OPTION'],
    [{ worker: 'studio-2', force: true }, '400 ERR_OPTION'],
    [{ worker: 2 }, '400 ERR_OPTION'],
  ] as const
  for (const [body, expected] of refused) assert.is(shown(await move(body)), expected, JSON.stringify(body))
  const unknown = await ask('operator', 'POST', '/channels/nothing:move', { body: { worker: null } })
  assert.is(shown(unknown), '404 ERR_CHANNEL_UNKNOWN')
  assert.is(fleet.channels, before)
})

test('a browser of another site drains nothing', async () => {
  const headers = await logIn(fake)
  const drain = (more: Record<string, string>) =>
    fake.request('POST', '/api/v1/fleet/workers/studio-2:drain', { headers: { ...headers, ...more } })
  assert.is(shown(await drain({ origin: 'https://evil.example' })), '403 ERR_ORIGIN')
  assert.is(shown(await drain({ 'content-type': 'text/plain' })), '415 ERR_CONTENT_TYPE')
  assert.is(draining('studio-2'), false)
  assert.is(shown(await drain({})), '204')
  assert.is(draining('studio-2'), true)
})

test('events have ids beyond the numbers of JavaScript, in pages; one sees those of own channels', async () => {
  const all = (await ask('viewer', 'GET', '/events?after=0')).json
  assert.is(all.events.length, 4)
  assert.is(all.events[0].id, '9007199254740993')
  const second = (await ask('viewer', 'GET', `/events?after=${all.events[1].id}&limit=1`)).json
  assert.equal(second, { events: [all.events[2]], last: all.events[2].id })
  assert.equal((await ask('viewer', 'GET', '/events?limit=2')).json.events, all.events.slice(2))
  const end = (await ask('viewer', 'GET', `/events?after=${all.last}`)).json
  assert.equal(end, { events: [], last: all.last })
  const limited = (await ask('chapelOnly', 'GET', '/events?after=0&limit=3')).json
  assert.equal(limited, { events: [], last: all.events[2].id }, 'it goes on behind what it may not see')
  fleet.note('studio-1', 'login', null, 'anna', 'anna logged in')
  assert.is((await ask('operator', 'GET', '/events?after=0')).json.events.length, 4)
  assert.is((await ask('admin', 'GET', '/events?after=0')).json.events.length, 5)
  for (const query of ['after=-1', 'after=x', 'after=9223372036854775808', 'limit=0', 'limit=1001', 'limit=x']) {
    assert.is(shown(await ask('viewer', 'GET', `/events?${query}`)), '400 ERR_OPTION', query)
  }
})

test('a store that does not answer is told with its own code', async () => {
  fleet.fault = new Problem(503, 'ERR_STORE_UNREACHABLE', 'the store cannot be reached', {
    fault: 'peer',
    retryable: true,
    remedy: 'Wait.',
  })
  const reply = await ask('operator', 'POST', '/workers/studio-2:drain')
  assert.is(shown(reply), '503 ERR_STORE_UNREACHABLE')
  assert.is(reply.json.retryable, true)
  assert.is(shown(await ask('operator', 'GET', '/events')), '503 ERR_STORE_UNREACHABLE')
  fleet.storeLost = true
  assert.is((await ask('operator', 'GET', '')).json.storeLost, true, 'what was read last is still told')
})

test.run()
