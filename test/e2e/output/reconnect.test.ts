import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions, type StreamState } from '../../../src/index'
import { pairs } from '../../chaos/flash-beep'
import { startNginx } from '../../support/peers/nginx'
import { startNms2 } from '../../support/peers/nms'
import { solid } from '../../support/media/picture'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer, type Connection } from '../../support/peers/rtmp-server'
import { inTurn, times } from '../../support/peers/rtmp/in-turn'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { flash } from '../lib/flashes'
import { codeOf } from '../lib/served'
import { assertConstantRate, assertGapless, pictures, tagsOf } from '../lib/sent'

// A target that is lost comes back by itself, and nobody else notices.
const test = suite('output: reconnect', { timeout: 60_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps,
  bitrate: '800k',
  keyframeInterval: 30,
  reconnect: { initialDelay: 100, maxDelay: 300 },
  connectTimeout: 20_000,
  stallTimeout: 10_000,
}
const GREY = solid(width, height, [90, 90, 90])
/** ms, of picture and sound. */
const CLOSE = 40

const phases = ({ targets }: RTMPOutput) => targets.map(({ state }) => state.phase)
const live = (output: RTMPOutput, index = 0, timeout = 20_000) =>
  until(() => output.targets[index]!.state.phase === 'live', {
    timeout,
    what: () => `a live target; it is ${JSON.stringify(output.targets[index]!.state)}`,
  })
const gone = (output: RTMPOutput, index = 0) =>
  until(() => output.targets[index]!.state.phase === 'reconnecting', {
    what: () => `a lost target; it is ${phases(output)}`,
  })
/** What a target went through: 'live', 'reconnecting ERR_…'; a further attempt is no other phase. */
function story(output: RTMPOutput, index = 0): string[] {
  const told: string[] = []
  output.targets[index]!.state$.subscribe(({ phase, reason }: StreamState) => {
    const now = reason ? `${phase} ${reason}` : phase
    if (told.at(-1) !== now) told.push(now)
  })
  return told
}

function assertUndisturbed(connection: Connection, least: number): void {
  const { video, audio } = tagsOf(connection)
  assert.ok(video.length >= least, `${video.length} pictures`)
  assertConstantRate(video, fps)
  assertGapless(audio, 44_100)
  assert.is(connection.open, true)
}

test('cut again and again: each time from 0 at a keyframe; nginx beside it dies; a third sees nothing', async () => {
  await using nginx = await startNginx()
  await using bad = await startRtmpServer({ kind: 'accept-publish' })
  await using good = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput([bad.url(), nginx.url('a'), good.url()], OPTIONS)
  const told = story(output)
  await output.start()
  await until(() => phases(output).every(phase => phase === 'live'))
  const writing = flash(output, width, height, fps, 44_100, 15)
  await nginx.published('a')
  nginx.kill('SIGKILL')
  /** So many pictures on the present connection, and as many written: those that are late are repeats. */
  const seen = async (count: number): Promise<void> => {
    const { written } = writing
    await pictures(bad.connections.at(-1)!, count)
    await until(() => writing.written >= written + count)
    const { length } = tagsOf(bad.connections.at(-1)!).video
    await pictures(bad.connections.at(-1)!, length + 15)
  }
  for (const how of ['fin', 'rst', 'fin'] as const) {
    await seen(45)
    const before = bad.connections.length
    bad.cut(how)
    await bad.connection(before, ({ tags }) => tags.length > 0)
    if (how === 'rst') await nginx.restart()
  }
  await seen(45)
  await live(output, 1)
  assert.is((await nginx.published('a')).publishing, true)
  await writing.stop()
  assert.equal(phases(output), ['live', 'live', 'live'])
  assert.equal(told, [
    'idle',
    'connecting',
    'live',
    ...times(3, null as never).flatMap(() => ['reconnecting ERR_CONNECTION_LOST', 'live']),
  ])
  assert.is(bad.connections.length, 4)
  for (const [i, connection] of bad.connections.entries()) {
    const { video, metadata } = tagsOf(connection)
    assert.equal([video[0]?.keyframe, metadata.width], [true, width], `connection ${i}`)
    assertConstantRate(video, fps, `connection ${i}`)
    const found = await pairs(connection.tags)
    assert.ok(found.length >= 2, `connection ${i}: ${found.length} flashes with a beep`)
    const offsets = found.map(({ offset }) => Math.round(Math.abs(offset))).sort((a, b) => a - b)
    assert.ok(offsets[Math.floor(offsets.length / 2)]! <= CLOSE, `connection ${i}: ${offsets} ms`)
    // A machine that stands still makes a picture late for its place: the flash is in the next one then.
    assert.ok(offsets.at(-1)! <= CLOSE + 1000 / fps, `connection ${i}: ${offsets} ms`)
  }
  assertUndisturbed(good.connections[0]!, 150)
  assert.is(good.connections.length, 1)
  const { reconnects, droppedNetwork } = output.stats()
  assert.ok(reconnects >= 4 && droppedNetwork > 0, `${reconnects} reconnects, ${droppedNetwork} packets lost`)
})

test('a server that takes nothing any more: stalled, made anew, and what waited for it is never sent', async () => {
  await using bad = await startRtmpServer(
    inTurn({ kind: 'accept-publish', after: 400_000, then: 'freeze' }, { kind: 'accept-publish' }),
  )
  await using good = await startRtmpServer({ kind: 'accept-publish' })
  // Noise at a high rate: the buffers of both systems are full soon.
  await using output = new RTMPOutput([bad.url(), good.url()], { ...OPTIONS, bitrate: '20M', stallTimeout: 1000 })
  const told = story(output)
  await output.start()
  const noise = Uint8Array.from(GREY, (_, i) => Math.imul(i, 2654435761) >>> 24)
  let over = false
  const writing = (async () => {
    for (let i = 0; !over; i++) {
      noise.copyWithin(0, 999).fill(i % 256, 0, 10)
      await output.writeFrame(noise)
    }
  })()
  await gone(output)
  await live(output)
  await pictures(await bad.connection(1), 20)
  over = true
  await writing
  assert.equal(told, ['idle', 'connecting', 'live', 'stalled ERR_STALLED', 'reconnecting ERR_STALLED', 'live'])
  // The picture that begins it is of now: it is counted from 0 and comes with the pace of the clock, no burst before
  // it.
  const { video } = tagsOf(bad.connections[1]!)
  assert.is(video[0]!.keyframe, true)
  assertConstantRate(video, fps)
  assert.ok(output.stats().droppedNetwork > 10, `${output.stats().droppedNetwork} lost`)
  assertUndisturbed(good.connections[0]!, 60)
})

test('a name that the server still holds after a cut is asked for until it lets go', async () => {
  await using server = await startRtmpServer(
    inTurn(
      { kind: 'accept-publish' },
      ...times(3, { kind: 'reject-publish' }),
      { kind: 'reject-publish', code: 'NetStream.Publish.Denied' },
      { kind: 'accept-publish' },
    ),
  )
  await using output = new RTMPOutput(server.url(), OPTIONS)
  const reasons: (string | null)[] = []
  output.state$.subscribe(({ reason }) => reasons.push(reason))
  await output.start()
  server.cut('rst')
  await gone(output)
  await live(output)
  assert.is(server.connections.length, 6)
  assert.equal(new Set(reasons), new Set([null, 'ERR_CONNECTION_LOST', 'ERR_NAME_IN_USE', 'ERR_PUBLISH_REJECTED']))
})

test('nginx holds the name of a frozen connection: taken over when it lets go', async () => {
  await using nginx = await startNginx()
  await using first = new RTMPOutput(nginx.url('held'), OPTIONS)
  await first.start()
  await nginx.published('held')
  // Somebody else has it while our target is away.
  await using other = await startRtmpServer({ kind: 'accept-publish' })
  await using second = new RTMPOutput([other.url(), nginx.url('held')], OPTIONS)
  await second.start()
  await until(() => second.targets[1]!.state.reason === 'ERR_NAME_IN_USE')
  assert.is(second.targets[1]!.state.phase, 'reconnecting')
  await first.stop()
  await live(second, 1)
})

test('without any target left: writes are taken, the clock goes on, the state says so; then it is back', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const port = server.port
  await using output = new RTMPOutput([server.url('a1'), server.url('b2')], OPTIONS)
  const air: boolean[] = []
  output.onAir$.subscribe(value => air.push(value))
  await output.start()
  await until(() => phases(output).every(phase => phase === 'live'))
  await server.stop()
  await until(() => phases(output).every(phase => phase === 'reconnecting'))
  const { phase, reason, attempt } = output.state
  assert.ok(phase === 'reconnecting' && reason !== null && attempt >= 1, JSON.stringify(output.state))
  assert.is(output.onAir, false)
  const { packets } = output.stats()
  for (let i = 0; i < 50; i++) await output.writeFrame(GREY)
  await until(() => output.stats().packets >= packets + 50, {
    what: () => `50 packets: ${packets} → ${output.stats().packets}`,
  })
  await using again = await startRtmpServer({ kind: 'accept-publish' }, { port })
  await until(() => phases(output).every(one => one === 'live'))
  await pictures(again.connections[0]!, 20)
  assert.equal([output.state.phase, output.state.reason, air], ['live', null, [false, true, false, true]])
})

