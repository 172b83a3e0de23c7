// suite: deep
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { Capture, Relay } from '../../../src/index'
import { start, type Child } from '../../support/child'
import { publishFile } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { fileMedia, startCamera } from '../../support/peers/rtsp-camera'
import { sendSrt } from '../../support/peers/srt'
import { calmly } from '../../support/calm'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { remade, smallFile } from '../lib/inputs'
import { codeOf } from '../lib/served'
import { assertGoesOn, view } from './packets'

// Inputs of other kinds die, come back, end, and stand beside each other.
const test = suite('relay: captures and addresses as inputs', { timeout: 120_000 })

const OPTIONS = { connectTimeout: 20_000, reconnect: { initialDelay: 200, maxDelay: 400 } } as const

/** ffmpeg listens, and sends a file again and again to one caller after the other. */
const listener = (port: number, file: string): Child =>
  sendSrt(`srt://127.0.0.1:${port}?mode=listener`, file, { loop: true })

test('a peer of SRT dies and comes back: targets and viewers stay, and the time goes on', async () => {
  const file = await remade(await smallFile('in.mp4', { duration: 8 }), 'in.ts')
  const port = await freePort()
  await using nginx = await startNginx()
  const first = listener(port, file)
  await using relay = new Relay(`srt://127.0.0.1:${port}`, nginx.url('out'), {
    ...OPTIONS,
    reconnect: { ...OPTIONS.reconnect, first: true },
  })
  await relay.start()
  await nginx.published('out')
  await using viewer = view(nginx.url('out'))
  await until(() => viewer.packets().length > 60, { what: () => viewer.errors() })
  first.kill('SIGKILL')
  await until(() => relay.inputs[0]!.state.phase === 'reconnecting', { what: 'the loss to be noticed' })
  await using second = listener(port, file)
  await until(() => relay.inputs[0]!.state.phase === 'live', { timeout: 30_000, what: 'the input to come back' })
  const before = viewer.packets().length
  await until(() => viewer.packets().length > before + 120, { what: () => viewer.errors() })
  assert.ok(second.running && viewer.running)
  assert.equal([relay.stats().reconnects, relay.stats().inputReconnects], [0, 1])
  assertGoesOn(viewer.packets(), 'video')
  assertGoesOn(viewer.packets(), 'audio')
})

test('a capture reconnects, and its input with it; when it is stopped, its input is lost', async () => {
  const file = await smallFile('in.mp4', { duration: 60 })
  await using nginx = await startNginx()
  const camera = await startCamera({ launch: fileMedia(file) })
  await using capture = new Capture(camera.url(), { ...OPTIONS, decode: false })
  await capture.start()
  await using relay = new Relay(capture, nginx.url('out'), OPTIONS)
  await relay.start()
  await nginx.published('out')
  await using viewer = view(nginx.url('out'))
  await until(() => viewer.packets().length > 60, { what: () => viewer.errors() })
  const { port } = camera
  await camera.stop()
  await until(() => relay.inputs[0]!.state.phase === 'reconnecting', { what: 'the loss to be noticed' })
  await using second = await startCamera({ launch: fileMedia(file), port })
  await until(() => relay.inputs[0]!.state.phase === 'live', { timeout: 40_000, what: 'the input to come back' })
  const before = viewer.packets().length
  await until(() => viewer.packets().length > before + 120, { what: () => viewer.errors() })
  assert.ok(second.running && viewer.running)
  assert.equal([relay.stats().reconnects, relay.stats().inputReconnects], [0, 1])
  assertGoesOn(viewer.packets(), 'video')
  assertGoesOn(viewer.packets(), 'audio')
  await capture.stop()
  await until(() => relay.state.phase === 'failed')
  assert.is(relay.state.reason, 'ERR_STREAM_ENDED')
})

