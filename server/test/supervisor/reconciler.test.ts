import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import type { Problem } from '../../src/core/problem.js'
import { type TestServer, testChannel, testServer } from './support/server.js'

const test = suite('reconciler', { timeout: 60_000 })
let server: TestServer
test.before.each(async () => {
  const channels = { a: testChannel(), b: testChannel({ enabled: false }) }
  server = await testServer({ channels }, null, { faultRetryMs: 100 })
  await until(() => phase() === 'live')
})
test.after.each(() => server.supervisor.close(1000))

const phase = (id = 'a') => server.supervisor.channel(id).status.phase
const pid = (id = 'a') => server.supervisor.channel(id).process.pid
const types = () => server.events.map(({ type }) => type)
const pending = () =>
  server.supervisor
    .alerts()
    .filter(({ clearedAt }) => clearedAt === null)
    .map(({ rule }) => rule)
const problem = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.unreachable('it was accepted'),
    (error: Problem) => error,
  ) as Promise<Problem>
const user = 'olga'

test('a change that is live reaches the process that runs', async () => {
  const before = pid()
  const plan = await server.supervisor.putTarget('a', 't', { url: 'rtmp://127.0.0.1/live/k' }, { user })
  assert.equal(
    plan.steps.map(({ effect }) => effect),
    ['live'],
  )
  await until(() =>
    server.supervisor.channel('a').status.targets.some(({ name, phase }) => name === 't' && phase === 'live'),
  )
  assert.is(pid(), before)
  assert.is(server.events.find(({ type }) => type === 'config-applied')!.user, user)
})

test('a restart of a channel on air needs permission, and names it', async () => {
  const before = pid()
  const patch = { mode: { encode: { width: 640, height: 360 } } }
  const error = await problem(server.supervisor.patchChannel('a', patch, { user }))
  assert.is(error.status, 409)
  assert.is(error.code, 'ERR_RESTART_NEEDED')
  assert.match(error.message, /on air: a$/)
  assert.equal((await server.supervisor.patchChannel('a', patch, { user, dryRun: true })).restarts, ['a'])
  assert.is(server.supervisor.config.channels['a']!.mode, 'copy')
  assert.is(pid(), before)
  await server.supervisor.patchChannel('a', patch, { user, allowRestart: true })
  await until(() => phase() === 'live' && pid() !== before)
  // A channel that is not on air needs none.
  await server.supervisor.patchChannel('b', patch, { user })
})

test('a file that is invalid changes nothing, and is told until it is right', async () => {
  const before = pid()
  server.file({ channels: { a: testChannel({ surprise: true }) } })
  const error = await problem(server.supervisor.reloadConfig({ user }))
  assert.is(error.status, 422)
  assert.match(error.problems[0]!.path, 'channels.a')
  assert.is(pid(), before)
  assert.ok(types().includes('config-invalid'))
  assert.is(server.alerts.at(-1)!.rule, 'config-invalid')
  assert.is(server.supervisor.configText().problems.length, 1)
  assert.match(await server.supervisor.metrics(), 'rxgst_server_config_valid 0')
  server.file({ channels: { a: testChannel(), c: testChannel() } })
  server.door.changed()
  await until(() => server.supervisor.channels().some(({ id }) => id === 'c'))
  await until(() => server.alerts.at(-1)!.clearedAt !== null)
  assert.equal(server.supervisor.configText().problems, [])
  assert.is(pid(), before)
  assert.not.ok(server.supervisor.channels().some(({ id }) => id === 'b'))
})

test('a file that is right again, and needs a restart on air, is refused and is not invalid', async () => {
  const isValid = async (): Promise<string | undefined> =>
    /^rxgst_server_config_valid (.)/m.exec(await server.supervisor.metrics())?.[1]
  const was = server.supervisor.configText().text!
  server.file({ channels: { a: testChannel({ surprise: true }) } })
  await problem(server.supervisor.reloadConfig({ user }))
  assert.is(await isValid(), '0')
  server.file({ channels: { a: testChannel({ mode: { encode: { width: 480, height: 270 } } }) } })
  assert.is((await problem(server.supervisor.reloadConfig({ user }))).code, 'ERR_RESTART_NEEDED')
  assert.is(await isValid(), '1')
  assert.equal(server.supervisor.configText().problems, [])
  const { rule, clearedAt } = server.alerts.at(-1)!
  assert.ok(rule === 'config-invalid' && clearedAt !== null)
  server.file(was)
  await server.supervisor.reloadConfig({ user })
})

