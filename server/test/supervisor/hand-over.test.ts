// suite: deep
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { encodeFrame } from '../../src/core/frames.js'
import type { PreviewFrame } from '../../src/core/server-port.js'
import { startOf } from '../../src/supervisor/child/process-info.js'
import { askHandOver, ControlSocket } from '../../src/supervisor/control.js'
import { type TestServer, testChannel, testServer } from './support/server.js'

const test = suite('hand-over', { timeout: 180_000 })
/** Of a busy machine. */
const PATIENCE = { timeout: 60_000 }

let open: TestServer[] = []
const begin = async (...args: Parameters<typeof testServer>) => {
  const server = await testServer(...args)
  open.push(server)
  return server
}
test.after.each(async () => {
  await Promise.all(open.map(({ supervisor }) => supervisor.close(1000)))
  open = []
})
const phase = ({ supervisor }: TestServer, id = 'a') => supervisor.channel(id).status.phase
const pid = ({ supervisor }: TestServer, id = 'a') => supervisor.channel(id).process.pid!
const live = (server: TestServer, id = 'a') => until(() => phase(server, id) === 'live', PATIENCE)

test('two supervisors on one state folder: the second one refuses and names the first', async () => {
  const server = await begin({ channels: {} })
  const second = await testServer({ channels: {} }, server).catch(error => error)
  assert.is(second.code, 'ERR_STATE_IN_USE')
  assert.match(second.message, `process ${process.pid}`)
})

test('processes go on under the next supervisor, with their counters and what operators did', async () => {
  const targets = { t: { url: 'rtmp://127.0.0.1/live/key' } }
  const channels = { a: testChannel({ targets }), b: testChannel(), gone: testChannel() }
  const first = await begin({ channels })
  for (const id of Object.keys(channels)) await live(first, id)
  const killed = pid(first)
  process.kill(killed, 'SIGKILL')
  await until(() => phase(first) === 'live' && pid(first) !== killed, PATIENCE)
  await first.supervisor.stopTarget('a', 't', 'olga')
  const pids = ['a', 'b'].map(id => pid(first, id))
  const gone = pid(first, 'gone')
  const ticks = async ({ supervisor }: TestServer) =>
    Number(/fake_ticks_total\{channel="a",side="in"\} (\d+)/.exec(await supervisor.metrics())?.[1] ?? -1)
  const before = await ticks(first)
  const lastEvent = first.events.at(-1)!.id

  await first.supervisor.handOver()
  open = []
  for (const process of pids) assert.ok(startOf(process), 'the processes run without a supervisor')
  first.file({ channels: { a: testChannel({ targets }), b: testChannel() } })
  const second = await begin(null, first)
  await live(second)
  assert.equal(
    ['a', 'b'].map(id => pid(second, id)),
    pids,
  )
  await until(() => startOf(gone) === null, { what: 'the end of a channel that is configured no more' })
  assert.not.ok(second.supervisor.channels().some(({ id }) => id === 'gone'))
  await until(async () => (await ticks(second)) > before)
  assert.not.ok(second.supervisor.channel('a').status.targets[0]!.enabled, 'a target that was stopped stays so')
  assert.is(second.events.filter(({ type }) => type === 'channel-exit').length, 1)
  assert.ok(second.events.filter(({ type }) => type === 'server-started').at(-1)!.id > lastEvent)

  // They are watched as before.
  process.kill(pids[0]!, 'SIGSTOP')
  await until(() => phase(second) === 'live' && pid(second) !== pids[0], PATIENCE)
  assert.match(second.supervisor.channel('a').process.lastExit!, 'it did not answer')
  const last = pid(second)
  await second.supervisor.close(3000)
  open = []
  await until(() => startOf(last) === null && startOf(pids[1]!) === null)
})

test('counters that were handed over are taken once: the next plain start begins anew', async () => {
  const first = await begin({ channels: { a: testChannel() } })
  const { runFolder } = first.supervisor
  const ticks = async ({ supervisor }: TestServer) =>
    Number(/fake_ticks_total\{channel="a",side="in"\} (\d+)/.exec(await supervisor.metrics())?.[1] ?? -1)
  await first.supervisor.close(5000)
  open = []
  const kept = join(runFolder, '.counters.json')
  writeFileSync(kept, JSON.stringify({ a: { 'fake_ticks_total{side="in"}': 1e9 } }))
  const second = await begin(null, first)
  await until(async () => (await ticks(second)) > 1e9, PATIENCE)
  await second.supervisor.close(5000)
  open = []
  const third = await begin(null, second)
  await until(async () => (await ticks(third)) >= 0, PATIENCE)
  assert.ok((await ticks(third)) < 1e8)
})

