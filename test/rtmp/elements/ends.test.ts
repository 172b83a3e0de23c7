// suite: deep
import * as assert from 'uvu/assert'
import { run, type Graph } from '../../../src/index'
import { makeFile, publish } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { encodeAmf } from '../../support/peers/rtmp/amf0'
import { encodeMessage } from '../../support/peers/rtmp/chunk'
import { status } from '../../support/peers/rtmp/fields'
import { startRtmpServer, type Behaviour } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { over, running } from '../../e2e/lib/running'
import { playing, publishing, refusal } from './graphs'

const test = suite('rxrtmpsrc and rxrtmpsink tell why it is over', { timeout: 60_000 })

const SECRET = 'verysecretkey'

/** Of both roles, in a phase each. */
const refused: [Behaviour, code: string][] = [
  [{ kind: 'accept-silent' }, 'ERR_CONNECT_TIMEOUT'],
  [{ kind: 'half-handshake' }, 'ERR_CONNECT_TIMEOUT'],
  [{ kind: 'handshake-silent' }, 'ERR_CONNECT_TIMEOUT'],
  [{ kind: 'garbage', after: 'connect' }, 'ERR_HANDSHAKE'],
  [{ kind: 'garbage', after: 'handshake' }, 'ERR_HANDSHAKE'],
  [{ kind: 'reject-connect' }, 'ERR_CONNECT_REJECTED'],
]

test('a code for each way of being refused, and for silence in each phase', async () => {
  for (const [behaviour, code] of refused) {
    await using server = await startRtmpServer(behaviour)
    // A server that answers has its time.
    const timeout = code === 'ERR_CONNECT_TIMEOUT' ? 1 : 20
    const [played, published] = await Promise.all([
      refusal(playing(server.url(SECRET), timeout)),
      refusal(publishing(server.url(SECRET), timeout)),
    ])
    assert.equal([played.code, published.code], [code, code], JSON.stringify(behaviour))
    assert.not.match(played.message + published.message, new RegExp(SECRET))
  }
})

test('what a server says of a play or a publication', async () => {
  const cases: [Behaviour, (url: string) => Graph, string][] = [
    [{ kind: 'reject-play' }, playing, 'ERR_PLAY_REJECTED'],
    [{ kind: 'reject-play', code: 'NetStream.Play.StreamNotFound' }, playing, 'ERR_PLAY_REJECTED'],
    [{ kind: 'reject-publish' }, publishing, 'ERR_NAME_IN_USE'],
    [{ kind: 'reject-publish', code: 'NetStream.Publish.Denied' }, publishing, 'ERR_PUBLISH_REJECTED'],
  ]
  for (const [behaviour, graph, code] of cases) {
    await using server = await startRtmpServer(behaviour)
    const error = await refusal(graph(server.url(SECRET)))
    assert.is(error.code, code)
    assert.match(error.message, /Net(Stream|Connection)\./)
    assert.not.match(error.message, new RegExp(SECRET))
  }
})

test('nobody there, and a name that nobody knows', async () => {
  const nobody = `rtmp://127.0.0.1:${await freePort()}/live/x`
  const nowhere = 'rtmp://no-such-host.invalid/live/x'
  for (const graph of [playing, publishing]) {
    assert.is((await refusal(graph(nobody))).code, 'ERR_CONNECTION_REFUSED')
    assert.is((await refusal(graph(nowhere))).code, 'ERR_HOST_NOT_FOUND')
  }
})

test('nginx refuses, and closes without a word', async () => {
  await using nginx = await startNginx()
  assert.is((await refusal(playing(nginx.url('x', 'deny_play')))).code, 'ERR_PLAY_REJECTED')
  // nginx accepts the publication before it denies it, so a graph that plays by then has lost a connection.
  const { code } = await refusal(publishing(nginx.url('x', 'deny_publish')))
  assert.ok(['ERR_PUBLISH_REJECTED', 'ERR_CONNECTION_LOST'].includes(code), code)
})

test('a second publisher of one name', async () => {
  await using nginx = await startNginx()
  await using first = await publish(nginx.url('cam'), { size: '160x90' })
  await nginx.published('cam')
  for (let i = 0; i < 5; i++) assert.is((await refusal(publishing(nginx.url('cam')))).code, 'ERR_NAME_IN_USE')
  assert.is(first.running, true)
})

test('a stream that ends before it sent anything', async () => {
  const file = await makeFile(tempFile('none.flv'), { size: '160x90', duration: 1 })
  const stop = encodeAmf('onStatus', 0, null, status('status', 'NetStream.Play.Stop', 'Stopped'))
  let messages = 0
  await using server = await startRtmpServer({
    kind: 'serve-file',
    file,
    edit: tag => (tag.type === 'script' ? [tag] : []),
    // In place of the metadata.
    mangle: bytes =>
      ++messages > 6 ? encodeMessage(3, { type: 20, streamId: 1, timestamp: 0, payload: stop }, 4096) : bytes,
    then: 'silence',
  })
  const error = await refusal(playing(server.url()), 5000)
  assert.is(error.code, 'ERR_PLAY_REJECTED')
  assert.match(error.message, /NetStream\.Play\.Stop/)
})

test('a server that closes or resets: lost', async () => {
  const file = await makeFile(tempFile('short.flv'), { size: '160x90', duration: 2 })
  for (const then of ['fin', 'rst'] as const) {
    await using server = await startRtmpServer(index =>
      index === 0 ? { kind: 'serve-file', file, then } : { kind: 'accept-publish', after: 150_000, then },
    )
    for (const graph of [playing, publishing]) {
      await running(graph(server.url()), async p => {
        await p.start()
        await over(p)
        assert.is(p.state.reason, 'ERR_CONNECTION_LOST')
      })
    }
  }
})

test('stop() at any moment is quick', async () => {
  const file = await makeFile(tempFile('stopped.flv'), { size: '160x90', duration: 5 })
  await using silent = await startRtmpServer({ kind: 'handshake-silent' })
  await using plays = await startRtmpServer({ kind: 'serve-file', file, then: 'freeze' })
  await using takes = await startRtmpServer({ kind: 'accept-publish' })
  const graphs = [playing(silent.url()), playing(plays.url()), publishing(silent.url()), publishing(takes.url())]
  for (const after of [0, 10, 60, 600]) {
    await Promise.all(
      graphs.map(async (graph, i) => {
        const p = run(graph)
        p.start().catch(() => {})
        await sleep(after)
        const from = performance.now()
        await p.stop()
        const took = performance.now() - from
        // An end that the publisher's own elements wait for has its time.
        assert.ok(took < 8000, `graph ${i}, stopped after ${after} ms: ${took} ms`)
      }),
    )
  }
  await until(() => [silent, plays, takes].every(({ connections }) => connections.every(it => !it.open)), {
    what: 'all connections to end',
  })
})

test.run()
