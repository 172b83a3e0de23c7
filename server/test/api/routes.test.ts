import { suite } from '../../../test/support/suite.js'
import * as assert from 'uvu/assert'
import { validate } from '@readme/openapi-parser'
import { type Role, ROLES } from '../../src/api/access/roles.js'
import { allRoutes } from '../../src/api/routes/all.js'
import type { Route } from '../../src/api/routes/define.js'
import type { StreamCounts } from '../../src/api/routes/health.js'
import type { SessionParts } from '../../src/api/routes/session.js'
import { FakeFleet } from './fake-fleet.js'
import { type FakeApi, fakeApi, type RequestOptions, type TokenName } from './support.js'

const test = suite('routes')

let fake: FakeApi
test.before(async () => {
  fake = await fakeApi({ fake: { jpeg: Buffer.from([0xff, 0xd8, 0xff, 0xd9]) } })
  fake.port.fleet = new FakeFleet()
})
test.after(() => fake.api.close())

/** The routes as values; none of their handlers is called. */
const ROUTES = allRoutes({ port: { version: '' }, now: () => 0 } as SessionParts, {} as StreamCounts)

const CHANNEL = { inputs: [{ file: 'loop.mp4' }], targets: {} }
const TARGET = { url: 'rtmp://media.example.org/live', streamKey: 'planted-key' }

/** One good request of each route, in this order. */
function requests(): [string, RequestOptions?][] {
  const alert = fake.port.raise('studio', 'silence', 'critical', 'silent')
  return [
    ['get /livez'],
    ['get /readyz'],
    ['get /metrics'],
    ['get /schema.json'],
    ['get /openapi.json'],
    ['get /api'],
    ['get /api/start.js'],
    ['get /api/v1/session'],
    ['get /api/v1/channels'],
    ['put /api/v1/channels/{id}?id=fresh', { body: CHANNEL }],
    ['get /api/v1/channels/{id}?id=fresh'],
    ['patch /api/v1/channels/{id}?id=fresh', { body: { title: 'Fresh' } }],
    ['put /api/v1/channels/{id}/targets/{target}?id=fresh&target=own', { body: TARGET }],
    ['post /api/v1/channels/{id}/targets/{target}:stop?id=fresh&target=own'],
    ['post /api/v1/channels/{id}/targets/{target}:start?id=fresh&target=own'],
    ['delete /api/v1/channels/{id}/targets/{target}?id=fresh&target=own'],
    ['post /api/v1/channels/{id}:stop?id=fresh'],
    ['post /api/v1/channels/{id}:start?id=fresh'],
    ['post /api/v1/channels/{id}:restart?id=fresh'],
    ['delete /api/v1/channels/{id}?id=fresh'],
    ['post /api/v1/channels/{id}:switch?id=studio', { body: { input: 'standby' } }],
    ['get /api/v1/channels/{id}/thumbnail.jpg?id=studio'],
    [`get /api/v1/channels/{id}/history?id=studio&metric=fps&since=${Date.now() - 10_000}`],
    ['get /api/v1/ingest'],
    ['get /api/v1/fleet'],
    ['post /api/v1/fleet/workers/{worker}:drain?worker=studio-2'],
    ['post /api/v1/fleet/workers/{worker}:undrain?worker=studio-2'],
    ['post /api/v1/fleet/channels/{id}:move?id=studio', { body: { worker: 'studio-2' } }],
    ['get /api/v1/fleet/events?after=0&limit=10'],
    ['get /api/v1/alerts'],
    [`post /api/v1/alerts/{id}:acknowledge?id=${alert.id}`],
    ['post /api/v1/alerts:test'],
    ['get /api/v1/events?after=0', { headers: { accept: 'application/json' } }],
    ['get /api/v1/config'],
    ['post /api/v1/config:check', { body: { text: fake.port.configText().text } }],
    ['put /api/v1/config', { body: { text: fake.port.configText().text } }],
    ['post /api/v1/config:reload'],
    ['delete /api/v1/session'],
  ]
}
/** Exercised by tests of their own: what they answer is no document. */
const ELSEWHERE = ['get /api/v1/channels/{id}/preview', 'post /api/v1/session', 'get /login']