test('a change of the file that was refused is seen by If-Match, and comes in with no other change', async () => {
  const stale = server.supervisor.configText()
  const mode = { encode: { width: 640, height: 360 } }
  server.file({ channels: { a: testChannel({ mode }), b: testChannel({ enabled: false }) } })
  assert.is((await problem(server.supervisor.reloadConfig({ user }))).code, 'ERR_RESTART_NEEDED')
  const shown = server.supervisor.configText()
  assert.match(shown.text!, 'width: 640')
  assert.is.not(shown.etag, stale.etag)
  const lost = server.supervisor.putConfig(stale.text!, { user, ifMatch: stale.etag, allowRestart: true })
  assert.is((await problem(lost)).code, 'ERR_CHANGED_MEANWHILE')
  const { etag } = server.supervisor.channel('b')
  const edit = () => server.supervisor.patchChannel('b', { title: 'B' }, { user, ifMatch: etag, allowRestart: true })
  assert.is((await problem(edit())).code, 'ERR_CONFIG_UNAPPLIED')
  assert.is(server.supervisor.config.channels['a']!.mode, 'copy')
  await server.supervisor.reloadConfig({ user, ifMatch: shown.etag, allowRestart: true })
  assert.equal(Object.keys(server.supervisor.config.channels['a']!.mode), ['encode'])
  await edit()
})

test('channels come and go by the API; what does not fit is refused before anything is written', async () => {
  const text = server.supervisor.configText().text
  assert.is((await problem(server.supervisor.putChannel('c', { inputs: [] }, { user }))).code, 'ERR_CONFIG_INVALID')
  assert.is((await problem(server.supervisor.deleteChannel('x', { user }))).code, 'ERR_CHANNEL_UNKNOWN')
  const stale = server.supervisor.putChannel('a', testChannel(), { user, ifMatch: 'old' })
  assert.is((await problem(stale)).code, 'ERR_CHANGED_MEANWHILE')
  assert.is(server.supervisor.configText().text, text)
  await server.supervisor.putChannel('c', testChannel(), { user })
  await until(() => phase('c') === 'live')
  const { etag } = server.supervisor.channel('c')
  await server.supervisor.deleteChannel('c', { user, ifMatch: etag })
  assert.throws(
    () => server.supervisor.channel('c'),
    (error: Problem) => error.status === 404,
  )
})

test('a read-only server takes changes of its file alone', async () => {
  server.file({ server: { readOnly: true }, channels: { a: testChannel() } })
  await server.supervisor.reloadConfig({ user })
  assert.is((await problem(server.supervisor.deleteChannel('a', { user }))).code, 'ERR_READ_ONLY')
  assert.is((await problem(server.supervisor.putConfig('', { user }))).status, 403)
})

test('what an operator stopped stays so over a restart of the server, until it is started', async () => {
  await server.supervisor.stop('a', user)
  assert.is(phase(), 'stopped')
  await server.supervisor.reloadConfig({ user })
  assert.is(phase(), 'stopped')
  await server.supervisor.close(1000)
  server = await testServer(null, server)
  assert.is(phase(), 'stopped')
  assert.is(pid(), null)
  await server.supervisor.start('a', user)
  await until(() => phase() === 'live')
  assert.is((await problem(server.supervisor.startTarget('a', 'x', user))).code, 'ERR_TARGET_UNKNOWN')
  assert.is((await problem(server.supervisor.switchInput('b', 'x', user))).code, 'ERR_CHANNEL_STOPPED')
})

test('a change that its process takes after a restart alone leaves the rest of it on air', async () => {
  const before = pid()
  // A plan that errs: it takes this for a live change.
  await server.supervisor.patchChannel('a', { inputs: [{ url: 'rtmp://127.0.0.1/live/b' }] }, { user })
  assert.equal(pending(), ['restart-pending'])
  await server.supervisor.putTarget('a', 't', { url: 'rtmp://127.0.0.1/live/k' }, { user })
  await until(() => server.supervisor.channel('a').status.targets[0]?.phase === 'live')
  await server.supervisor.deleteTarget('a', 't', { user })
  await until(() => server.supervisor.channel('a').status.targets.length === 0)
  assert.equal(pending(), ['restart-pending'])
  assert.is(pid(), before)
  await server.supervisor.reloadConfig({ user, allowRestart: true })
  await until(() => phase() === 'live' && pid() !== before)
  await until(() => pending().length === 0)
})

