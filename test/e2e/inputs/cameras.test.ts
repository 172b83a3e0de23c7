// suite: deep
// deadline: 600
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Capture, RxGstError } from '../../../src/index'
import { toneLevel } from '../../support/media/audio'
import { fileMedia, liveMedia, startCamera } from '../../support/peers/rtsp-camera'
import { startLiar, type Lie } from '../../support/peers/rtsp-liar'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { remade, samePictures, smallFile, take } from '../lib/inputs'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'

const test = suite('inputs: kinds of cameras', { timeout: 90_000 })

const TLS = join(__dirname, '../../../../test/support/peers/tls')
/** For a machine that is busy. */
const SLOW = { connectTimeout: 30_000 } as const
const SOON = { initialDelay: 200, maxDelay: 500 } as const

test('over UDP', async () => {
  const file = await smallFile('in.mp4')
  await using camera = await startCamera({ launch: fileMedia(file) })
  const taken = await take(camera.url(), { reconnect: false, rtspTransport: 'udp', dropPolicy: 'block' })
  assert.is(taken.info.transport, 'rtsp-udp')
  // A busy machine loses packets of UDP, and the pictures up to the next keyframe.
  assert.ok(taken.frames.length >= 10, `${taken.frames.length} pictures`)
  if (taken.frames.length > 0) await samePictures(file, taken)
  assert.ok(toneLevel(taken.samples, 48_000, 440) > 0.1)
})

test('HEVC without sound', async () => {
  const encoded = await remade(await smallFile('in.mp4'), 'h.mp4', [
    ...['-c:v', 'libx265', '-x265-params', 'log-level=error', '-an'],
  ])
  await using camera = await startCamera({ launch: fileMedia(encoded, { audio: false, hevc: true }) })
  const taken = await take(camera.url(), { reconnect: false, dropPolicy: 'block' })
  assert.equal([taken.info.video?.codec, taken.info.audio], ['hevc', null])
  // A busy machine hears the camera late: samePictures() allows for as much.
  assert.ok(taken.frames.length > 25, `${taken.frames.length} pictures`)
  await samePictures(encoded, taken)
})

for (const [codec, rate, sound] of [
  ['pcm_mulaw', 8000, 'audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1'],
  ['pcm_alaw', 8000, 'audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1'],
  ['opus', 48_000, 'audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97'],
  ['aac', 44_100, 'audio/x-raw,rate=44100,channels=2 ! avenc_aac ! aacparse ! rtpmp4apay name=pay1 pt=97'],
] as const) {
  test(`sound in ${codec}`, async () => {
    await using camera = await startCamera({ launch: liveMedia(sound) })
    await using capture = new Capture(camera.url(), { connectTimeout: 20_000 })
    await capture.start()
    const { samples, sampleRate, channels } = await capture.getAudio(1)
    assert.is(sampleRate, rate)
    assert.is(capture.info?.audio?.codec, codec)
    const mono = samples.filter((_, i) => i % channels === 0)
    assert.ok(toneLevel(mono, sampleRate, 440) > 0.1)
  })
}

test('the basic login', async () => {
  await using camera = await startCamera({ launch: liveMedia(), user: 'bob', password: 'secret', digest: false })
  await using capture = new Capture(camera.url('bob:secret'), SLOW)
  await capture.start()
})

test('a camera that refuses TCP is asked for UDP', async () => {
  await using camera = await startCamera({ launch: liveMedia(), transport: 'udp' })
  await using capture = new Capture(camera.url(), { ...SLOW, reconnect: false })
  await capture.start()
  assert.is(capture.info?.transport, 'rtsp-udp')
  await using stubborn = new Capture(camera.url(), { ...SLOW, reconnect: false, rtspTransport: 'tcp' })
  assert.is(await codeOf(stubborn.start()), 'ERR_PLAY_REJECTED')
})

test('rtsps: of a certificate that nobody signed is ERR_TLS', async () => {
  const tls = [join(TLS, 'cert.pem'), join(TLS, 'key.pem')] as const
  await using camera = await startCamera({ launch: liveMedia(), tls })
  await using capture = new Capture(camera.url(), { ...SLOW, reconnect: false })
  assert.is(await codeOf(capture.start()), 'ERR_TLS')
})

test('another name, nobody there, no such host', async () => {
  await using camera = await startCamera({ launch: liveMedia() })
  const nowhere = camera.url().replace(/camera$/, 'nothing')
  const codes = []
  for (const url of [nowhere, 'rtsp://127.0.0.1:1/camera', 'rtsp://nowhere.invalid/camera']) {
    await using capture = new Capture(url, { ...SLOW, reconnect: false })
    codes.push(await codeOf(capture.start()))
  }
  assert.equal(codes, ['ERR_PLAY_REJECTED', 'ERR_CONNECTION_REFUSED', 'ERR_HOST_NOT_FOUND'])
})

test('a frozen camera is stalled, and then connected again; stop() does not wait for it', async () => {
  await using camera = await startCamera({ launch: liveMedia() })
  await using capture = new Capture(camera.url(), { ...SLOW, stallTimeout: 1000, reconnect: SOON })
  await capture.start()
  const phases: string[] = []
  capture.state$.subscribe(({ phase, reason }) => void phases.push(`${phase} ${reason}`))
  camera.kill('SIGSTOP')
  await until(() => phases.includes('stalled ERR_STALLED'), { timeout: 15_000, what: () => phases.join(', ') })
  await until(() => capture.state.phase === 'reconnecting', { timeout: 15_000, what: () => phases.join(', ') })
  camera.kill('SIGCONT')
  await until(() => capture.state.phase === 'live', { timeout: 30_000, what: () => phases.join(', ') })
  camera.kill('SIGSTOP')
  const took = await timed(() => capture.stop())
  assert.ok(took < 5000, `${took} ms`)
  camera.kill('SIGCONT')
})

test('a camera whose plug is pulled comes back: time goes on', async () => {
  let camera = await startCamera({ launch: liveMedia() })
  const { port } = camera
  await using capture = new Capture(camera.url(), { ...SLOW, stallTimeout: 1000, reconnect: SOON })
  const times: number[] = []
  capture.frames$.subscribe(frame => {
    times.push(frame.timestamp)
    frame.close()
  })
  await capture.start()
  await until(() => times.length > 10)
  camera.kill('SIGKILL')
  await camera.exited
  await until(() => capture.state.phase !== 'live', { timeout: 15_000 })
  camera = await startCamera({ launch: liveMedia(), port })
  const before = times.length
  await until(() => times.length > before + 10, { timeout: 30_000, what: () => JSON.stringify(capture.state) })
  times.forEach((time, i) => assert.ok(i === 0 || time > times[i - 1]!))
  await camera.stop()
})

for (const lie of ['noise', 'silent', 'endless', 'hangs-up', 'no-session', 'noise-media'] as const satisfies Lie[]) {
  test(`a server that lies: ${lie}`, async () => {
    await using liar = await startLiar(lie)
    const capture = new Capture(liar.url, { connectTimeout: 3000, reconnect: false })
    const error = await capture.start().then(
      () => null,
      (why: unknown) => why,
    )
    assert.instance(error, RxGstError)
    const took = await timed(() => capture.stop())
    assert.ok(took < 5000, `${took} ms`)
  })
}

test.run()