/** 'put /channels/{id}?id=a&x=1' as its route and its path /channels/a?x=1. */
function resolveRequest(text: string): { route: Route; path: string } {
  const [, method, template, query = ''] = /^(\w+) ([^?]+)\??(.*)$/.exec(text)!
  const values = new URLSearchParams(query)
  const path = template!.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const value = values.get(name)!
    values.delete(name)
    return encodeURIComponent(value)
  })
  const route = ROUTES.find(known => known.method === method && known.path === template)
  if (!route) throw new Error(`no route ${text}`)
  return { route, path: values.size > 0 ? `${path}?${values}` : path }
}

test('each route answers as its document says', async () => {
  const seen = new Set<Route>()
  for (const [text, options = {}] of requests()) {
    const { route, path } = resolveRequest(text)
    seen.add(route)
    const headers = { ...fake.as('admin'), ...options.headers }
    const reply = await fake.request(route.method.toUpperCase(), path, { ...options, headers })
    const good = [route.gives.status, ...Object.keys(route.also ?? {}).map(Number)]
    assert.ok(good.includes(reply.status), `${text}: ${reply.status} ${reply.text}`)
    if (!route.gives.schema) continue
    const parsed = route.gives.schema.safeParse(reply.json)
    assert.ok(parsed.success, `${text}: ${parsed.error}`)
  }
  const missing = ROUTES.filter(route => !seen.has(route)).map(route => `${route.method} ${route.path}`)
  assert.equal(missing.sort(), [...ELSEWHERE].sort())
  assert.equal(fake.faults, [])
})