test('another value of an input’s secret is in the plan, and is taken where a restart is allowed', async () => {
  process.env['RXGST_TEST_INPUT'] = 'one-secret'
  const inputs = [{ url: 'rtmp://127.0.0.1/live/${env:RXGST_TEST_INPUT}' }]
  await server.supervisor.patchChannel('a', { inputs }, { user, allowRestart: true })
  await server.supervisor.restart('a', user)
  await until(() => phase() === 'live')
  const before = pid()
  process.env['RXGST_TEST_INPUT'] = 'two-secret'
  const plan = await server.supervisor.reloadConfig({ user })
  assert.match(plan.steps[0]!.text, 'a secret has another value')
  assert.equal(pending(), ['restart-pending'])
  assert.is(pid(), before)
  process.env['RXGST_TEST_INPUT'] = 'three-secret'
  assert.equal((await server.supervisor.reloadConfig({ user, allowRestart: true })).restarts, ['a'])
  await until(() => phase() === 'live' && pid() !== before)
  await until(() => pending().length === 0)
})

test('a restart that is refused for a missing secret leaves the configuration that runs', async () => {
  process.env['RXGST_TEST_INPUT'] = 'one-secret'
  const inputs = [{ url: 'rtmp://127.0.0.1/live/${env:RXGST_TEST_INPUT}' }]
  await server.supervisor.putChannel('c', { inputs }, { user })
  await until(() => phase('c') === 'live')
  const before = pid('c')!
  delete process.env['RXGST_TEST_INPUT']
  assert.is((await problem(server.supervisor.restart('c', user))).code, 'ERR_CONFIG_INVALID')
  assert.is(pid('c'), before)
  process.kill(before, 'SIGKILL')
  await until(() => phase('c') === 'live' && pid('c') !== before)
  const { given } = server.supervisor.channelList.get('c')
  assert.match(JSON.stringify(given.inputs), 'one-secret')
})

test('too many changes at once are refused', async () => {
  const all = await Promise.allSettled(Array.from({ length: 150 }, () => server.supervisor.reloadConfig({ user })))
  const refused = all.filter(result => result.status === 'rejected') as PromiseRejectedResult[]
  assert.is(refused.length, 50)
  assert.ok(refused.every(({ reason }) => reason.code === 'ERR_SERVER_BUSY' && reason.retryable))
  await server.supervisor.reloadConfig({ user })
})

test('a secret that is gone takes no channel off air, and is taken when it is there again', async () => {
  process.env['RXGST_TEST_KEY'] = 'one-secret'
  const targets = { t: { url: 'rtmp://127.0.0.1/live/${env:RXGST_TEST_KEY}' } }
  await server.supervisor.patchChannel('b', { targets }, { user })
  await server.supervisor.start('b', user)
  await until(() => phase('b') === 'live')
  const before = pid('b')
  delete process.env['RXGST_TEST_KEY']
  await server.supervisor.patchChannel('a', { title: 'A' }, { user })
  assert.equal([phase('b'), pid('b'), pending()], ['live', before, ['config-refused']])
  process.env['RXGST_TEST_KEY'] = 'two-secret'
  await until(() => pending().length === 0, { timeout: 30_000 })
  assert.equal([phase('b'), pid('b')], ['live', before])
  assert.not.match(server.log.join(), /(one|two)-secret/)
})

test('a channel whose secret comes later than its server begins then', async () => {
  delete process.env['RXGST_TEST_LATE']
  const targets = { t: { url: 'rtmp://127.0.0.1/live/${env:RXGST_TEST_LATE}' } }
  const late = await testServer({ channels: { late: testChannel({ targets }) } }, null, { faultRetryMs: 100 })
  try {
    await until(() => late.supervisor.channel('late').status.phase === 'failed')
    process.env['RXGST_TEST_LATE'] = 'late-secret'
    await until(() => late.supervisor.channel('late').status.phase === 'live', { timeout: 30_000 })
    assert.not.match(late.log.join(), 'late-secret')
  } finally {
    await late.supervisor.close(1000)
  }
})

test('a channel that was stopped, removed and added again runs', async () => {
  await server.supervisor.stop('a', user)
  await server.supervisor.deleteChannel('a', { user })
  await server.supervisor.putChannel('a', testChannel(), { user })
  await until(() => phase() === 'live')
})

test.run()
