import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { isPassword } from '../../src/api/access/password.js'
import { cookieOf, type FakeApi, fakeApi, logIn, PASSWORD } from './support.js'

// What an attacker may try, from another site, from the network, and with half a right.
const test = suite('security', { timeout: 120_000 })

let fake: FakeApi
test.before.each(async () => {
  fake = await fakeApi()
})
test.after.each(async () => {
  await fake.api.close()
  assert.equal(fake.faults, [])
})

const CHANNELS = '/api/v1/channels'

test('a name that the server does not know is refused (DNS rebinding)', async () => {
  const status = async (host: string) =>
    (await fake.request('GET', CHANNELS, { headers: { ...fake.as('viewer'), host } })).status
  assert.is(await status('evil.example.org'), 421)
  assert.is(await status(`localhost.evil.example.org:${fake.tcpPort}`), 421)
  assert.is(await status('127.0.0.1.evil.example.org'), 421)
  assert.is(await status('127.0.0.1@evil.example.org'), 421)
  assert.is(await status('10.0.0.1'), 421)
  assert.match(await fake.raw('GET /livez HTTP/1.1\r\nHost:\r\n\r\n'), /^HTTP\/1\.1 421 /)
  assert.is(await status('localhost'), 200)
  assert.is(await status(`127.0.0.1:${fake.tcpPort}`), 200)
  assert.is(await status('[::1]:80'), 200)
})

test('names of server.hosts are known', async () => {
  await using named = await fakeApi({ server: '  hosts: [live.example.org]\n' })
  const reply = await named.request('GET', '/livez', { headers: { host: 'live.example.org' } })
  assert.is(reply.status, 200)
  assert.is((await named.request('GET', '/livez', { headers: { host: 'other.example.org' } })).status, 421)
})

test('another site can do nothing with the session of a browser', async () => {
  const page = await logIn(fake)
  const stop = (headers: Record<string, string>) =>
    fake.request('POST', `${CHANNELS}/studio:stop`, { headers: { cookie: page['cookie']!, ...headers } })
  const json = { 'content-type': 'application/json' }
  for (const origin of [
    'http://evil.example.org',
    'null',
    `http://127.0.0.1:${fake.tcpPort + 1}`,
    `http://localhost:${fake.tcpPort}`,
    `ftp://127.0.0.1:${fake.tcpPort}`,
    `http://127.0.0.1:${fake.tcpPort}.evil.example.org`,
  ]) {
    assert.is((await stop({ ...json, origin })).status, 403, origin)
  }
  assert.is((await stop(json)).status, 403, 'no Origin')
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
    assert.is((await stop({ origin: fake.base, 'content-type': type })).status, 415, type)
  }
  assert.is((await stop({ origin: fake.base })).status, 415, 'no content type')
  assert.is(fake.port.channel('studio').status.phase, 'live')
  assert.is((await stop({ ...json, origin: fake.base })).status, 200)
})

test('another site cannot log a browser in, nor use a token that it has no right to show', async () => {
  const body = { user: 'anna', password: PASSWORD }
  const evil = { origin: 'http://evil.example.org' }
  assert.is((await fake.request('POST', '/api/v1/session', { headers: evil, body })).status, 403)
  const form = { 'content-type': 'text/plain' }
  assert.is((await fake.request('POST', '/api/v1/session', { headers: form, body })).status, 415)
  const token = { ...fake.as('admin'), ...evil }
  assert.is((await fake.request('POST', `${CHANNELS}/studio:stop`, { headers: token })).status, 403)
})

test('a cookie is of no use for scripts and other sites, and ends with the logout', async () => {
  const reply = await fake.request('POST', '/api/v1/session', { body: { user: 'anna', password: PASSWORD } })
  const [cookie] = reply.headers['set-cookie']!
  assert.match(cookie!, /^rxgst_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/)
  const headers = { cookie: cookieOf(reply), origin: fake.base, 'content-type': 'application/json' }
  assert.is((await fake.request('GET', CHANNELS, { headers })).status, 200)
  assert.is((await fake.request('DELETE', '/api/v1/session', { headers })).status, 204)
  assert.is((await fake.request('GET', CHANNELS, { headers })).status, 401)
  const { events } = fake.port.eventsAfter(0)
  assert.equal(
    events.map(({ type, user }) => `${type} ${user}`),
    ['login anna', 'logout anna'],
  )
})

test('an expired, an unknown and a misshapen token are refused', async () => {
  const status = async (headers: Record<string, string>) => (await fake.request('GET', CHANNELS, { headers })).status
  assert.is(await status(fake.as('expired')), 401)
  assert.is(await status({ authorization: `Bearer rxgst_${'A'.repeat(43)}` }), 401)
  assert.is(await status({ authorization: 'Basic YW5uYTpjb3JyZWN0' }), 401)
  assert.is(await status({ authorization: 'Bearer ' }), 401)
  // A wrong token is not helped by a good cookie.
  const { cookie } = await logIn(fake)
  assert.is(await status({ cookie: cookie!, authorization: 'Bearer wrong' }), 401)
  assert.is(await status({ cookie: `rxgst_session=${'A'.repeat(43)}` }), 401)
})

