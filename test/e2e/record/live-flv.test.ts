// suite: deep
import { readFileSync, writeFileSync } from 'node:fs'
import type { Subscription } from 'rxjs'
import * as assert from 'uvu/assert'
import { Capture, flv, Output, Relay, type FlvChunk } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, tagInfo, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { codeOf } from '../lib/served'
import { assertPlays } from './judge'

// Live FLV of what a capture receives, and of what a relay and an output send.
const test = suite('record: live FLV', { timeout: 60_000 })

const FPS = 25
const SOURCE = { size: '320x180', fps: FPS, gop: FPS, bitrate: '300k', pattern: 'noise' } as const
let file: string
let sourceTags: FlvTag[]

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { ...SOURCE, duration: 6, audio: { frequency: 1000 } })
  sourceTags = parseFlv(readFileSync(file))
})

class Viewer {
  readonly chunks: FlvChunk[] = []
  ended: 'complete' | unknown = null
  readonly subscription: Subscription

  constructor(source: Capture | Output | Relay) {
    this.subscription = flv(source).subscribe({
      next: chunk => this.chunks.push(chunk),
      complete: () => (this.ended = 'complete'),
      error: error => (this.ended = error),
    })
  }

  /** Each stream that a start begins. */
  get streams(): FlvTag[][] {
    const streams: Buffer[][] = []
    for (const { bytes, start } of this.chunks) {
      if (start) streams.push([])
      streams.at(-1)!.push(Buffer.from(bytes))
    }
    return streams.map(parts => parseFlv(Buffer.concat(parts)))
  }

  pictures(stream = 0): FlvTag[] {
    return (this.streams[stream] ?? []).filter(tag => tag.type === 'video' && tag.data[1] === 1)
  }
}

const marks = (tags: readonly FlvTag[], type: 'audio' | 'video'): string[] =>
  tags.filter(tag => tag.type === type && tag.data[1] === 1).map(({ data }) => data.toString('latin1'))

/** A stream begins with its configurations and a keyframe, plays, and has the packets of the source without a gap. */
async function assertStream(viewer: Viewer, from: readonly FlvTag[] = sourceTags): Promise<void> {
  const { chunks } = viewer
  assert.equal([chunks[0]?.start, chunks[0]?.keyframe, chunks[1]?.keyframe], [true, false, true])
  assert.is(Buffer.from(chunks[0]!.bytes).toString('latin1', 0, 3), 'FLV')
  const whole = tempFile('live.flv')
  writeFileSync(whole, Buffer.concat(chunks.map(({ bytes }) => bytes)))
  await assertPlays(whole)
  const [tags] = viewer.streams
  assert.ok(tagInfo(viewer.pictures()[0]!).keyframe)
  for (const type of ['audio', 'video'] as const) {
    const [source, came] = [marks(from, type), marks(tags!, type)]
    const at = source.indexOf(came[0]!)
    assert.ok(at >= 0 && came.length > FPS, `${came.length} of ${type}`)
    assert.equal(came, source.slice(at, at + came.length))
  }
  const keyframes = chunks.filter(({ keyframe }) => keyframe)
  assert.is(keyframes.length, viewer.pictures().filter(tag => tagInfo(tag).keyframe).length)
}

for (const decode of [false, true]) {
  test(`a capture, decode: ${decode}: its packets from a keyframe on; viewers come and go`, async () => {
    await using server = await startRtmpServer({ kind: 'serve-file', file })
    await using capture = new Capture(server.url(), { decode, reconnect: false, stallTimeout: 20_000 })
    const early = new Viewer(capture)
    await capture.start()
    await until(() => early.pictures().length > FPS)
    const late = new Viewer(capture)
    await until(() => late.pictures().length > FPS)
    late.subscription.unsubscribe()
    const { length } = late.chunks
    await until(() => early.ended !== null, { what: 'the end', timeout: 30_000 })
    assert.is(early.ended, 'complete')
    assert.is(late.chunks.length, length)
    assert.equal(marks(early.streams[0]!, 'video'), marks(sourceTags, 'video'))
    await assertStream(early)
    await assertStream(late)
  })
}

