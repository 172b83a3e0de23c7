// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { solid } from '../../support/media/picture'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer, type Connection } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { codeOf } from '../lib/served'
import { assertConstantRate, assertGapless, pictures, received, tagsOf } from '../lib/sent'

// One encoding, several connections: none disturbs another.
const test = suite('output: targets', { timeout: 60_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps,
  bitrate: '500k',
  keyframeInterval: 1,
  reconnect: false,
  connectTimeout: 20_000,
  stallTimeout: 10_000,
}
const GREY = solid(width, height, [90, 90, 90])

const phases = ({ targets }: RTMPOutput) => targets.map(({ state }) => state.phase)

/** A viewer of it saw nothing of what happened to the others: a constant rate, sound end to end. */
function assertUndisturbed(connection: Connection, least: number): void {
  const { video, audio } = tagsOf(connection)
  assert.ok(video.length >= least, `${video.length} pictures`)
  assertConstantRate(video, fps)
  assertGapless(audio, 44100)
  assert.is(connection.open, true)
}

test('three URLs get the same packets, encoded once', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(
    ['a1', 'b2', 'c3'].map(name => server.url(name)),
    OPTIONS,
  )
  await output.start()
  await until(() => phases(output).every(phase => phase === 'live'), { what: () => phases(output).join() })
  assert.is(output.state.phase, 'live')
  for (let i = 0; i < 60; i++) await output.writeFrame(GREY)
  await until(() => output.stats().packets >= 45)
  const { packets } = output.stats()
  // The clock goes on where the machine holds the writer up.
  const { written, repeated } = output.stats()
  await output.stop()
  await until(() => server.connections.every(({ open }) => !open))
  assert.ok(packets <= written + repeated, `${packets} packets encoded of ${written} and ${repeated} pictures`)
  assert.equal(server.connections.map(({ stream }) => stream).sort(), ['a1', 'b2', 'c3'])
  const coded = server.connections.map(({ tags }) => tags.filter(({ type, data }) => type === 'video' && data[1] === 1))
  const sizes = coded.map(list => list.map(({ data }) => data.toString('base64')))
  for (const list of sizes) {
    assert.ok(list.length > 40, `${list.length} pictures`)
    // Each begins at a keyframe of its own; to the end they are the same.
    assert.equal(list.slice(-40), sizes[0]!.slice(-40))
  }
  for (const connection of server.connections) assert.is(tagsOf(connection).video[0]?.keyframe, true)
})

for (const order of ['first', 'last'] as const) {
  test(`one refused, named ${order}: start() resolves with the other, which notices nothing`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const bad = `rtmp://127.0.0.1:${await freePort()}/live/key1`
    const urls = order === 'first' ? [bad, server.url()] : [server.url(), bad]
    await using output = new RTMPOutput(urls, OPTIONS)
    await output.start()
    const failed = output.targets[order === 'first' ? 0 : 1]!
    await until(() => failed.state.phase === 'failed', { what: () => phases(output).join() })
    assert.is(failed.state.reason, 'ERR_CONNECTION_REFUSED')
    assert.equal([output.state.phase, output.state.reason], ['failed', 'ERR_CONNECTION_REFUSED'], 'the worst')
    await output.writeFrame(GREY)
    const connection = await server.connection(0)
    await pictures(connection, 30)
    assertUndisturbed(connection, 30)
    await output.writeFrame(GREY)
  })
}

test('all refused: start() rejects', async () => {
  const urls = [1, 2].map(async i => `rtmp://127.0.0.1:${await freePort()}/live/key${i}`)
  const output = new RTMPOutput(await Promise.all(urls), OPTIONS)
  assert.is(await codeOf(output.start()), 'ERR_CONNECTION_REFUSED')
  assert.equal(phases(output), ['failed', 'failed'])
  await output.stop()
  assert.equal(phases(output), ['stopped', 'stopped'])
})

for (const kind of ['accept-silent', 'handshake-silent'] as const) {
  test(`one that says nothing (${kind}): start() does not wait for it, and it fails by itself`, async () => {
    await using dead = await startRtmpServer({ kind })
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    await using output = new RTMPOutput([dead.url(), server.url()], { ...OPTIONS, connectTimeout: 6000 })
    await output.start()
    assert.equal(phases(output), ['connecting', 'live'])
    assert.is(output.state.phase, 'connecting')
    await until(() => output.targets[0]!.state.phase === 'failed', {
      what: () => phases(output).join(),
      timeout: 20_000,
    })
    assert.is(output.targets[0]!.state.reason, 'ERR_CONNECT_TIMEOUT')
    await output.writeFrame(GREY)
    const connection = await server.connection(0)
    await pictures(connection, 50)
    assertUndisturbed(connection, 50)
  })
}

