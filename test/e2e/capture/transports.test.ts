// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture } from '../../../src/index'
import { makeFile, publishFile } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { startNms2, startNms4 } from '../../support/peers/nms'
import { channelOf, toneLevel } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { codeOf } from '../lib/served'
import { TRANSPORTS } from '../lib/transports'

const test = suite('capture: transports and servers', { timeout: 60_000 })

let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, gop: 12, duration: 8 })
})

const servers = {
  nginx: startNginx,
  'node-media-server 2': startNms2,
  'node-media-server 2 with its cache of pictures': () => startNms2({ gopCache: true }),
  'node-media-server 4': startNms4,
}

/** server → transport asked for → transport that must run. */
const cases = [
  ['nginx', 'auto', 'rxrtmp'],
  ['nginx', 'rtmp2', 'rtmp2'],
  ['nginx', 'librtmp', 'librtmp'],
  ['node-media-server 2', 'auto', 'rxrtmp'],
  ['node-media-server 2', 'rtmp2', 'rtmp2'],
  ['node-media-server 2', 'librtmp', 'librtmp'],
  ['node-media-server 2 with its cache of pictures', 'auto', 'rxrtmp'],
  ['node-media-server 2 with its cache of pictures', 'rtmp2', 'rtmp2'],
  ['node-media-server 4', 'auto', 'rxrtmp'],
  ['node-media-server 4', 'librtmp', 'librtmp'],
] as const

for (const [name, transport, runs] of cases) {
  test(`${name}, '${transport}': pictures and sound come over ${runs}`, async () => {
    await using server = await servers[name]()
    await using publisher = await publishFile(server.url('one'), file, { loop: true })
    await using capture = new RTMPCapture(server.url('one'), {
      transport,
      connectTimeout: 20_000,
      dropPolicy: 'block',
    })
    await capture.start()
    let [last, count] = [-1, 0]
    const tones: Float32Array[] = []
    for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
      assert.equal([frame.width, frame.height, frame.data.length], [320, 180, 320 * 180 * 3])
      assert.is(frame.sequence, count)
      assert.ok(frame.timestamp > last)
      if (count === 0) assert.is(frame.timestamp, 0)
      last = frame.timestamp
      tones.push(channelOf(audio.samples, audio.channels))
      frame.close()
      if (++count === 50) break
    }
    // What the server sends first may be a group of pictures without its sound.
    const late = Float32Array.from(tones.slice(25).flatMap(samples => [...samples]))
    assert.ok(Math.abs(toneLevel(late, 44_100, 440) - 0.5) < 0.1, String(toneLevel(late, 44_100, 440)))
    const { video, audio, transport: said } = capture.info!
    assert.is(said, runs)
    assert.equal([video?.width, video?.height, video?.codec], [320, 180, 'h264'])
    assert.equal(audio, { sampleRate: 44_100, channels: 2, codec: 'aac' })
    assert.ok(publisher.running)
  })
}

test("node-media-server 4, 'rtmp2': start() says that no media is understood, or comes", async () => {
  await using server = await startNms4()
  await using publisher = await publishFile(server.url('one'), file, { loop: true })
  await using capture = new RTMPCapture(server.url('one'), {
    transport: 'rtmp2',
    connectTimeout: 8000,
    reconnect: false,
  })
  assert.match(await codeOf(capture.start()), /^ERR_(BAD_STREAM|CONNECT_TIMEOUT)$/)
  assert.ok(publisher.running)
})

test("'auto' waits for a stream that begins late", async () => {
  // The stream begins two seconds after the player is there.
  await using server = await startNginx()
  await using capture = new RTMPCapture(server.url('one'), { connectTimeout: 20_000 })
  const started = capture.start()
  await new Promise(resolve => setTimeout(resolve, 2000))
  await using publisher = await publishFile(server.url('one'), file, { loop: true })
  await started
  assert.is(capture.info!.transport, 'rxrtmp')
  ;(await capture.getFrame()).close()
  assert.ok(publisher.running)
})

test('an application of several parts, and a query with a slash', async () => {
  await using server = await startNginx({ applications: { 'live/deep': '' } })
  await using publisher = await publishFile(server.url('one', 'live/deep'), file, { loop: true })
  await server.published('one', 'live/deep')
  for (const transport of TRANSPORTS) {
    await using capture = new RTMPCapture(server.url('one?token=abc/def', 'live/deep'), { transport })
    await capture.start()
    ;(await capture.getFrame()).close()
  }
  assert.ok(publisher.running)
})

test.run()
