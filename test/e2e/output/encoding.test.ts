// suite: deep
import * as assert from 'uvu/assert'
import { systemClock } from '../../../src/core/clock'
import type { NativePacer } from '../../../src/addon/output'
import { prepare } from '../../../src/engine/prepare'
import type { RxGstError } from '../../../src/index'
import { resolveOutputOptions, type ResolvedOutputOptions } from '../../../src/live/options'
import type { Encoding } from '../../../src/live/output/encoding'
import { EncodeGroups } from '../../../src/live/output/groups/encode-groups'
import { Publisher } from '../../../src/live/output/publisher'
import type { EncoderElement } from '../../../src/pipelines/encoder'
import type { Graph } from '../../../src/pipelines/graph/graph'
import { GraphValueObject } from '../../../src/pipelines/graph/value'
import { ENCODING, encodingPipeline } from '../../../src/pipelines/output'
import { OutputTarget } from '../../../src/live/output/target'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { readClock } from '../../support/media/picture-clock'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { pattern } from '../lib/pattern'
import { assertConstantRate, pictures, received, tagsOf } from '../lib/sent'
import { stoodStill } from '../lib/timed'

// What a public option does not reach: encoders that fail, and a connection that gets old.
const test = suite('output: encoding', { timeout: 90_000 })

const [width, height, fps] = [320, 180, 25]
const X264 = { factory: 'x264enc' }
const OPTIONS = resolveOutputOptions({
  width,
  height,
  fps,
  vcodec: 'libx264',
  bitrate: '800k',
  keyframeInterval: 30,
  reconnect: { initialDelay: 100 },
})

/** Its encoders give out `pictures` packets and fail then. */
function failing(options: ResolvedOutputOptions, pictures: number): Graph {
  const { elements, links } = encodingPipeline(options, X264)
  const saboteur = { name: 'saboteur', factory: 'identity', props: { 'error-after': pictures }, named: true }
  return new GraphValueObject(
    [...elements, saboteur],
    links.flatMap(link =>
      link.to.element === ENCODING.videoPackets
        ? [
            { from: link.from, to: { element: 'saboteur', pad: null } },
            { from: { element: 'saboteur', pad: null }, to: link.to },
          ]
        : [link],
    ),
  )
}

/** The groups of an output that has one. */
function grouped(graph: (encoder: EncoderElement) => Graph): { groups: EncodeGroups; failures: RxGstError[] } {
  const failures: RxGstError[] = []
  const events = {
    targetsOf: () => [],
    onReady() {},
    onFailed: (_: unknown, error: RxGstError) => failures.push(error),
  }
  return { groups: new EncodeGroups(OPTIONS, events, { graph }), failures }
}

/** Tells the outlets of a pacer that opens them from now on. */
function outletsOf(groups: EncodeGroups): { pacer: NativePacer; ids: Record<'pictures' | 'audio', number> } {
  const pacer = groups.pacing.open()!
  const ids = { pictures: 0, audio: 0 }
  const open = pacer.open.bind(pacer)
  const value: NativePacer['open'] = (kind, every) => (ids[kind] = open(kind, every))
  Object.defineProperty(pacer, 'open', { value })
  return { pacer, ids }
}

async function finished(groups: EncodeGroups): Promise<void> {
  let over = false
  groups.finish().then(
    () => (over = true),
    () => {},
  )
  await until(() => over, { timeout: 15_000, what: () => 'the end of the encoders' })
}

interface Running extends AsyncDisposable {
  groups: EncodeGroups
  outlets: ReturnType<typeof outletsOf>
  encoding: Encoding
  queued: () => number
  target: OutputTarget
  failures: RxGstError[]
  write(from: number, to: number): Promise<void>
}

async function running(
  server: RtmpServer,
  graph: (encoder: EncoderElement) => Graph,
  longestMs = Infinity,
): Promise<Running> {
  const { groups, failures } = grouped(graph)
  const tools = {
    clock: systemClock,
    random: () => 0.5,
    longestMs,
    connect: (...given: ConstructorParameters<typeof Publisher>) => new Publisher(...given),
  }
  const target = new OutputTarget(server.url(), OPTIONS, { onLive() {}, onLost() {} }, tools)
  target.begin()
  await prepare(encodingPipeline(OPTIONS, X264))
  const outlets = outletsOf(groups)
  await groups.start()
  const encoding = groups.default!.encoding!
  target.connect(encoding)
  await until(() => target.state.phase === 'live')
  return {
    groups,
    outlets,
    encoding,
    queued: () => groups.pacing.stats()!.queued,
    target,
    failures,
    async write(from, to) {
      const common = { format: 'RGB', timing: 'next', timestamp: 0, samples: null, rate: 0, channels: 0 } as const
      for (let i = from; i < to; i++) await groups.pacing.write({ pixels: pattern(width, height, i), ...common })
    },
    async [Symbol.asyncDispose]() {
      await target.remove(1000, 2000)
      await groups.stop(2000)
    },
  }
}

