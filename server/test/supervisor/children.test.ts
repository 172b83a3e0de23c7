// suite: deep
// deadline: 600
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../../test/support/child.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { type TestServer, testChannel, testServer } from './support/server.js'

const test = suite('children', { timeout: 180_000 })
/** Of a busy machine. */
const PATIENCE = { timeout: 60_000 }

let servers: TestServer[] = []
const begin = async (...args: Parameters<typeof testServer>) => {
  const server = await testServer(...args)
  servers.push(server)
  return server
}
test.after.each(async () => {
  await Promise.all(servers.map(({ supervisor }) => supervisor.close(1000)))
  servers = []
})

const phase = ({ supervisor }: TestServer, id = 'a') => supervisor.channel(id).status.phase
const pid = ({ supervisor }: TestServer, id = 'a') => supervisor.channel(id).process.pid!
const live = (server: TestServer, id = 'a') =>
  until(() => phase(server, id) === 'live', { ...PATIENCE, what: () => phase(server, id) })
const exits = ({ events }: TestServer) => events.filter(({ type }) => type === 'channel-exit')

const raised = ({ supervisor }: TestServer) =>
  supervisor
    .alerts()
    .filter(({ clearedAt }) => clearedAt === null)
    .map(({ rule }) => rule)

async function backAfter(server: TestServer, kill: (pid: number) => void): Promise<number> {
  await live(server)
  const first = pid(server)
  const from = performance.now()
  kill(first)
  await until(() => phase(server) === 'live' && pid(server) !== first && pid(server) !== null, PATIENCE)
  return performance.now() - from
}

/** ms that a program of Node.js takes to begin and end: on a busy machine not the supervisor's. */
async function bareStart(): Promise<number> {
  const from = performance.now()
  await exec(process.execPath, ['-e', '0'])
  return performance.now() - from
}

test('a process that is killed or crashes is back, and the event says why', async () => {
  const server = await begin({ channels: { a: testChannel() } })
  for (const signal of ['SIGKILL', 'SIGSEGV'] as const) {
    await backAfter(server, child => process.kill(child, signal))
    assert.is(exits(server).at(-1)!.data['signal'], signal)
    assert.match(exits(server).at(-1)!.message, `a: its process ended: signal ${signal}`)
  }
  assert.is(server.supervisor.channel('a').process.starts, 3)
  assert.match(server.supervisor.channel('a').process.lastExit!, 'SIGSEGV')
})

test(
  'twenty crashes, each of them over within two seconds where the machine has the time',
  async () => {
    const server = await begin({ channels: { a: testChannel() } })
    const took: number[] = []
    for (let i = 0; i < 20; i += 1) {
      // The loop's delays are for a process that is never well.
      const { keeper } = server.supervisor.channelList.get('a') as unknown as { keeper: { backoff: { reset(): void } } }
      keeper.backoff.reset()
      took.push((await backAfter(server, child => process.kill(child, 'SIGKILL'))) - 2 * (await bareStart()))
    }
    took.sort((a, b) => a - b)
    // The worst are the machine's.
    assert.ok(took[15]! < 2000, `${took.map(ms => Math.round(ms)).join(', ')} ms`)
    assert.is(exits(server).length, 20)
  },
  { timeout: 180_000 },
)

test('a process that stands still is killed and replaced', async () => {
  const server = await begin({ channels: { a: testChannel() } })
  await backAfter(server, child => process.kill(child, 'SIGSTOP'))
  assert.match(exits(server)[0]!.message, 'it did not answer for 5 s')
  assert.is(exits(server)[0]!.data['signal'], 'SIGKILL')
})

test('a process that takes too much memory is killed', async () => {
  const server = await begin({ channels: { a: testChannel({ title: 'grows', memoryLimit: '200M' }) } })
  await until(() => exits(server).length > 0)
  assert.match(exits(server)[0]!.message, /it took \d+ MB of memory, above its limit of 200 MB/)
})

test('a process that comes near its limit of memory is told of; without a limit none is killed', async () => {
  const large = testChannel({ title: 'large', memoryLimit: '200M' })
  const server = await begin({ channels: { a: large, b: testChannel({ title: 'large' }) } })
  await until(() => server.events.some(({ type, channel }) => type === 'channel-memory' && channel === 'a'))
  assert.match(server.events.find(({ type }) => type === 'channel-memory')!.message, /takes 1\d\d MB of memory/)
  assert.not.ok(server.events.some(({ type, channel }) => type === 'channel-memory' && channel === 'b'))
  assert.equal(exits(server), [])
})