test('a channel whose configuration needs a restart stays on air over an upgrade, and an alert says so', async () => {
  const inputs = [{ url: 'rtmp://127.0.0.1/live/other' }]
  const targets = { t: { url: 'rtmp://127.0.0.1/live/key' } }
  const raised = ({ supervisor }: TestServer) =>
    supervisor.alerts().filter(({ clearedAt, rule }) => clearedAt === null && rule === 'restart-pending')
  const first = await begin({ channels: { a: testChannel() } })
  await live(first)
  const before = pid(first)
  await first.supervisor.handOver()
  first.file({ channels: { a: { inputs, targets } } })
  const second = await begin(null, first)
  await until(() => raised(second).length === 1)
  // What needs no restart is taken.
  await until(() => second.supervisor.channel('a').status.targets[0]?.phase === 'live')
  assert.is(pid(second), before)
  assert.is(phase(second), 'live')

  await second.supervisor.handOver()
  const third = await begin(null, second, { allowRestart: true })
  open = [third]
  await until(() => phase(third) === 'live' && pid(third) !== null && pid(third) !== before)
  await until(() => raised(third).length === 0)
})

test('an alert that ended while nobody heard it is cleared by the next supervisor, and no other', async () => {
  const rules = ({ supervisor }: TestServer) =>
    supervisor
      .alerts()
      .filter(({ clearedAt }) => clearedAt === null)
      .map(({ rule }) => rule)
      .sort()
  const first = await begin({ channels: { a: testChannel({ title: 'alarms' }) } })
  await live(first)
  await until(() => rules(first).length === 2, PATIENCE)
  const before = pid(first)
  await first.supervisor.handOver()
  open = []
  const second = await begin(null, first)
  await live(second)
  await until(() => rules(second).length === 1, PATIENCE)
  assert.equal([rules(second), pid(second)], [['lasting'], before])
})

test('processes of a supervisor that is gone without a hand-over end, and others take their place', async () => {
  const first = await begin({ channels: { a: testChannel() } })
  await live(first)
  const before = pid(first)
  // What a kill leaves: the lock is free, the connection is closed, the number of the process is in its file.
  open = []
  const list = first.supervisor.channelList.get('a') as unknown as { keeper: { child: { release(): void } } }
  list.keeper.child.release()
  first.supervisor['finish' as never] as unknown
  await (first.supervisor as unknown as { finish(): Promise<void> }).finish()
  const second = await begin(null, first)
  await live(second)
  assert.is.not(pid(second), before)
  assert.is(startOf(before), null)
})

test('the control socket answers when the hand-over is done, once', async () => {
  const server = await begin({ channels: {} })
  const path = join(server.supervisor.runFolder, '.control.sock')
  assert.not.ok(await askHandOver(path))
  let calls = 0
  const control = await ControlSocket.listen(path, async () => {
    calls += 1
  })
  assert.ok(await askHandOver(path))
  assert.is(calls, 1)
  control.close()
  assert.not.ok(existsSync(path))
})

test('the control socket tells whether the other still waits, and who is left alone hears so', async () => {
  const path = join(tempDir(), 'control.sock')
  const waited: boolean[] = []
  const asked: { readonly waits: () => boolean; readonly answer: () => void }[] = []
  const control = await ControlSocket.listen(path, async waits => {
    await new Promise<void>(answer => asked.push({ waits, answer }))
    waited.push(waits())
    if (!waits()) throw new Error('nobody waits')
  })
  const gone = connect(path)
  await once(gone, 'connect')
  gone.write(encodeFrame({ type: 'hand-over' }))
  await until(() => asked.length === 1)
  assert.ok(asked[0]!.waits())
  gone.destroy()
  await until(() => !asked[0]!.waits())
  asked[0]!.answer()
  await until(() => waited.length === 1)
  const second = askHandOver(path)
  await until(() => asked.length === 2)
  asked[1]!.answer()
  assert.ok(await second)
  assert.equal(waited, [false, true])
  control.close()

  const broken = createServer(socket => void socket.once('data', () => socket.destroy()))
  await new Promise<void>(resolve => broken.listen(path, resolve))
  const error = await askHandOver(path).catch(refused => refused)
  assert.is(error.code, 'ERR_HAND_OVER')
  broken.close()
})

test('a preview begins with what a player needs, whoever comes when, and closes behind the last one', async () => {
  const server = await begin({ channels: { a: testChannel() } })
  await live(server)
  const watch = () => {
    const frames: PreviewFrame[] = []
    const errors: Error[] = []
    const subscription = server.supervisor.preview('a', 'out').subscribe({
      next: frame => frames.push(frame),
      error: error => errors.push(error),
    })
    return { frames, errors, end: () => subscription.unsubscribe() }
  }
  const one = watch()
  await until(() => one.frames.length > 4)
  const two = watch()
  await until(() => two.frames.length > 2)
  for (const { frames } of [one, two]) {
    assert.ok(frames[0]!.start)
    assert.is(Buffer.from(frames[0]!.bytes).toString('latin1', 0, 3), 'FLV')
    assert.ok(frames.slice(1).every(({ start }) => !start))
  }
  assert.ok(two.frames[0]!.keyframe)
  assert.match(await server.supervisor.metrics(), 'rxgst_server_previews{channel="a"} 2')
  one.end()
  two.end()
  const three = watch()
  await until(() => three.frames.length > 0)
  process.kill(pid(server), 'SIGKILL')
  await until(() => three.errors.length > 0)
  assert.match(three.errors[0]!.message, 'the process of the channel ended')
})

test.run()