test('five failures for an address or a name are followed by delays that grow', async () => {
  const patience = { timeout: 30_000, interval: 100 }
  await using quick = await fakeApi({
    limits: { failures: 3, windowMs: 60_000, delayMs: 4000, mostDelayMs: 60_000 },
    server: '  trustedProxies: [127.0.0.1]\n',
  })
  const logInAs = (user: string, password: string, address: string) =>
    quick.request('POST', '/api/v1/session', { headers: { 'x-forwarded-for': address }, body: { user, password } })
  for (let attempt = 0; attempt < 3; attempt++) {
    assert.is((await logInAs('anna', 'wrong', `192.0.2.${attempt}`)).status, 401)
  }
  // The name is delayed from every address, with the right password too.
  const delayed = await logInAs('anna', PASSWORD, '192.0.2.99')
  assert.is(delayed.status, 429)
  assert.ok(Number(delayed.headers['retry-after']) <= 4, delayed.headers['retry-after'])
  assert.is((await logInAs('otto', PASSWORD, '192.0.2.99')).status, 200, 'another name')
  await until(async () => (await logInAs('anna', PASSWORD, '192.0.2.98')).status === 200, patience)

  // The address is delayed for every name; each failure after a delay doubles it.
  for (const user of ['a', 'b', 'c']) assert.is((await logInAs(user, 'wrong', '198.51.100.7')).status, 401)
  assert.is((await logInAs('otto', PASSWORD, '198.51.100.7')).status, 429)
  await until(async () => (await logInAs('d', 'wrong', '198.51.100.7')).status === 401, patience)
  for (const user of ['e', 'f']) await logInAs(user, 'wrong', '198.51.100.7')
  const second = await logInAs('otto', PASSWORD, '198.51.100.7')
  assert.is(second.status, 429)
  assert.ok(Number(second.headers['retry-after']) > 4, second.headers['retry-after'])
})

test('guesses that come all at once are counted like others, and tell no names', async () => {
  const guess = () =>
    fake.request('POST', '/api/v1/session', { body: { user: 'my-password-by-mistake', password: 'x' } })
  const replies = await Promise.all(Array.from({ length: 20 }, guess))
  const count = (status: number) => replies.filter(reply => reply.status === status).length
  assert.is(count(401), 5)
  assert.is(count(429), 15)
  const events = fake.port.eventsAfter(0).events.filter(({ type }) => type === 'login-failed')
  assert.ok(events.length >= 1 && events.length < 20)
  assert.not.match(JSON.stringify(events), 'my-password-by-mistake')
})

test('who comes by no trusted proxy cannot choose an address', async () => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const headers = { 'x-forwarded-for': `192.0.2.${attempt}` }
    await fake.request('POST', '/api/v1/session', { headers, body: { user: `user${attempt}`, password: 'wrong' } })
  }
  const reply = await fake.request('POST', '/api/v1/session', {
    headers: { 'x-forwarded-for': '203.0.113.1' },
    body: { user: 'anna', password: PASSWORD },
  })
  assert.is(reply.status, 429)
})

test('bodies are bounded in size, depth and keys', async () => {
  const put = (raw: string, headers: Record<string, string> = {}) =>
    fake.request('PUT', `${CHANNELS}/x`, {
      headers: { ...fake.as('admin'), 'content-type': 'application/json', ...headers },
      raw,
    })
  const large = await put(JSON.stringify({ title: 'x'.repeat(70_000) }))
  assert.is(large.status, 413)
  assert.is(large.headers.connection, 'close')
  assert.is((await put('['.repeat(30_000) + ']'.repeat(30_000))).json.code, 'ERR_JSON')
  assert.is((await put('{"__proto__": {"polluted": true}}')).json.code, 'ERR_JSON')
  assert.is((await put('{"targets": {"constructor": {"prototype": {}}}}')).json.code, 'ERR_JSON')
  assert.is((await put('{"title": "planted-')).json.code, 'ERR_JSON')
  assert.is((await put('')).json.code, 'ERR_JSON')
  assert.is((await put('{}', { 'content-encoding': 'gzip' })).status, 415)
  assert.is((await put('{}', { 'content-type': 'text/plain' })).status, 415)
  assert.is(({} as Record<string, unknown>)['polluted'], undefined)
})

