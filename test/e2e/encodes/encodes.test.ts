import * as assert from 'uvu/assert'
import { Output, type OutputOptions } from '../../../src/index'
import { readClock } from '../../support/media/picture-clock'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { startRtmpServer, type Connection } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { pattern } from '../lib/pattern'
import { assertConstantRate, assertGapless, pictures, received, tagsOf } from '../lib/sent'

// Targets with an encode of their own: one clock, one picture, several encoders.
const test = suite('encodes', { timeout: 60_000 })

const [width, height, fps] = [640, 360, 25]
const OPTIONS: OutputOptions = {
  width,
  height,
  fps,
  bitrate: '800k',
  keyframeInterval: 1,
  connectTimeout: 20_000,
  // A machine that stands still costs no group a picture.
  bufferSize: 100,
}

const named = (connections: readonly Connection[], name: string): Connection =>
  connections.find(({ stream }) => stream === name)!

/** Writes numbered pictures until the returned function is called. */
function writing(output: Output): () => Promise<void> {
  let over = false
  const running = (async () => {
    for (let i = 0; !over; i++) await output.writeFrame(pattern(width, height, i))
  })()
  running.catch(() => {})
  return () => {
    over = true
    return running
  }
}

/** The numbers of its pictures; black ones, from before the first write, have none. */
async function numbersOf(connection: Connection, w: number, h: number): Promise<number[]> {
  const frames = await decodeFrames(received(connection).file, 'rgb24')
  const all = frames.map(({ data }) => readClock(data, w, h))
  return all.slice(all.findIndex(number => number !== null)) as number[]
}

test('two sizes and rates of the same pictures; a third joins on air, and the second leaves', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const small = { url: server.url('small'), width: 320, bitrate: '200k', audioBitrate: '64k' }
  await using output = new Output([server.url('large'), small], OPTIONS)
  await output.start()
  await until(() => output.targets.every(({ state }) => state.phase === 'live'))
  const stop = writing(output)
  assert.equal(
    output.info!.groups.map(({ id, width: w, height: h, bitrate, audioBitrate, targets }) => [
      id,
      `${w}x${h}`,
      bitrate,
      audioBitrate,
      targets.length,
    ]),
    [
      ['default', '640x360', 800_000, 128_000, 1],
      ['group-1', '320x180', 200_000, 64_000, 1],
    ],
  )
  assert.equal(
    output.targets.map(({ group }) => group),
    ['default', 'group-1'],
  )
  await pictures(named(server.connections, 'small'), 38)
  // Whoever joins gets a keyframe at once, which all groups make.
  output.addTarget({ ...small, url: server.url('again') })
  await pictures(await until(() => named(server.connections, 'again')), 15)

  // Half the rate, in the shape of a phone: the pictures keep theirs, between black.
  output.addTarget({ url: server.url('phone'), width: 180, height: 320, fps: 12.5 })
  const phone = await until(() => named(server.connections, 'phone'))
  await pictures(phone, 15)
  await output.removeTarget(server.url('again'))
  await output.removeTarget(server.url('small'))
  assert.equal(
    output.info!.groups.map(({ id }) => id),
    ['default', 'group-2'],
  )
  await pictures(phone, 25)
  await stop()
  await output.stop()
  await until(() => server.connections.every(({ open }) => !open))

  const [large, little] = ['large', 'small'].map(name => named(server.connections, name)) as [Connection, Connection]
  for (const [connection, rate] of [
    [large, fps],
    [little, fps],
    [phone, 12.5],
  ] as const) {
    assertConstantRate(tagsOf(connection).video, rate, connection.stream)
    assertGapless(tagsOf(connection).audio, 44100)
  }
  // The same pictures at the same times, on the one as on the other: both connections began at a keyframe of both.
  const keys = (connection: Connection): number[] =>
    tagsOf(connection)
      .video.filter(({ keyframe }) => keyframe)
      .map(({ dts }) => dts)
  const [one, other] = [await numbersOf(large, width, height), await numbersOf(little, 320, 180)]
  const [first, second] = [tagsOf(large).video, tagsOf(little).video].map(video => video.map(({ dts }) => dts))
  const shift = one.indexOf(other[20]!) - other.indexOf(other[20]!)
  const ahead = first!.length - one.length - (second!.length - other.length) + shift
  other.slice(20).forEach((number, i) => assert.is(number, one[20 + i + shift], `picture ${i}`))
  const offset = first![ahead]! - second![0]!
  const shifted = keys(little).map(dts => Math.round(((dts + offset) * fps) / 1000))
  const larger = keys(large).map(dts => Math.round((dts * fps) / 1000))
  // On a busy machine the request may come to one of them a picture late.
  const isIn = (slot: number): boolean => larger.some(one => Math.abs(one - slot) <= 2)
  assert.ok(shifted.length >= 3 && shifted.slice(1).every(isIn), `${shifted} in ${larger}`)
})

test.run()