test('a relay of RTMP: what it copies; its end completes', async () => {
  // Long enough for a busy machine; a tone of 1000 Hz would have the same packets again after ten seconds.
  const whole = await makeFile(tempFile('long.flv'), { ...SOURCE, duration: 20, audio: { frequency: 997 } })
  await using source = await startRtmpServer({ kind: 'serve-file', file: whole })
  await using target = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(source.url(), target.url())
  await relay.start()
  const viewer = new Viewer(relay)
  await until(() => viewer.pictures().length > FPS)
  await relay.stop()
  assert.is(viewer.ended, 'complete')
  await assertStream(viewer, parseFlv(readFileSync(whole)))
  assert.is(await codeOf(new Promise((_, reject) => flv(relay).subscribe({ error: reject }))), 'ERR_NOT_RUNNING')
})

test('a viewer who joins in a long group waits for the next one, and gets no stream of sound alone', async () => {
  const source = { size: '160x90', fps: FPS, gop: 5 * FPS, duration: 14, audio: { frequency: 500 } } as const
  const long = await makeFile(tempFile('long.flv'), source)
  await using server = await startRtmpServer({ kind: 'serve-file', file: long, loop: true })
  await using target = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(server.url(), target.url(), { stallTimeout: 20_000 })
  await relay.start()
  await target.connection(0, it => it.tags.length > 2 * FPS)
  const viewer = new Viewer(relay)
  await until(() => viewer.pictures().length > FPS, { timeout: 40_000 })
  assert.is(viewer.streams.length, 1)
  assert.ok(tagInfo(viewer.pictures()[0]!).keyframe)
  // 1: pictures, 4: sound.
  assert.is(viewer.chunks[0]!.bytes[4], 5)
})

test('an encode that ends, ends its viewer; the output goes on', async () => {
  await using one = await startRtmpServer({ kind: 'accept-publish' })
  await using two = await startRtmpServer({ kind: 'accept-publish' })
  const small = { url: two.url(), width: 80, height: 44, bitrate: 100_000 }
  await using output = new Output([one.url(), small], { width: 160, height: 90, fps: 25 })
  await output.start()
  const viewer = new Viewer(output)
  await until(() => viewer.pictures().length > 5 && output.targets.every(({ state }) => state.phase === 'live'))
  await output.removeTarget(one.url())
  await until(() => viewer.ended !== null, { what: 'the end of the viewer' })
  assert.is(viewer.ended, 'complete')
  assert.is(output.state.phase, 'live')
})

test('a source that comes back begins another stream', async () => {
  await using server = await startRtmpServer(index => ({
    kind: 'serve-file',
    file,
    loop: true,
    ...(index < 1 && { until: 2500, then: 'rst' as const }),
  }))
  const reconnect = { initialDelay: 50, maxDelay: 100 }
  await using capture = new Capture(server.url(), { decode: false, reconnect })
  const viewer = new Viewer(capture)
  await capture.start()
  await until(() => viewer.pictures(1).length > FPS, { timeout: 30_000 })
  assert.is(viewer.streams.length, 2)
  assert.ok(tagInfo(viewer.pictures(1)[0]!).keyframe)
})

test('an output: a keyframe comes for a viewer, who sees what is sent', async () => {
  await using target = await startRtmpServer({ kind: 'accept-publish' })
  const size = { width: 160, height: 90, fps: 25, keyframeInterval: 20 }
  await using output = new Output(target.url(), size)
  assert.is(await codeOf(new Promise((_, reject) => flv(output).subscribe({ error: reject }))), 'ERR_NOT_RUNNING')
  await output.start()
  const { tags } = await target.connection(0, it => it.tags.length > 30)
  const viewer = new Viewer(output)
  await until(() => viewer.pictures().length > FPS)
  viewer.subscription.unsubscribe()
  const sent = marks(tags, 'video')
  const came = marks(viewer.streams[0]!, 'video')
  await until(() => marks(tags, 'video').length > sent.length + came.length)
  const all = marks(tags, 'video')
  const at = all.indexOf(came[0]!)
  assert.equal(came, all.slice(at, at + came.length))
  assert.ok(tagInfo(viewer.pictures()[0]!).keyframe)
})

test.run()