test('a body without a length is cut where it becomes too large', async () => {
  const head = `PUT ${CHANNELS}/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`
  const token = fake.as('admin')['authorization']
  const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`
  const text = await fake.raw(`${head}Authorization: ${token}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(40)}`)
  assert.match(text, /^HTTP\/1\.1 413 /)
})

test('nobody climbs out of the folders', async () => {
  for (const path of [
    '/../package.json',
    '/vendor/../../../etc/passwd',
    '/vendor/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%00',
    '/vendor/preact.js%00.css',
    '/vendor/',
    '/vendor',
    '/.git/config',
    '/users.yaml',
    '/constructor',
    '/__proto__',
    `${CHANNELS}/..%2f..%2fetc/thumbnail.jpg`,
    `${CHANNELS}/__proto__`,
    `${CHANNELS}/constructor/thumbnail.jpg`,
    `${CHANNELS}/studio%00`,
    `${CHANNELS}/${'a'.repeat(64)}`,
    `${CHANNELS}/STUDIO`,
  ]) {
    const reply = await fake.request('GET', path, { headers: fake.as('admin') })
    assert.ok([400, 404].includes(reply.status), `${path}: ${reply.status}`)
    assert.match(reply.headers['content-type']!, 'problem+json', path)
  }
  // A path that is cleaned leads to the file itself, and to nothing else.
  assert.is((await fake.request('GET', '/vendor/x/../htm.js')).status, 200)
  assert.is((await fake.request('POST', '/vendor/htm.js')).status, 404)
})

test('requests that a proxy could read in another way are refused', async () => {
  const get = (lines: string) => fake.raw(`GET /livez HTTP/1.1\r\n${lines}\r\n\r\n`)
  const good = 'Host: 127.0.0.1\r\nConnection: close'
  assert.match(await get(good), /^HTTP\/1\.1 200 /)
  assert.match(await get('Host: 127.0.0.1\r\nHost: evil.example.org'), /^HTTP\/1\.1 400 /)
  assert.match(await get('Connection: close'), /^HTTP\/1\.1 400 /)
  assert.match(await fake.raw(`GET http://evil.example.org/livez HTTP/1.1\r\n${good}\r\n\r\n`), /^HTTP\/1\.1 400 /)
  assert.match(await fake.raw(`GET //evil.example.org/ HTTP/1.1\r\n${good}\r\n\r\n`), /^HTTP\/1\.1 400 /)
  const post = (lines: string) =>
    fake.raw(`POST ${CHANNELS}/studio:stop HTTP/1.1\r\n${good}\r\n${lines}\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`)
  for (const lines of [
    'Content-Length: 5\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked, identity',
    'Content-Length: 5\r\nContent-Length: 6',
    'Content-Length: +5',
    'Transfer-Encoding : chunked',
  ]) {
    const text = await post(lines)
    assert.match(text, /^HTTP\/1\.1 400 /, lines)
    assert.is(text.match(/HTTP\/1\.1/g)?.length, 1, lines)
  }
  assert.match(await get(`${good}\r\nX: ${'x'.repeat(20_000)}`), /^HTTP\/1\.1 431 /)
})

test('a page of another site is answered nothing, also where it only reads', async () => {
  const { cookie } = await logIn(fake)
  const headers = { cookie: cookie!, origin: 'http://evil.example.org' }
  for (const path of [CHANNELS, '/api/v1/events', '/api/v1/session', '/metrics']) {
    assert.is((await fake.request('GET', path, { headers })).status, 403, path)
  }
  const preflight = await fake.request('OPTIONS', CHANNELS, { headers })
  assert.is(preflight.headers['access-control-allow-origin'], undefined)
})

test('every response carries the headers that a browser obeys', async () => {
  for (const [path, status] of [
    ['/vendor/htm.js', 200],
    ['/api', 200],
    ['/openapi.json', 200],
    [CHANNELS, 401],
    ['/nothing', 404],
    ['/livez', 200],
  ] as const) {
    const { headers, ...reply } = await fake.request('GET', path)
    assert.is(reply.status, status, path)
    assert.match(headers['content-security-policy'] as string, "default-src 'self'")
    assert.match(headers['content-security-policy'] as string, "frame-ancestors 'none'")
    assert.not.match(headers['content-security-policy'] as string, 'unsafe')
    assert.is(headers['x-content-type-options'], 'nosniff')
    assert.is(headers['referrer-policy'], 'no-referrer')
    assert.is(headers['cross-origin-opener-policy'], 'same-origin')
    assert.is(headers['access-control-allow-origin'], undefined)
  }
})