test('a capture and a stream of RTMP: one takes the other’s place, and the relay outlives the capture', () =>
  calmly(async () => {
    const file = await smallFile('in.mp4', { duration: 60 })
    await using nginx = await startNginx()
    await using source = await publishFile(nginx.url('backup'), file, { loop: true })
    await nginx.published('backup')
    await using capture = new Capture(pathToFileURL(file).href, { decode: false })
    await capture.start()
    await using relay = new Relay([capture, nginx.url('backup')], nginx.url('out'), { ...OPTIONS, holdBack: 0 })
    await relay.start()
    await until(() => relay.inputs[0]!.onAir && relay.inputs[1]!.state.phase === 'live')
    await nginx.published('out')
    await using viewer = view(nginx.url('out'))
    await until(() => viewer.packets().length > 60, { what: () => viewer.errors() })
    // Where the machine stood still, the other one may have been on air for a moment.
    await until(() => relay.inputs[0]!.onAir, { what: () => JSON.stringify(relay) })
    const { switches } = relay.stats()
    await capture.stop()
    await until(() => relay.inputs[1]!.onAir)
    const before = viewer.packets().length
    await until(() => viewer.packets().length > before + 60, { what: () => viewer.errors() })
    assert.ok(source.running && viewer.running)
    assert.equal([relay.state.phase, relay.inputs[0]!.state.phase], ['live', 'failed'])
    assert.is(relay.stats().switches, switches + 1)
    assert.ok(assertGoesOn(viewer.packets(), 'video') < 1500)
  }))

test('a file ends, and so does its relay, when all of it has left', async () => {
  const file = await smallFile('in.mp4', { duration: 4 })
  await using nginx = await startNginx()
  await using relay = new Relay(pathToFileURL(file).href, nginx.url('out'), OPTIONS)
  await relay.start()
  await until(() => relay.state.phase === 'failed')
  assert.equal([relay.state.reason, relay.inputs[0]!.state.reason], ['ERR_STREAM_ENDED', 'ERR_STREAM_ENDED'])
  assert.is(relay.inputs[0]!.stats().reconnects, 0)
})

test('inputs that cannot be: start() tells why', async () => {
  const port = await freePort()
  const to = 'rtmp://127.0.0.1:1/live/a'
  const started = (input: string | Capture): Promise<string> =>
    codeOf(new Relay(input, to, { connectTimeout: 5000, reconnect: false }).start())
  assert.is(await started(`rtsp://127.0.0.1:${port}/camera`), 'ERR_CONNECTION_REFUSED')
  assert.is(await started(pathToFileURL('/nowhere/in.mp4').href), 'ERR_FILE')
  const capture = new Capture('srt://127.0.0.1:9')
  await capture.stop()
  assert.is(await started(capture), 'ERR_STREAM_ENDED')
})

test('a peer of SRT that listens, leaves and comes back gets the stream from a keyframe on', async () => {
  const file = await smallFile('in.mp4', { duration: 60 })
  const port = await freePort()
  await using capture = new Capture(pathToFileURL(file).href, { decode: false })
  await capture.start()
  const listen = (): Child => {
    const args = ['-v', 'error', '-nostdin', '-i', `srt://127.0.0.1:${port}?mode=listener`, '-f', 'null', '-']
    return start('ffmpeg', args)
  }
  await using first = listen()
  await using relay = new Relay(capture, `srt://127.0.0.1:${port}`, {
    ...OPTIONS,
    reconnect: { ...OPTIONS.reconnect, first: true },
  })
  await relay.start()
  const [target] = relay.targets
  await until(() => target!.stats().outBytes > 100_000)
  await first.stop()
  await until(() => target!.state.phase === 'reconnecting', { timeout: 30_000 })
  await using second = listen()
  await until(() => target!.state.phase === 'live', { timeout: 30_000 })
  const { outBytes, reconnects } = target!.stats()
  await until(() => target!.stats().outBytes > outBytes + 50_000)
  assert.ok(second.running)
  assert.is(reconnects, 1)
})

test.run()
