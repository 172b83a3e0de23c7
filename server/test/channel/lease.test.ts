// suite: deep
import { copyFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { makeFile } from '../../../test/support/peers/ffmpeg.js'
import { startRtmpServer, type RtmpServer } from '../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../test/support/temp.js'
import { sleep, until } from '../../../test/support/until.js'
import { bootMs } from '../../src/core/boot-clock.js'
import { ChannelPeer, configOf } from './support.js'

// A lease gates connecting, never continuing.
const test = suite('channel: its lease', { timeout: 300_000 })

const HELD = 'ERR_MAY_NOT_CONNECT'
const MINUTE = 60_000
const file = makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 10 })

const startInput = async (): Promise<RtmpServer> =>
  startRtmpServer({ kind: 'serve-file', file: await file, loop: true })

/** A server that gives a key to whoever comes last, as platforms do. */
async function startTakeover(): Promise<RtmpServer> {
  const server: RtmpServer = await startRtmpServer({
    kind: 'accept-publish',
    manner: {
      publish(it) {
        for (const other of server.connections) if (other !== it && other.role === 'publisher') other.end('fin')
        return 'as usual'
      },
    },
  })
  return server
}

async function startLeased(input: RtmpServer, targets: object, more: object = {}): Promise<ChannelPeer> {
  const peer = await ChannelPeer.start()
  const config = configOf({ inputs: [{ url: input.url() }], targets, ...more })
  assert.is(await peer.ask({ type: 'configure', name: 'studio', config, leased: true }), null)
  return peer
}

const allow = async (peer: ChannelPeer, forMs: number, sinceMs = bootMs()): Promise<void> =>
  assert.is(await peer.ask({ type: 'may-connect', forMs, sinceMs }), null)

const held = (peer: ChannelPeer, name = 'out'): Promise<unknown> =>
  peer.until(({ targets }) => targets.find(it => it.name === name)?.reason?.code === HELD, `${name} to be held`)
const live = (peer: ChannelPeer, name = 'out'): Promise<unknown> =>
  peer.until(({ targets }) => targets.find(it => it.name === name)?.phase === 'live', `${name} to be live`)

/** The channel works on for some seconds of its own. */
async function worksOn(peer: ChannelPeer): Promise<void> {
  const before = peer.of('sample').length
  await until(() => peer.of('sample').length > before + 3, { what: 'samples' })
}

test('a leased channel begins closed; what is live goes on; what is lost waits; files do not', async () => {
  await using input = await startInput()
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const targets = { out: { url: server.url() }, archive: { record: tempDir() } }
  await using peer = await startLeased(input, targets)
  await live(peer, 'archive')
  await held(peer)
  await worksOn(peer)
  assert.is(server.connections.length, 0)
  const { phase, reason } = peer.target('out')!
  assert.equal([phase, reason], ['connecting', { code: HELD, message: 'waits for the lease of the channel' }])

  await allow(peer, MINUTE)
  await live(peer)
  await allow(peer, 0)
  const [first] = server.connections
  const { length } = first!.tags
  await worksOn(peer)
  assert.ok(first!.open && first!.tags.length > length + 30, `${first!.tags.length - length} tags more`)

  server.cut('fin')
  await held(peer)
  assert.is(peer.target('out')!.phase, 'reconnecting')
  await worksOn(peer)
  assert.is(server.connections.length, 1)
  await allow(peer, MINUTE)
  await live(peer)
  assert.is(server.connections.length, 2)
})

test('an input that failed for good comes back while nobody may connect, and what is live goes on', async () => {
  await using input = await startInput()
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const missing = tempFile('late.flv')
  const inputs = [
    { name: 'main', file: missing },
    { name: 'backup', url: input.url() },
  ]
  await using peer = await startLeased(input, { out: { url: server.url() } }, { inputs, holdBack: '2s' })
  await allow(peer, MINUTE)
  await live(peer)
  await peer.until(({ inputs: [main] }) => main!.reason?.code === 'ERR_FILE', 'main, which is not there')
  await allow(peer, 0)
  copyFileSync(await file, missing)
  await peer.until(({ inputs: [main] }) => main!.onAir, 'main on air', 90_000)
  await worksOn(peer)
  assert.is(server.connections.length, 1)
  assert.ok(server.connections[0]!.open)
})

test('so does an encode; and a time that is over closes by itself', async () => {
  await using input = await startInput()
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const mode = { encode: { width: 160, height: 90, fps: 15, bitrate: '200k' } }
  await using peer = await startLeased(input, { out: { url: server.url() } }, { mode })
  await held(peer)
  assert.is(server.connections.length, 0)
  await allow(peer, MINUTE)
  await live(peer)
  await allow(peer, 500)
  await sleep(600)
  server.cut('fin')
  await held(peer)
  await worksOn(peer)
  assert.is(server.connections.length, 1)
})

test('without a lease it connects when it likes; one that is told before its configuration need not wait', async () => {
  await using input = await startInput()
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const config = configOf({ inputs: [{ url: input.url() }], targets: { out: { url: server.url() } } })
  await using free = await ChannelPeer.start()
  assert.is(await free.configure(config), null)
  await live(free)
  await using early = await ChannelPeer.start()
  await allow(early, MINUTE)
  assert.is(await early.ask({ type: 'configure', name: 'studio', config, leased: true }), null)
  await live(early)
  for (const wrong of [{ forMs: -1, sinceMs: 0 }, { forMs: Number.NaN, sinceMs: 0 }, { forMs: '5' }, { forMs: 5 }])
    assert.is((await early.ask({ type: 'may-connect', ...wrong } as never))?.code, 'ERR_OPTION')
})