for (const then of ['rst', 'fin', 'freeze'] as const) {
  test(`one that ends with ${then} while live: the other notices nothing`, async () => {
    await using bad = await startRtmpServer({ kind: 'accept-publish', after: 400_000, then })
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    // Noise at a high rate: the buffers on the way to a frozen server are full soon.
    const stallTimeout = then === 'freeze' ? 1500 : 10_000
    await using output = new RTMPOutput([bad.url(), server.url()], { ...OPTIONS, stallTimeout, bitrate: '40M' })
    await output.start()
    await until(() => phases(output).every(phase => phase === 'live'))
    const noise = Uint8Array.from(GREY, (_, i) => Math.imul(i, 2654435761) >>> 24)
    for (let i = 0; output.targets[0]!.state.phase === 'live' && i < 500; i++) {
      noise.copyWithin(0, 999).fill(i % 256, 0, 10)
      await output.writeFrame(noise)
    }
    assert.equal(
      [output.targets[0]!.state.phase, output.targets[0]!.state.reason],
      ['failed', then === 'freeze' ? 'ERR_STALLED' : 'ERR_CONNECTION_LOST'],
    )
    assert.equal([output.targets[1]!.state.phase, output.state.phase], ['live', 'failed'])
    const good = await server.connection(0)
    const so = tagsOf(good).video.length
    for (let i = 0; i < 30; i++) await output.writeFrame(GREY)
    await pictures(good, so + 25)
    assertUndisturbed(good, so + 25)
  })
}

test('addTarget on air: it begins with a keyframe soon and from 0; the other sees no gap', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url('a1'), { ...OPTIONS, keyframeInterval: 30 })
  await output.start()
  const first = await server.connection(0)
  await pictures(first, 40)
  output.addTarget(server.url('b2'))
  assert.equal(output.targets.length, 2)
  const second = await server.connection(1, ({ stream }) => stream === 'b2')
  await pictures(second, 30)
  assert.equal(phases(output), ['live', 'live'])
  const { video, audio, metadata } = tagsOf(second)
  assert.equal([video[0]?.keyframe, metadata.width], [true, width])
  assert.ok(
    Math.abs(audio[0]!.dts - video[0]!.dts) <= 100,
    `sound from ${audio[0]!.dts}, pictures from ${video[0]!.dts}`,
  )
  assertUndisturbed(second, 30)
  await pictures(first, 70)
  // A keyframe of the first was asked for, long before its next was due.
  assert.ok(tagsOf(first).video.filter(({ keyframe }) => keyframe).length >= 2)
  assertUndisturbed(first, 70)
})

test('removeTarget on air: goodbye to the one, no gap for the other', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput([server.url('a1'), server.url('b2')], OPTIONS)
  await output.start()
  await until(() => phases(output).every(phase => phase === 'live'))
  const by = (stream: string): Connection => server.connections.find(connection => connection.stream === stream)!
  await pictures(by('a1'), 20)
  await output.removeTarget(server.url('b2'))
  assert.equal(phases(output), ['live'])
  await until(() => !by('b2').open)
  assert.is(by('b2').goodbye, true)
  const so = tagsOf(by('a1')).video.length
  await pictures(by('a1'), so + 30)
  assertUndisturbed(by('a1'), so + 30)
  output.addTarget(server.url('b2'))
  await until(() => phases(output).every(phase => phase === 'live') && output.targets.length === 2)
})

test('a name taken, a name unknown, a URL that is none: told, and nothing has changed', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput([server.url('planted-a'), server.url('planted-b')], OPTIONS)
  const check = async (): Promise<void> => {
    const said: string[] = []
    const add = (url: string): void => {
      try {
        output.addTarget(url)
      } catch (error) {
        said.push((error as { code: string }).code, (error as Error).message)
      }
    }
    add(server.url('planted-b'))
    add('rtmp://h')
    assert.equal([said[0], said[2]], ['ERR_NAME_TAKEN', 'ERR_URL'])
    assert.not.match(said.join(), 'planted')
    assert.is(await codeOf(output.removeTarget(server.url('planted-c'))), 'ERR_UNKNOWN_STREAM')
    assert.is(await codeOf(output.removeTarget('rubbish')), 'ERR_UNKNOWN_STREAM')
    assert.is(output.targets.length, 2)
  }
  await check()
  await output.start()
  await until(() => phases(output).every(phase => phase === 'live'))
  await check()
  assert.is(server.connections.length, 2)
  await output.stop()
})

test('targets that come and go before start()', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url('a1'), OPTIONS)
  output.addTarget(server.url('b2'))
  output.addTarget(server.url('c3'))
  await output.removeTarget(server.url('b2'))
  assert.equal(phases(output), ['idle', 'idle'])
  await output.start()
  await until(() => phases(output).every(phase => phase === 'live'))
  assert.equal(server.connections.map(({ stream }) => stream).sort(), ['a1', 'c3'])
  const { video } = received(await server.connection(0, connection => tagsOf(connection).video.length > 5))
  assert.is(video[0]?.keyframe, true)
})

test("each target's state$ tells its own story", async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput([server.url('a1'), `rtmp://127.0.0.1:${await freePort()}/live/b2`], OPTIONS)
  const stories: string[][] = [[], []]
  output.targets.forEach(({ state$ }, i) => state$.subscribe(({ phase }) => stories[i]!.push(phase)))
  await output.start()
  await until(() => stories[1]!.includes('failed'))
  await output.stop()
  assert.equal(stories, [
    ['idle', 'connecting', 'live', 'stopping', 'stopped'],
    ['idle', 'connecting', 'failed', 'stopping', 'stopped'],
  ])
})

test.run()
