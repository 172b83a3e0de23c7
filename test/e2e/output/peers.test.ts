// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput, RxGstError, type RTMPOutputOptions } from '../../../src/index'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { solid } from '../../support/media/picture'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer, type Behaviour } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'
import { TRANSPORTS } from '../lib/transports'

// Servers that do not take the stream: start() says why, in time, and stop() is quick.
const test = suite('output: peers', { timeout: 60_000 })

const [width, height] = [320, 180]
const GREY = solid(width, height, [90, 90, 90])
const OPTIONS: RTMPOutputOptions = { width, height, reconnect: false, connectTimeout: 20_000 }
/** For servers that never answer. */
const IMPATIENT = { connectTimeout: 2500 }
/** stop() promises 5 s; the rest is for a busy machine. */
const STOP = 5500

let nginx: Nginx
test.before(async () => void (nginx = await startNginx()))
test.after(() => nginx.stop())

/** start() rejects with one of these codes; everything else tells the same; nothing is left. */
async function refused(url: string, codes: string[], options: Partial<RTMPOutputOptions> = {}): Promise<void> {
  const output = new RTMPOutput(url, { ...OPTIONS, ...options })
  let error: RxGstError | null = null
  const took = await timed(() => output.start().catch((reason: RxGstError) => (error = reason)))
  assert.instance(error, RxGstError, 'start() resolved')
  const { code, message, fault } = error as unknown as RxGstError
  assert.ok(codes.includes(code), `${code}: ${message}`)
  assert.is(fault, 'peer')
  assert.ok(took < 2500 + 5000, `after ${Math.round(took)} ms`)
  assert.equal([output.state.phase, output.state.reason], ['failed', code])
  assert.equal([output.targets[0]!.state.phase, output.targets[0]!.state.reason], ['failed', code])
  assert.is(await codeOf(output.writeFrame(GREY)), code)
  assert.is(await codeOf(output.writeAudio(new Float32Array(2))), code)
  await stopped(output)
}

async function stopped(output: RTMPOutput): Promise<void> {
  const took = await timed(() => output.stop())
  assert.ok(took < STOP, `stop() took ${Math.round(took)} ms`)
  assert.is(output.state.phase, 'stopped')
  await output.stop()
}

const TIMEOUT = ['ERR_CONNECT_TIMEOUT']
const PEERS: [behaviour: Behaviour, codes: string[]][] = [
  [{ kind: 'accept-silent' }, TIMEOUT],
  [{ kind: 'half-handshake' }, TIMEOUT],
  [{ kind: 'handshake-silent' }, TIMEOUT],
  [{ kind: 'garbage' }, ['ERR_HANDSHAKE']],
  [{ kind: 'garbage', after: 'handshake' }, ['ERR_HANDSHAKE']],
  [{ kind: 'reject-connect' }, ['ERR_CONNECT_REJECTED']],
  [{ kind: 'reject-publish', code: 'NetStream.Publish.BadName' }, ['ERR_NAME_IN_USE']],
  [{ kind: 'reject-publish', code: 'NetStream.Publish.Denied' }, ['ERR_PUBLISH_REJECTED']],
]

for (const [behaviour, codes] of PEERS) {
  test(`${Object.values(behaviour).join(' ')}: ${codes[0]}`, async () => {
    await using server = await startRtmpServer(behaviour)
    await refused(server.url(), codes, codes === TIMEOUT ? IMPATIENT : {})
  })
}

test('a port on which nothing listens, again and again: ERR_CONNECTION_REFUSED at once', async () => {
  const url = `rtmp://127.0.0.1:${await freePort()}/live/key1`
  for (let i = 0; i < 15; i++) await refused(url, ['ERR_CONNECTION_REFUSED'])
})

test('a name that does not exist: ERR_HOST_NOT_FOUND', async () => {
  await refused('rtmp://no-such-host.invalid/live/key1', ['ERR_HOST_NOT_FOUND'])
})