test('a folder that takes nothing costs a start, and never the supervisor', async () => {
  const server = await begin({ channels: { a: testChannel(), b: testChannel() } })
  await live(server)
  const { runFolder } = server.supervisor
  const first = pid(server)
  // Root may write everywhere: a folder in the place of a file refuses in the same way.
  for (const file of ['a.pid', 'a.sock']) {
    rmSync(join(runFolder, file))
    mkdirSync(join(runFolder, file))
  }
  process.kill(first, 'SIGKILL')
  await until(() => exits(server).length > 1)
  assert.match(JSON.stringify(exits(server)[1]!.data), 'cannot be started')
  assert.ok(raised(server).includes('state-folder'))
  for (const file of ['a.pid', 'a.sock']) rmdirSync(join(runFolder, file))
  await live(server)
  await until(() => !raised(server).includes('state-folder'))
  await live(server, 'b')
})

test('a process that cannot be killed holds up no other channel', async () => {
  const server = await begin({ channels: { a: testChannel({ title: 'stays' }), b: testChannel() } })
  await live(server)
  await live(server, 'b')
  const first = pid(server)
  // As one that hangs in the kernel: no signal reaches it.
  const { keeper } = server.supervisor.channelList.get('a') as unknown as { keeper: { child: { signal(): void } } }
  keeper.child.signal = () => {}
  const stopped = await server.supervisor.restart('a', 'x').catch(error => error)
  assert.is(stopped.code, 'ERR_PROCESS_STUCK')
  assert.is(phase(server), 'failed')
  assert.ok(raised(server).includes('process-stuck'))
  await server.supervisor.restart('b', 'x')
  await live(server, 'b')
  assert.is(pid(server), first)
  process.kill(first, 'SIGKILL')
  await until(() => phase(server) === 'live' && pid(server) !== first)
  assert.equal(raised(server), [])
})

test('a process that says what nobody understands is replaced, and the server goes on', async () => {
  const server = await begin({ channels: { a: testChannel({ title: 'babbles' }), b: testChannel() } })
  await until(() => exits(server).length > 0)
  assert.match(exits(server)[0]!.message, 'that is not understood')
  await live(server, 'b')
})

test('a process that crashes each time is started with growing delays, and an alert tells of it', async () => {
  const server = await begin({ channels: { a: testChannel({ title: 'crashes' }) } })
  await until(() => server.alerts.length > 0, PATIENCE)
  const alert = server.alerts[0]!
  assert.is(alert.rule, 'process-exits')
  assert.is(alert.severity, 'critical')
  assert.match(alert.message, /ended 4 times in a row: signal SIGABRT/)
  const waits = exits(server).map(({ at, data }) => Math.round((Number(data['nextRetryAt']) - at) / 1000))
  assert.equal(waits.slice(0, 4), [0, 1, 2, 4])
  assert.is(phase(server), 'crashed')
  assert.ok(server.supervisor.channel('a').status.nextRetryAt! > Date.now())
  // A start by an operator does not wait.
  server.file({ channels: { a: testChannel() } })
  await server.supervisor.reloadConfig({ user: 'x' })
  await live(server)
  await server.supervisor.stop('a', 'x')
  // On a busy machine it was off air for long enough to be told so; that ends within a second.
  await until(() => raised(server).length === 0, { ...PATIENCE, what: () => JSON.stringify(raised(server)) })
})

test('a configuration that its process refuses is no loop, and is tried again', async () => {
  const server = await begin({ channels: { a: testChannel({ title: 'refuses' }) } })
  await until(() => phase(server) === 'failed')
  assert.equal(server.supervisor.channel('a').status.reason, { code: 'ERR_OPTIONS', message: 'no good' })
  await until(() => pid(server) === null)
  assert.is(server.supervisor.channel('a').process.starts, 1)
  const waitMs = server.supervisor.channel('a').status.nextRetryAt! - Date.now()
  assert.ok(waitMs > 10_000 && waitMs <= 30_000, `${waitMs} ms`)
  assert.equal(raised(server), ['config-refused'])
})

