// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, type StreamState } from '../../../src/index'
import { makeFile, publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { capturing, codeOf, LOSSLESS, serveWhole } from '../lib/served'

const test = suite('capture: states and rules', { timeout: 30_000 })

let file: string
let nginx: Nginx
let publisher: Publisher

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 4 })
  nginx = await startNginx()
  publisher = await publishFile(nginx.url('live'), file, { loop: true })
  await nginx.published('live')
})
test.after(async () => {
  await publisher.stop()
  await nginx.stop()
})

/** Every call that needs a running capture. */
const calls: Record<string, (capture: RTMPCapture) => Promise<unknown>> = {
  getFrame: capture => capture.getFrame(),
  getAudio: capture => capture.getAudio(0.1),
  getFrameAndAudio: capture => capture.getFrameAndAudio(),
  aiterFrames: capture => capture.aiterFrames().next(),
  aiterFramesWithAudio: capture => capture.aiterFramesWithAudio().next(),
  iterFrames: async capture => capture.iterFrames().next(),
  iterFramesWithAudio: async capture => capture.iterFramesWithAudio().next(),
}

test('idle, connecting, live, stopping, stopped', async () => {
  const from = Date.now()
  const capture = new RTMPCapture(nginx.url('live'))
  const states: StreamState[] = []
  capture.state$.subscribe(state => states.push(state))
  assert.is(capture.state.phase, 'idle')
  await capture.start()
  assert.is(capture.state.phase, 'live')
  await capture.stop()
  assert.equal(
    states.map(state => state.phase),
    ['idle', 'connecting', 'live', 'stopping', 'stopped'],
  )
  let since = from - 1
  for (const state of states) {
    assert.equal([state.reason, state.nextRetryAt], [null, null])
    assert.ok(state.since >= since && state.since <= Date.now(), `${state.phase} since ${state.since}`)
    since = state.since
  }
  assert.is(states[0]!.attempt, 0)
  assert.is(states[2]!.attempt, 1)
  // Who comes late hears what holds now.
  const late: string[] = []
  capture.state$.subscribe(({ phase }) => late.push(phase))
  assert.equal(late, ['stopped'])
})

for (const [name, call] of Object.entries(calls)) {
  test(`${name}: ERR_NOT_RUNNING before start() and after stop()`, async () => {
    const capture = new RTMPCapture(nginx.url('live'))
    assert.is(await codeOf(call(capture)), 'ERR_NOT_RUNNING')
    await capture.start()
    await capture.stop()
    assert.is(await codeOf(call(capture)), 'ERR_NOT_RUNNING')
  })
}

for (const [name, call] of Object.entries(calls).slice(0, 5)) {
  test(`${name}: waits while connecting`, () =>
    capturing(file, {}, async capture => {
      const started = capture.start()
      const first = call(capture)
      assert.is(await codeOf(first), 'resolved')
      await started
    }))
}

for (const [name, call] of Object.entries(calls).slice(0, 3)) {
  test(`${name}: ERR_STREAM_ENDED when the stream is over, as often as it is asked`, async () => {
    await using server = await startRtmpServer(serveWhole(file))
    await using capture = new RTMPCapture(server.url(), LOSSLESS)
    await capture.start()
    const all = (async () => {
      for (;;) close(await call(capture))
    })()
    assert.is(await codeOf(all), 'ERR_STREAM_ENDED')
    assert.is(await codeOf(call(capture)), 'ERR_STREAM_ENDED')
    assert.is(capture.state.phase, 'failed')
    assert.match(capture.state.reason!, /^ERR_(STREAM_ENDED|CONNECTION_LOST)$/)
    await capture.stop()
    assert.is(await codeOf(call(capture)), 'ERR_NOT_RUNNING')
  })
}

function close(value: unknown): void {
  const item = value as { close?(): void; frame?: { close(): void } }
  item.close?.()
  item.frame?.close()
}

test('start() a second time is ERR_ALREADY_STARTED: connecting, live, over, stopped', async () => {
  await using server = await startRtmpServer(serveWhole(file))
  const capture = new RTMPCapture(server.url(), { reconnect: false })
  const first = capture.start()
  assert.is(await codeOf(capture.start()), 'ERR_ALREADY_STARTED')
  await first
  assert.is(await codeOf(capture.start()), 'ERR_ALREADY_STARTED')
  await capture.stop()
  assert.is(await codeOf(capture.start()), 'ERR_ALREADY_STARTED')
  assert.is(capture.state.phase, 'stopped')
})

test('the constructor connects nothing', async () => {
  await using server = await startRtmpServer({ kind: 'accept-silent' })
  await using capture = new RTMPCapture(server.url())
  capture.frames$.subscribe()
  await sleep(300)
  assert.is(server.connections.length, 0)
  assert.is(capture.state.phase, 'idle')
})

test('info: null before it is live, then what the stream carries', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  assert.is(capture.info, null)
  const started = capture.start()
  assert.is(capture.info, null)
  await started
  ;(await capture.getFrameAndAudio()).frame.close()
  const { transport, video, audio } = capture.info!
  assert.is(transport, 'rxrtmp')
  assert.equal(audio, { sampleRate: 44_100, channels: 2, codec: 'aac' })
  const { decoder, decoderReason, ...rest } = video!
  // No machine of the tests has a device.
  assert.is(decoderReason, null)
  assert.equal(rest, { width: 320, height: 180, pixelAspectRatio: { n: 1, d: 1 }, fps: 25, codec: 'h264' })
  assert.ok(decoder.length > 0)
})

test('two captures of one stream do not disturb each other', async () => {
  await using first = new RTMPCapture(nginx.url('live'))
  await using second = new RTMPCapture(nginx.url('live'), { format: 'GRAY8', width: 160 })
  await Promise.all([first.start(), second.start()])
  const take = async (capture: RTMPCapture, count: number) => {
    const sizes = new Set<number>()
    for await (const frame of capture.aiterFrames()) {
      sizes.add(frame.data.length)
      frame.close()
      if (--count === 0) break
    }
    return [...sizes]
  }
  assert.equal(await Promise.all([take(first, 20), take(second, 20)]), [[320 * 180 * 3], [160 * 90]])
  await first.stop()
  assert.equal(await take(second, 20), [160 * 90])
  await until(() => second.state.phase === 'live')
})

test.run()