test('nginx that denies publishing: ERR_PUBLISH_REJECTED', () =>
  refused(nginx.url('key1', 'deny_publish'), ['ERR_PUBLISH_REJECTED']))

test('nginx without such an application: ERR_CONNECT_REJECTED', () =>
  refused(nginx.url('key1', 'nowhere'), ['ERR_CONNECT_REJECTED']))

test('nginx with a publisher of this name: ERR_NAME_IN_USE, and the first one goes on', async () => {
  await using first = new RTMPOutput(nginx.url('taken'), OPTIONS)
  await first.start()
  await nginx.published('taken')
  await refused(nginx.url('taken'), ['ERR_NAME_IN_USE'])
  assert.is(first.state.phase, 'live')
  await first.writeFrame(GREY)
  await first.stop()
  // The name is free again for the next.
  await until(async () => !(await nginx.stat()).some(({ name, publishing }) => name === 'taken' && publishing))
  await using next = new RTMPOutput(nginx.url('taken'), OPTIONS)
  await next.start()
  await nginx.published('taken')
})

const ANY = [
  'ERR_CONNECT_TIMEOUT',
  'ERR_CONNECTION_REFUSED',
  'ERR_CONNECTION_LOST',
  'ERR_CONNECT_REJECTED',
  'ERR_HANDSHAKE',
  'ERR_PUBLISH_REJECTED',
  'ERR_NAME_IN_USE',
  'ERR_HOST_NOT_FOUND',
]
for (const [behaviour] of PEERS) {
  test(`librtmp, ${Object.values(behaviour).join(' ')}: never live, and over in time`, async () => {
    await using server = await startRtmpServer(behaviour)
    await refused(server.url(), ANY, { ...IMPATIENT, transport: 'librtmp' })
  })
}

test('librtmp, nothing listens or no such host: what it is, not a time-out', async () => {
  await refused(`rtmp://127.0.0.1:${await freePort()}/live/key1`, ['ERR_CONNECTION_REFUSED'], { transport: 'librtmp' })
  await refused('rtmp://no-such-host.invalid/live/key1', ['ERR_HOST_NOT_FOUND', 'ERR_CONNECTION_REFUSED'], {
    transport: 'librtmp',
  })
})

const SILENT: Behaviour[] = [{ kind: 'accept-silent' }, { kind: 'half-handshake' }, { kind: 'handshake-silent' }]
/** It ends an attempt by itself: on a busy machine before stop() does. */
const NOISY: Behaviour = { kind: 'garbage', after: 'handshake' }
for (const transport of TRANSPORTS) {
  test(`${transport}: stop() while it connects ends start() with ERR_ABORTED`, async () => {
    for (const behaviour of [...SILENT, NOISY]) {
      await using server = await startRtmpServer(behaviour)
      const output = new RTMPOutput(server.url(), { ...OPTIONS, transport })
      const started = codeOf(output.start())
      await until(() => server.connections.length > 0, { what: 'a connection' })
      await stopped(output)
      const code = await started
      if (behaviour === NOISY && code !== 'ERR_ABORTED') assert.match(code, /^ERR_(HANDSHAKE|BAD_STREAM)$/)
      else assert.is(code, 'ERR_ABORTED', behaviour.kind)
    }
  })
}

test('stop() before start()', async () => {
  const output = new RTMPOutput('rtmp://127.0.0.1:1/live/key1', OPTIONS)
  await stopped(output)
  assert.is(await codeOf(output.start()), 'ERR_ALREADY_STARTED')
})

test('stop() in the same turn as start()', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  for (const turns of [0, 1, 3, 10]) {
    const output = new RTMPOutput(server.url(), OPTIONS)
    const started = codeOf(output.start())
    for (let i = 0; i < turns; i++) await new Promise(setImmediate)
    await stopped(output)
    assert.ok(['ERR_ABORTED', 'resolved'].includes(await started), `after ${turns} turns: ${await started}`)
  }
})

test.run()