test(
  'a channel that crashes while a file is missing begins when the file is there again',
  async () => {
    const slate = join(tempDir(), 'slate.png')
    writeFileSync(slate, '')
    const server = await begin({ channels: { a: testChannel({ slate }) } })
    await live(server)
    rmSync(slate)
    process.kill(pid(server), 'SIGKILL')
    await until(() => phase(server) === 'failed')
    writeFileSync(slate, '')
    await until(() => phase(server) === 'live', { timeout: 45_000 })
    await until(() => raised(server).length === 0)
  },
  { timeout: 180_000 },
)

test('counters of a process that died do not go back', async () => {
  const server = await begin({ channels: { a: testChannel() } })
  const ticks = async () =>
    Number(/fake_ticks_total\{channel="a",side="in"\} (\d+)/.exec(await server.supervisor.metrics())?.[1])
  await until(async () => (await ticks()) > 10)
  const before = await ticks()
  const dropped = server.supervisor.channel('a').figures.dropped!
  await backAfter(server, child => process.kill(child, 'SIGKILL'))
  await until(async () => (await ticks()) > before)
  await until(() => server.supervisor.channel('a').figures.dropped! > dropped)
  // The new process tells of its own in a moment.
  let text = ''
  const isTold = async () => (text = await server.supervisor.metrics()).includes('fake_level{channel="a"} 7')
  await until(isTold, { timeout: 60_000, what: () => text })
  assert.match(text, 'rxgst_server_child_exits_total{channel="a",result="signal"} 1')
  assert.match(text, 'rxgst_server_child_starts_total{channel="a"} 2')
  assert.match(text, 'rxgst_server_channels{phase="live"} 1')
})

test('no secret is in argv, environment, log or event', async () => {
  process.env['RXGST_TEST_SECRET'] = 'topsecretkey'
  const url = 'rtmp://127.0.0.1/live/${env:RXGST_TEST_SECRET}'
  const server = await begin({ channels: { a: testChannel({ targets: { t: { url } } }) } })
  await live(server)
  await until(() => server.log.some(line => line.includes('configured with')))
  const proc = (file: string) => readFileSync(`/proc/${pid(server)}/${file}`, 'utf8')
  const seen = proc('cmdline') + proc('environ')
  process.kill(pid(server), 'SIGKILL')
  await until(() => exits(server).length > 0)
  assert.match(JSON.stringify(exits(server)), 'live/***')
  for (const text of [seen, server.log.join('\n'), JSON.stringify(server.events)])
    assert.not.match(text, 'topsecretkey')
})

test('a stop that takes too long is a kill', async () => {
  const server = await begin({ channels: { a: testChannel({ title: 'stays' }) } })
  await live(server)
  const from = performance.now()
  await server.supervisor.close(500)
  assert.ok(performance.now() - from < 10_000)
  servers = []
})

test('a channel that is wanted again while its process ends has the next one', async () => {
  const server = await begin({ channels: { a: testChannel() } })
  await live(server)
  const { channelList, config } = server.supervisor
  const channel = channelList.get('a')
  const first = pid(server)
  for (const restart of [false, true]) {
    const before = pid(server)
    channel.setEnabled(false)
    const ending = channel.stop(5000)
    const { problems: _, ...wanted } = await channelList.prepare('a', config.channels['a']!, config)
    await channel.update(wanted, restart, false)
    await ending
    await until(() => pid(server) !== before && phase(server) === 'live', { what: () => phase(server) })
    assert.equal(raised(server), [])
  }
  assert.is(server.supervisor.channel('a').process.starts, 3)
  assert.throws(() => process.kill(first, 0))
  // One that is not wanted again stays stopped.
  channel.setEnabled(false)
  await channel.stop(5000)
  assert.equal([phase(server), channel.process.pid], ['stopped', null])
})

test('a picture is taken for who asks for it, and for nobody else', async () => {
  const server = await begin({ channels: { a: testChannel(), b: testChannel() } })
  await Promise.all([live(server), live(server, 'b')])
  assert.is(server.supervisor.thumbnail('a'), null, 'nobody has asked before')
  const jpeg = await until(() => server.supervisor.thumbnail('a')?.jpeg)
  assert.is(Buffer.from(jpeg).toString(), 'jpeg')
  assert.ok(server.supervisor.channel('a').thumbnailAt)
  assert.is(server.supervisor.channel('b').thumbnailAt, null)
})

test.run()
