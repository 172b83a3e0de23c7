// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { solid } from '../../support/media/picture'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { startTcpProxy } from '../../support/peers/tcp-proxy'
import { sleep, until } from '../../support/until'
import { assertConstantRate, assertGapless, pictures, tagsOf } from '../lib/sent'
import { timed } from '../lib/timed'

// A target whose network is too slow for it, and stop() in the moments in which a target is in trouble.
const test = suite('output: slow', { timeout: 60_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps,
  bitrate: '8M',
  keyframeInterval: 1,
  reconnect: { initialDelay: 200, maxDelay: 500 },
  connectTimeout: 20_000,
  stallTimeout: 2000,
}
/** stop() promises 5 s; the rest is for a busy machine. */
const STOP = 5500

/** Writes noise, of which nothing can be left out, until told to stop. */
function noise(output: RTMPOutput): () => Promise<void> {
  const picture = Uint8Array.from(solid(width, height, [90, 90, 90]), (_, i) => Math.imul(i, 2654435761) >>> 24)
  let over = false
  const running = (async () => {
    for (let i = 0; !over; i++) {
      picture.copyWithin(0, 999).fill(i % 256, 0, 10)
      await output.writeFrame(picture)
    }
  })()
  running.catch(() => {})
  return async () => {
    over = true
    await running
  }
}

test('a network below the bit rate: pictures are lost up to keyframes, it stays live and catches up', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using good = await startRtmpServer({ kind: 'accept-publish' })
  await using proxy = await startTcpProxy(server.port)
  await using output = new RTMPOutput([proxy.url('slow'), good.url()], OPTIONS)
  const phases: string[] = []
  output.targets[0]!.state$.subscribe(({ phase }) => phases.push(phase))
  await output.start()
  const stop = noise(output)
  await until(() => output.targets.every(({ state }) => state.phase === 'live'))
  proxy.throttle(200_000, 'up')
  await until(() => output.stats().droppedNetwork > 30, { timeout: 40_000, what: () => JSON.stringify(output.stats()) })
  // As much as may wait, and the gap that a loss leaves in it.
  assert.ok(output.stats().queueMs < 4500, `${output.stats().queueMs} ms wait`)
  proxy.throttle(Infinity, 'up')
  const now = good.connections[0]!.tags.at(-1)!.timestamp
  await pictures(server.connections[0]!, video => video.at(-1)!.dts > now)
  await stop()
  assert.equal(phases, ['idle', 'connecting', 'live'])
  const { video } = tagsOf(server.connections[0]!)
  const discontinuities = video.filter(({ dts }, i) => i > 0 && dts - video[i - 1]!.dts > 60)
  assert.ok(discontinuities.length > 0)
  for (const { dts, keyframe } of discontinuities)
    assert.ok(keyframe, `what follows a loss at ${dts} ms is no keyframe`)
  const { video: all, audio } = tagsOf(good.connections[0]!)
  assertConstantRate(all, fps)
  assertGapless(audio, 44_100)
})

test('stop() with a target that is wedged, one that is stalled, one that is away, one that never answers', async () => {
  await using wedged = await startRtmpServer({ kind: 'accept-publish', after: 100_000, then: 'freeze' })
  await using away = await startRtmpServer({ kind: 'accept-publish' })
  await using silent = await startRtmpServer({ kind: 'handshake-silent' })
  await using half = await startRtmpServer({ kind: 'half-handshake' })
  for (const wait of [0, 300, 2600]) {
    const output = new RTMPOutput([away.url('a'), wedged.url('b'), silent.url('c'), half.url('d')], OPTIONS)
    await output.start()
    const stop = noise(output)
    await until(() => wedged.connections.at(-1)!.ended === 'freeze', { what: 'the server to freeze' })
    away.cut('rst')
    await sleep(wait)
    const took = await timed(() => Promise.all([output.stop(), stop().catch(() => {})]))
    assert.ok(took < STOP, `stop() took ${Math.round(took)} ms, ${wait} ms after the freeze`)
    assert.equal([...output.targets.map(({ state }) => state.phase), output.state.phase], Array(5).fill('stopped'))
  }
  // What has come meanwhile is accepted.
  await sleep(100)
  const tried = [wedged, away, silent, half].map(({ connections }) => connections.length)
  await sleep(800)
  assert.equal(
    [wedged, away, silent, half].map(({ connections }) => connections.length),
    tried,
    'nothing is tried any more',
  )
})

test('targets that come and go while they connect, while they are away, and at once again', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using silent = await startRtmpServer({ kind: 'accept-silent' })
  const phases = () => output.targets.map(({ state }) => state.phase).join()
  const output = new RTMPOutput(server.url('a1'), { ...OPTIONS, bitrate: '500k' })
  const started = output.start()
  output.addTarget(server.url('b2'))
  output.addTarget(silent.url('c3'))
  await started
  await until(() => phases() === 'live,live,connecting', { what: phases })
  await output.removeTarget(silent.url('c3'))
  server.behave({ kind: 'reject-publish' })
  server.cut('rst')
  await until(() => phases() === 'reconnecting,reconnecting', { what: phases })
  const gone = output.targets[1]!
  await output.removeTarget(server.url('b2'))
  assert.is(gone.state.phase, 'stopped')
  server.behave({ kind: 'accept-publish' })
  await until(() => phases() === 'live', { what: phases })
  // The same again, before the goodbye is said.
  const removed = output.removeTarget(server.url('a1'))
  assert.is(output.state.phase, 'idle')
  output.addTarget(server.url('a1'))
  await removed
  await until(() => phases() === 'live', { what: phases })
  const stopped = output.stop()
  assert.throws(
    () => output.addTarget(server.url('z9')),
    (error: { code: string }) => error.code === 'ERR_NOT_RUNNING',
  )
  await output.removeTarget(server.url('a1'))
  await stopped
  assert.equal([output.targets.length, output.state.phase], [0, 'stopped'])
})

test.run()