test('no answer has a secret in it', async () => {
  const secrets = ['planted-key-1', 'planted-key-2', 'planted-pass', 'planted-hook', 'planted-query']
  await using planted = await fakeApi({
    fake: {
      jpeg: Buffer.from([0xff, 0xd8]),
      config: `server:
  hosts: []
channels:
  studio:
    inputs: [{ name: camera, url: "rtmp://127.0.0.1/live?token=planted-query", streamKey: planted-key-1 }]
    targets: { own: { url: rtmp://media.example.org/live, streamKey: planted-key-2 } }
    webhooks: [{ url: https://hooks.example.org/planted-hook, secret: planted-pass }]
`,
    },
  })
  const { json } = await planted.request('GET', '/openapi.json')
  const walked: string[] = []
  for (const [template, methods] of Object.entries<Record<string, unknown>>(json.paths)) {
    // The file holds what its writer put there; the event stream is read as a list.
    if (!('get' in methods) || template === '/api/v1/config') continue
    const path = template.replace('{id}', 'studio').replace('/history', '/history?metric=fps')
    const headers = { ...planted.as('admin'), accept: 'application/json' }
    const reply = await planted.request('GET', path, { headers })
    walked.push(path)
    for (const secret of secrets) {
      assert.not.match(`${reply.text}${JSON.stringify(reply.headers)}`, secret, path)
    }
    assert.not.match(reply.text, 'scrypt$', path)
  }
  assert.ok(walked.length > 12)
})

test('without users a link leads one browser in, for ten minutes', async () => {
  let now = 1_700_000_000_000
  await using open = await fakeApi({ users: false, unix: () => now })
  const link = new URL(open.api.oneTimeLink!)
  const path = link.pathname + link.search
  assert.is((await open.request('GET', CHANNELS)).status, 401)
  assert.is((await open.request('GET', '/login?token=wrong')).status, 403)
  const first = await open.request('GET', path)
  assert.is(first.status, 303)
  assert.is(first.headers.location, '/')
  assert.is((await open.request('GET', path)).status, 403, 'a second browser')
  const cookie = cookieOf(first)
  assert.is((await open.request('GET', path, { headers: { cookie } })).status, 303, 'the same browser again')
  const session = await open.request('GET', '/api/v1/session', { headers: { cookie } })
  const expiresAt = now + 7 * 24 * 3_600_000
  assert.equal(session.json, { user: 'admin', role: 'admin', channels: null, expiresAt, fleet: false })
  assert.is((await open.request('GET', '/metrics')).status, 200, 'loopback without users')

  now += 12 * 3_600_000 + 1
  assert.is((await open.request('GET', CHANNELS, { headers: { cookie } })).status, 401, 'idle')

  await using late = await fakeApi({ users: false, unix: () => now })
  const { pathname, search } = new URL(late.api.oneTimeLink!)
  now += 10 * 60_000 + 1
  assert.is((await late.request('GET', pathname + search)).status, 403, 'too late')
})

test('with users there is no link, and metrics need a token', async () => {
  assert.is(fake.api.oneTimeLink, null)
  assert.is((await fake.request('GET', '/metrics')).status, 401)
  assert.is((await fake.request('GET', '/metrics', { headers: fake.as('metrics') })).status, 200)
  assert.is((await fake.request('GET', CHANNELS, { headers: fake.as('metrics') })).status, 403)
})

test('an address of the network needs users', async () => {
  try {
    await fakeApi({ users: false, listen: ['0.0.0.0:0'] })
    assert.unreachable()
  } catch (error) {
    const { code, remedy } = error as { code: string; remedy: string }
    assert.is(code, 'ERR_USERS_MISSING')
    assert.match(remedy, /rxgst passwd/)
  }
  await using wide = await fakeApi({ listen: ['0.0.0.0:0'] })
  assert.is((await wide.request('GET', '/livez', { headers: { host: '192.0.2.1' } })).status, 200, 'an address')
  assert.is((await wide.request('GET', '/livez', { headers: { host: 'evil.example.org' } })).status, 421, 'a name')
})

test('a file of users that everybody may write is refused', async () => {
  const { chmodSync } = await import('node:fs')
  const file = join(fake.folder, 'users.yaml')
  assert.ok(existsSync(file))
  chmodSync(file, 0o666)
  try {
    await fakeApi({ folder: fake.folder, users: false, server: '  users: users.yaml\n' })
    assert.unreachable()
  } catch (error) {
    assert.is((error as { code: string }).code, 'ERR_USERS_FILE')
  }
})

test('a login for which the server has no time counts as no failure', async () => {
  // Two are computed at a time, 16 wait: there is no place for more, since each that is done asks again at once.
  let over = false
  const guesses = async (): Promise<void> => {
    while (!over) await isPassword('a guess', null, null)
  }
  const busy = Array.from({ length: 18 }, guesses)
  const login = () =>
    fake.request('POST', '/api/v1/session', {
      headers: { origin: fake.base },
      body: { user: 'anna', password: PASSWORD },
    })
  for (let n = 0; n < 5; n++) {
    const { status, json } = await login()
    assert.equal([status, json.code], [503, 'ERR_BUSY'])
  }
  over = true
  await Promise.all(busy)
  assert.is((await login()).status, 200)
})

test.run()