test('the document is valid OpenAPI 3.1, and has each route', async () => {
  const { json } = await fake.request('GET', '/openapi.json')
  assert.match(json.openapi, /^3\.1/)
  const verdict = await validate(structuredClone(json))
  assert.ok(verdict.valid, JSON.stringify(verdict))
  const documented = Object.entries(json.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method} ${path}`),
  )
  // The document does not list itself and its page.
  const own = new Set(['get /openapi.json', 'get /api', 'get /api/start.js'])
  const routes = ROUTES.map(route => `${route.method} ${route.path}`).filter(name => !own.has(name))
  assert.equal(documented.sort(), routes.sort())
  const ids = Object.values(json.paths as Record<string, Record<string, { operationId: string }>>).flatMap(methods =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  assert.is(new Set(ids).size, ids.length)
})

test('the schema of the configuration is a JSON schema with channels', async () => {
  const { json } = await fake.request('GET', '/schema.json')
  assert.match(json.$schema, /2020-12/)
  assert.ok(json.properties.channels)
})

test('each route refuses who has no token, and each role below its own', async () => {
  for (const route of ROUTES) {
    if (route.role === null) continue
    const path = route.path.replace('{id}', 'studio').replace('{target}', 'youtube').replace('{worker}', 'studio-1')
    const method = route.method.toUpperCase()
    const name = `${method} ${path}`
    const nobody = await fake.request(method, path)
    assert.is(nobody.status, 401, name)
    assert.is(nobody.json.code, 'ERR_LOGIN', name)
    assert.ok(nobody.headers['www-authenticate'], name)
    for (const role of ROLES.slice(0, ROLES.indexOf(route.role as Role))) {
      const reply = await fake.request(method, path, { headers: fake.as(role as TokenName) })
      assert.is(reply.status, 403, `${name} as ${role}`)
      assert.is(reply.json.code, 'ERR_ROLE', `${name} as ${role}`)
    }
  }
})

test('who is limited to channels sees no other one, not even that it exists', async () => {
  const headers = fake.as('chapelOnly')
  const list = await fake.request('GET', '/api/v1/channels', { headers })
  assert.equal(
    list.json.map((channel: { id: string }) => channel.id),
    ['chapel'],
  )
  const hidden = await fake.request('GET', '/api/v1/channels/studio', { headers })
  const none = await fake.request('GET', '/api/v1/channels/nothing', { headers })
  assert.is(hidden.status, 404)
  assert.is(hidden.text.replaceAll('studio', 'X'), none.text.replaceAll('nothing', 'X'))
  const alert = fake.port.raise('studio', 'black', 'critical', 'black')
  const acknowledge = await fake.request('POST', `/api/v1/alerts/${alert.id}:acknowledge`, { headers })
  assert.is(acknowledge.status, 404)
  const { json } = await fake.request('GET', '/api/v1/events?after=0', {
    headers: { ...headers, accept: 'application/json' },
  })
  fake.port.note({ type: 'switch', channel: 'chapel', user: null, message: 'm', data: {} })
  assert.ok(json.events.every((event: { channel: string }) => event.channel === 'chapel'))
})

test('who is limited to channels changes no configuration, and reads no metrics of all', async () => {
  const headers = fake.as('chapelAdmin')
  const before = fake.port.configText().text
  const refused = [
    ['PUT', '/channels/chapel', { ...CHANNEL, inputs: [{ ingest: 'studio' }] }],
    ['PATCH', '/channels/chapel', { slate: 'studio.png' }],
    ['DELETE', '/channels/chapel'],
    ['PUT', '/channels/chapel/targets/own', { ...TARGET, streamKey: '${env:KEY_OF_STUDIO}' }],
    ['DELETE', '/channels/chapel/targets/archive'],
    ['PUT', '/channels/chapel?dryRun=true', CHANNEL],
    ['GET', '/config'],
    ['POST', '/config:check', { text: '' }],
    ['POST', '/alerts:test'],
  ] as const
  for (const [method, path, body] of refused) {
    const reply = await fake.request(method, `/api/v1${path}`, { headers, body })
    assert.is(`${reply.status} ${reply.json.code}`, '403 ERR_ROLE', `${method} ${path}`)
  }
  assert.is((await fake.request('GET', '/metrics', { headers })).status, 403)
  assert.is(fake.port.configText().text, before)
  assert.is((await fake.request('POST', '/api/v1/channels/chapel:stop', { headers })).status, 200)
  assert.is((await fake.request('POST', '/api/v1/channels/chapel:start', { headers })).status, 200)
  assert.is((await fake.request('POST', '/api/v1/channels/studio:stop', { headers })).status, 404)
})

test('a change is made only to the configuration that was seen', async () => {
  const headers = fake.as('admin')
  const made = await fake.request('PUT', '/api/v1/channels/tagged', { headers, body: CHANNEL })
  assert.is(made.status, 201)
  assert.is(made.headers.location, '/api/v1/channels/tagged')
  const etag = made.headers.etag!
  const patch = (tag: string) =>
    fake.request('PATCH', '/api/v1/channels/tagged', { headers: { ...headers, 'if-match': tag }, body: { title: 'T' } })
  assert.is((await patch('"another"')).status, 412)
  assert.is((await patch('no quotes')).status, 400)
  assert.is(fake.port.config.channels['tagged']!.title, undefined)
  const changed = await patch(etag)
  assert.is(changed.status, 200)
  assert.is.not(changed.headers.etag, etag)
  assert.is((await patch(etag)).status, 412)
  assert.is((await patch('*')).status, 200)
})

test('what was read can be written back', async () => {
  const headers = fake.as('admin')
  const { json } = await fake.request('GET', '/api/v1/channels/studio', { headers })
  const reply = await fake.request('PUT', '/api/v1/channels/studio?dryRun=true', { headers, body: json.config })
  assert.is(reply.status, 200, reply.text)
})

test('a dry run tells the plan and changes nothing; a restart on air needs a word', async () => {
  const headers = fake.as('admin')
  const body = { ...CHANNEL, mode: { encode: { width: 640, height: 360 } } }
  const path = '/api/v1/channels/chapel'
  const plan = await fake.request('PUT', `${path}?dryRun=true`, { headers, body })
  assert.equal(plan.json.restarts, ['chapel'])
  assert.is(fake.port.config.channels['chapel']!.title, 'Chapel')
  const refused = await fake.request('PUT', path, { headers, body })
  assert.is(refused.status, 409)
  assert.match(refused.json.remedy, /allowRestart/)
  const allowed = await fake.request('PUT', `${path}?allowRestart=true`, { headers, body })
  assert.is(allowed.status, 200)
  assert.is((await fake.request('PUT', `${path}?allowRestart=yes`, { headers, body })).status, 400)
})

test('a problem says what is wrong, whose fault it is, and what to do', async () => {
  const headers = fake.as('admin')
  const reply = await fake.request('PUT', '/api/v1/channels/bad', { headers, body: { inputs: [], colour: 'red' } })
  assert.is(reply.status, 422)
  assert.is(reply.headers['content-type'], 'application/problem+json')
  assert.is(reply.json.code, 'ERR_CONFIG_INVALID')
  assert.is(reply.json.fault, 'options')
  assert.is(reply.json.retryable, false)
  assert.ok(reply.json.problems.some(({ path }: { path: string }) => path === 'channels.bad.inputs'))
})

test('an error that nobody foresaw is told to the log, and not to the client', async () => {
  const { metrics } = fake.port
  fake.port.metrics = () => Promise.reject(new Error('the key is planted-key'))
  const reply = await fake.request('GET', '/metrics', { headers: fake.as('metrics') })
  fake.port.metrics = metrics
  assert.is(reply.status, 500)
  assert.not.match(reply.text, 'planted-key')
  assert.is(fake.faults.splice(0).length, 1)
})

test('an error of the library passes its code on', async () => {
  const { restart } = fake.port
  const fault = { code: 'ERR_CONNECTION_LOST', fault: 'peer', retryable: true, remedy: 'wait' }
  fake.port.restart = () => Promise.reject(Object.assign(new Error('lost'), fault))
  const reply = await fake.request('POST', '/api/v1/channels/studio:restart', { headers: fake.as('operator') })
  fake.port.restart = restart
  assert.is(reply.status, 502)
  assert.is(reply.json.code, 'ERR_CONNECTION_LOST')
  assert.is(reply.json.retryable, true)
})

test('a server that takes no new channels says why', async () => {
  fake.port.setReady('the disk is full')
  const reply = await fake.request('GET', '/readyz')
  fake.port.setReady(null)
  assert.is(reply.status, 503)
  assert.is(reply.text, 'the disk is full\n')
})

test('streams for encoders: with keys, for admins of their channels, at the address of the API', async () => {
  const config = `server:
  ingest: { listen: 0.0.0.0:1935 }
channels:
  studio:
    inputs: [{ ingest: camera }]
  chapel:
    inputs: [{ ingest: altar }, { file: loop.mp4 }]
`
  await using api = await fakeApi({ fake: { config } })
  const ask = (role: TokenName) => api.request('GET', '/api/v1/ingest', { headers: api.as(role) })
  const url = 'rtmp://127.0.0.1:1935/live'
  const altar = { name: 'altar', url, key: 'altar-planted-key' }
  assert.equal((await ask('admin')).json, [{ name: 'camera', url, key: 'camera-planted-key' }, altar])
  assert.equal((await ask('chapelAdmin')).json, [altar])
  const refused = await ask('operator')
  assert.is(refused.status, 403)
  assert.not.match(refused.text, 'planted')
  for (const path of ['channels', 'events?after=0', 'alerts', 'config']) {
    const headers = { ...api.as('admin'), accept: 'application/json' }
    assert.not.match((await api.request('GET', `/api/v1/${path}`, { headers })).text, 'planted', path)
  }
})

test('/login without a token is the page', async () => {
  const reply = await fake.request('GET', '/login')
  assert.is(reply.status, 200)
  assert.match(reply.headers['content-type']!, 'text/html')
  assert.is((await fake.request('GET', '/login?token=wrong')).status, 403)
})

test.run()