test('a channel that hears nothing of its lease for too long ends by itself, where it is told so', async () => {
  await using input = await startInput()
  const targets = () => ({ archive: { record: tempDir() } })
  await using told = await startLeased(input, targets())
  await using alone = await startLeased(input, targets())
  await Promise.all([live(told, 'archive'), live(alone, 'archive')])
  const say = async (peer: ChannelPeer, endAfterMs: number | undefined): Promise<void> =>
    assert.is(await peer.ask({ type: 'may-connect', forMs: 1000, sinceMs: bootMs(), endAfterMs }), null)
  await say(told, MINUTE)
  await say(alone, 500)
  // By its own SIGKILL where its timer was late.
  await until(() => alone.exitCode !== undefined, { timeout: 60_000, what: 'the end of its process' })
  await say(told, undefined)
  assert.is(told.exitCode, undefined)
  for (const endAfterMs of [-1, Number.NaN, '5'])
    assert.is((await told.ask({ type: 'may-connect', forMs: 5, sinceMs: 0, endAfterMs } as never))?.code, 'ERR_OPTION')
})

test('one that stood still until then is gone at once, without the goodbyes of a stop', async () => {
  await using input = await startInput()
  await using peer = await startLeased(input, { archive: { record: tempDir() } })
  await live(peer, 'archive')
  const sinceMs = bootMs()
  assert.is(await peer.ask({ type: 'may-connect', forMs: 1000, sinceMs, endAfterMs: 4000 }), null)
  peer.child.kill('SIGSTOP')
  await until(() => bootMs() - sinceMs > 6000, { what: 'the end of its lease' })
  peer.child.kill('SIGCONT')
  await until(() => peer.child.signalCode !== null || peer.child.exitCode !== null, { timeout: 60_000 })
  assert.is(peer.child.signalCode, 'SIGKILL')
})

/** A worker stands still, a successor takes its key, and it goes on. Resolves when it knows that its key is gone. */
async function freeze(leaseMs: number, use: (old: ChannelPeer, server: RtmpServer) => Promise<void>): Promise<void> {
  await using input = await startInput()
  await using server = await startTakeover()
  const targets = { out: { url: server.url() } }
  await using old = await startLeased(input, targets)
  const isLive = async (): Promise<boolean> => {
    // Anew: on a busy machine a short lease may be over before it is live.
    await allow(old, leaseMs)
    return old.target('out')?.phase === 'live'
  }
  await until(isLive, { timeout: 60_000, interval: 100, what: 'the old one to be live' })
  const frozenAt = bootMs()
  old.child.kill('SIGSTOP')
  await using next = await startLeased(input, targets)
  await until(() => bootMs() - frozenAt > Math.min(leaseMs, 3000))
  await allow(next, MINUTE)
  await live(next)
  assert.is(server.connections.length, 2)
  await until(() => server.connections[0]!.ended, { what: 'the server to cut off the old one' })
  old.child.kill('SIGCONT')
  await old.until(({ targets: [out] }) => out?.phase === 'reconnecting', 'the loss to be noticed')
  await use(old, server)
}

test('a worker that stood still for longer than its lease never takes the key back', () =>
  freeze(1500, async (old, server) => {
    await held(old)
    await worksOn(old)
    assert.is(server.connections.length, 2)
    assert.ok(server.connections[1]!.open)
  }))

test('and with a lease that holds, it would: so the test before can fail', () =>
  freeze(MINUTE, async (_, server) => {
    await server.connection(2)
    await until(() => !server.connections[1]!.open)
  }))

test('words that waited in the socket of a process that stood still are worth nothing any more', async () => {
  await using input = await startInput()
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using peer = await startLeased(input, { out: { url: server.url() } })
  await held(peer)
  peer.child.kill('SIGSTOP')
  const sinceMs = bootMs()
  const answer = allow(peer, 1000, sinceMs)
  await until(() => bootMs() - sinceMs > 1500)
  peer.child.kill('SIGCONT')
  await answer
  await worksOn(peer)
  assert.is(server.connections.length, 0)
  // Of a time to come it knows nothing either.
  await allow(peer, 1, bootMs() + MINUTE)
  await worksOn(peer)
  // Its clock has steps of 10 ms: a session may begin, but it does not get as far as the key.
  assert.not.ok(server.connections.some(({ commands }) => commands.includes('publish')))
})

test('what stands still in the middle of a handshake does not ask for the key afterwards', async () => {
  await using input = await startInput()
  let answer: (() => void) | null = null
  await using server = await startRtmpServer({
    kind: 'accept-publish',
    manner: {
      createStream(it, { transaction }) {
        answer = () => it.command(0, '_result', transaction, null, 1)
      },
    },
  })
  await using peer = await startLeased(input, { out: { url: server.url() } })
  await held(peer)
  await allow(peer, 6000)
  await until(() => answer, { what: 'a connection that is on its way' })
  peer.child.kill('SIGSTOP')
  const frozenAt = bootMs()
  await until(() => bootMs() - frozenAt > 6100)
  answer!()
  peer.child.kill('SIGCONT')
  await until(() => !server.connections[0]!.open, { what: 'its end' })
  await held(peer)
  await worksOn(peer)
  assert.not(server.connections.some(({ commands }) => commands.includes('publish')))
  assert.is(server.connections.length, 1)
})

test.run()