test('node-media-server started again', async () => {
  const server = await startNms2()
  await using output = new RTMPOutput(server.url('a'), OPTIONS)
  await output.start()
  await server.stop()
  await gone(output)
  await using _ = await startNms2({ port: server.port })
  await live(output)
})

test('start(): a target that is away does not hold the others, and comes when it can', async () => {
  const port = await freePort()
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput([`rtmp://127.0.0.1:${port}/live/late`, server.url()], OPTIONS)
  await output.start()
  await until(() => phases(output).join() === 'reconnecting,live', { what: () => phases(output).join() })
  assert.is(output.state.phase, 'reconnecting')
  await using late = await startRtmpServer({ kind: 'accept-publish' }, { port })
  await live(output)
  await pictures(await late.connection(0), 10)
  assertUndisturbed(server.connections[0]!, 10)
})

test('start() rejects when none can be live, as often as it may be tried later', async () => {
  await using server = await startRtmpServer({ kind: 'reject-publish' })
  const single = new RTMPOutput(server.url(), OPTIONS)
  assert.is(await codeOf(single.start()), 'ERR_NAME_IN_USE')
  const url = async () => `rtmp://127.0.0.1:${await freePort()}/live/key1`
  const several = new RTMPOutput([server.url(), await url(), await url()], OPTIONS)
  await codeOf(several.start())
  assert.equal([...phases(several), several.state.phase], Array(4).fill('failed'))
  assert.equal(
    several.targets.map(({ state }) => state.reason),
    ['ERR_NAME_IN_USE', 'ERR_CONNECTION_REFUSED', 'ERR_CONNECTION_REFUSED'],
  )
  const tried = server.connections.length
  await sleep(700)
  assert.is(server.connections.length, tried, 'nothing is tried behind its back')
  await Promise.all([single.stop(), several.stop()])
})

test('it fails with the last target that cannot come back', async () => {
  await using server = await startRtmpServer(
    inTurn(...times(2, { kind: 'accept-publish' }), { kind: 'reject-connect', description: 'authentication failed' }),
  )
  await using output = new RTMPOutput([server.url('a1'), server.url('b2')], OPTIONS)
  await output.start()
  await until(() => phases(output).every(phase => phase === 'live'))
  server.connections[0]!.end('rst')
  await until(() => phases(output).includes('failed'), {
    what: () => JSON.stringify(output.targets.map(({ state }) => state)),
  })
  assert.is(output.onAir, true)
  await output.writeFrame(GREY)
  server.cut('rst')
  await until(() => phases(output).every(phase => phase === 'failed'))
  assert.is(output.state.reason, 'ERR_AUTHENTICATION')
  assert.is(await codeOf(output.writeFrame(GREY)), 'ERR_AUTHENTICATION')
})

test.run()