test('new encoders take over: the connection stays, the clock goes on, few pictures are lost', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const sets: Graph[] = [failing(OPTIONS, 30), failing(OPTIONS, 25), encodingPipeline(OPTIONS, X264)]
  await using it = await running(server, () => sets.shift()!)
  await it.write(0, 120)
  const connection = await server.connection(0)
  // Behind the last written picture come repeats.
  await until(() => it.queued() === 0)
  const so = it.encoding.stats()!.videoPackets
  await until(() => it.encoding.stats()!.videoPackets >= so + 15)
  await pictures(connection, video => video.length > 0 && video.at(-1)!.dts > 4600)
  await pictures(connection, tagsOf(connection).video.length + 15)
  assert.equal([it.failures, sets.length, it.encoding.stats()!.rebuilt], [[], 0, 2])
  assert.is(server.connections.length, 1)
  const { video, audio } = tagsOf(connection)
  assert.is(video.filter(({ keyframe }) => keyframe).length, 3, 'each set begins with a keyframe')
  // In the places of the clock, without those that failed encoders held.
  const slots = video.map(({ dts }) => Math.round(((dts - video[0]!.dts) * fps) / 1000))
  slots.forEach((slot, i) => assert.ok(i === 0 || slot > slots[i - 1]!, slots.join()))
  assert.ok(slots.at(-1)! - video.length < 12, `${video.length} pictures in ${slots.at(-1)! + 1} places`)
  const sound = audio.map(({ dts }) => dts)
  sound.forEach((dts, i) =>
    assert.ok(i === 0 || (dts > sound[i - 1]! && dts - sound[i - 1]! < 400), `sound from ${sound[i - 1]} to ${dts} ms`),
  )
  const numbers = (await decodeFrames(received(connection).file, 'rgb24')).map(({ data }) =>
    readClock(data, width, height),
  )
  const seen = new Set(numbers)
  const missing = Array.from({ length: 120 }, (_, i) => i).filter(i => !seen.has(i))
  assert.ok(missing.length < 12, `missing: ${missing}`)
})

test('encoders that fail again and again, or never work, give way to the next kind, then are the end', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const asked: string[] = []
  await using it = await running(server, ({ factory }) => (asked.push(factory), failing(OPTIONS, 3)))
  it.write(0, 1000).catch(() => {})
  await until(() => it.failures.length > 0, { timeout: 50_000, what: () => `a failure; ${asked.length} sets so far` })
  assert.is(it.failures[0]!.retryable, true)
  assert.equal(asked, [...Array(6).fill('x264enc'), ...Array(6).fill('openh264enc')])
  let tried = 0
  const { groups: never, failures } = grouped(() => (tried++, failing(OPTIONS, 1)))
  await never.start()
  never.pacing.fillAfter(0)
  await until(() => failures.length > 0, { what: 'a failure of encoders that never worked' })
  assert.is(tried, 1)
  await never.stop(1000)
})

test('without an audio encoder for a while the pictures go on, and the end is whole and quick', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using it = await running(server, () => encodingPipeline(OPTIONS, X264))
  const { pacer, ids } = it.outlets
  await it.write(0, 25)
  const connection = await server.connection(0)
  await pictures(connection, 15)
  pacer.detach(ids.audio)
  // Repeats, too: the clock goes on.
  await pictures(connection, tagsOf(connection).video.length + 50)
  await it.write(25, 100)
  await finished(it.groups)
  await it.target.remove(1000, 2000)
  await until(() => !connection.open)
  const frames = await decodeFrames(received(connection).file, 'rgb24')
  assert.is(readClock(frames.at(-1)!.data, width, height), 99)
})

test('without a video encoder the audio still has its end', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using it = await running(server, () => encodingPipeline(OPTIONS, X264))
  const { pacer, ids } = it.outlets
  await it.write(0, 25)
  await pictures(await server.connection(0), 15)
  pacer.detach(ids.pictures)
  await finished(it.groups)
})

test('a connection is renewed before its timestamps overflow: goodbye, and from 0 again at a keyframe', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using it = await running(server, () => encodingPipeline(OPTIONS, X264), 1200)
  const told: string[] = []
  it.target.state$.subscribe(({ phase, reason }) => told.push(`${phase} ${reason}`))
  const still = stoodStill()
  await it.write(0, 60)
  await pictures(await server.connection(1), 20)
  assert.equal(told.slice(0, 3), ['live null', 'reconnecting ERR_CONNECTION_AGE', 'reconnecting ERR_CONNECTION_AGE'])
  const [first, second] = server.connections
  await until(() => !first!.open)
  assert.is(first!.goodbye, true)
  const last = tagsOf(first!).video.at(-1)!.dts
  // Whether it is time is looked at now and then, and pictures of a busy machine are late.
  assert.ok(last >= 1000, `until ${last} ms`)
  if (stoodStill() - still < 500) assert.ok(last < 2000, `until ${last} ms`)
  assert.is(tagsOf(second!).video[0]!.keyframe, true)
  assertConstantRate(tagsOf(second!).video, fps)
  assert.ok(it.target.reconnects >= 1)
})

test.run()
