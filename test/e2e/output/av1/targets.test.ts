// suite: deep
import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, type RTMPOutputOptions } from '../../../../src/index'
import { meterOf } from '../../../../src/monitor/observation'
import { decodeFrames } from '../../../support/peers/ffmpeg'
import { psnr } from '../../../support/media/picture'
import { readClock } from '../../../support/media/picture-clock'
import { startNarrowLink } from '../../../support/peers/narrow-link'
import { startNginx } from '../../../support/peers/nginx'
import { startNms4 } from '../../../support/peers/nms'
import { startRtmpServer, type Connection } from '../../../support/peers/rtmp-server'
import type { Amf } from '../../../support/peers/rtmp/amf0'
import { inTurn } from '../../../support/peers/rtmp/in-turn'
import { exec } from '../../../support/child'
import { suite } from '../../../support/suite'
import { tempDir } from '../../../support/temp'
import { sleep, until } from '../../../support/until'
import { temporalUnits, readAv1, stampOf } from '../../lib/av1'
import { pattern } from '../../lib/pattern'
import { assertConstantRate, pictures, tagsOf } from '../../lib/sent'

// An output of AV1 and its servers: those that take it, those that say what they take, and those that hang up.
const test = suite('output: targets of AV1', { timeout: 90_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps,
  vcodec: 'libaom-av1',
  bitrate: '1M',
  keyframeInterval: 2,
  connectTimeout: 15_000,
}

function logged() {
  const lines: string[] = []
  const log = (text: string): void => void lines.push(text)
  return { lines, logger: { debug() {}, info() {}, warn: log, error: log } }
}

/** Writes numbered pictures in real time until it is told to stop. */
function writing(output: RTMPOutput): () => Promise<void> {
  let on = true
  const done = (async () => {
    for (let i = 0; on; i++) await output.writeFrame(pattern(width, height, i)).catch(() => (on = false))
  })()
  return async () => {
    on = false
    await done
  }
}

/** It begins with metadata, the configuration and a keyframe, and goes on at a constant rate. */
function assertWhole(connection: Connection): void {
  const { tags } = connection
  assert.is(tags[0]!.type, 'script')
  const { records, pictures: shown } = readAv1(tags)
  assert.equal([records.length, shown[0]!.key], [1, true])
  assertConstantRate(tagsOf(connection).video, fps)
}

const ANSWERS: [what: string, says: Record<string, Amf>, warned: RegExp | null][] = [
  ['names others', { fourCcList: ['avc1', 'hvc1'] }, /takes avc1, hvc1, and not av01: it may not pass on AV1/],
  ['names others in a map', { videoFourCcInfoMap: { vp09: 4, av01: 2 } }, /takes vp09, and not av01/],
  ['names it', { fourCcList: ['avc1', 'av01'] }, null],
  ['takes all', { fourCcList: ['*'] }, null],
]
for (const [what, says, warned] of ANSWERS) {
  test(`a server that ${what}`, async () => {
    const { lines, logger } = logged()
    await using server = await startRtmpServer({ kind: 'accept-publish', says })
    await using output = new RTMPOutput(server.url('secret-key'), { ...OPTIONS, logger })
    await output.start()
    const stop = writing(output)
    await pictures(await server.connection(0), 10)
    await stop()
    const found = lines.filter(line => /av01|AV1/.test(line))
    if (warned === null) return assert.equal(found, [])
    assert.is(found.length, 1, lines.join('\n'))
    assert.match(found[0]!, warned)
    assert.not.match(found[0]!, 'secret-key')
  })
}

test('a server that hangs up at the first tags: the reason names the codec; the attempts go on', async () => {
  const { lines, logger } = logged()
  await using server = await startRtmpServer({ kind: 'accept-publish', after: 200, then: 'fin' })
  const reconnect = { initialDelay: 50, maxDelay: 100 }
  await using output = new RTMPOutput(server.url(), { ...OPTIONS, logger, reconnect })
  await output.start()
  await until(() => server.connections.length >= 3, { what: () => `a third connection\n${lines.join('\n')}` })
  const told = lines.filter(line => /ERR_CONNECTION_LOST.*perhaps the server does not take AV1/.test(line))
  assert.ok(told.length >= 2, lines.join('\n'))
  const final = new RTMPOutput(server.url(), { ...OPTIONS, reconnect: false })
  await final.start()
  await until(() => final.state.phase === 'failed')
  const error = await final.writeFrame(pattern(width, height, 0)).then(
    () => null,
    (reason: Error) => reason,
  )
  assert.match(error?.message ?? '', /perhaps the server does not take AV1/)
  await final.stop()
})

test('a target that comes later, and one that comes back: from a keyframe at once', async () => {
  const lost = { kind: 'accept-publish', after: 30_000, then: 'rst' } as const
  await using first = await startRtmpServer({ kind: 'accept-publish' })
  await using second = await startRtmpServer(inTurn(lost, { kind: 'accept-publish' }))
  const reconnect = { initialDelay: 50, maxDelay: 100 }
  // No keyframe comes by itself.
  await using output = new RTMPOutput(first.url(), { ...OPTIONS, keyframeInterval: 60, reconnect })
  await output.start()
  const stop = writing(output)
  await pictures(await first.connection(0), 30)
  output.addTarget(second.url())
  const [again, one] = [await second.connection(1), await first.connection(0)]
  await pictures(again, 25)
  await stop()
  assertWhole(again)
  assertWhole(second.connections[0]!)
  const keys = readAv1(one.tags).pictures.filter(({ key }) => key)
  // av1enc up to GStreamer 1.26 makes two at once.
  assert.ok([3, 5].includes(keys.length), `its own first one, and one or two for each connection: ${keys.length}`)
  assertConstantRate(tagsOf(one).video, fps)
  const numbers = (await decodeFrames(temporalUnits(readAv1(one.tags)), 'rgb24')).map(({ data }) =>
    readClock(data, width, height),
  )
  numbers.forEach((number, i) => assert.ok(number !== null && (i === 0 || number >= numbers[i - 1]!), `picture ${i}`))
})

test('nobody writes: the slate, at a constant rate, then pictures again', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const slate = pattern(width, height, 4242)
  await using output = new RTMPOutput(server.url(), { ...OPTIONS, fill: 'slate', slate, slateAfter: 400 })
  await output.start()
  const connection = await server.connection(0)
  for (let i = 0; i < 10; i++) await output.writeFrame(pattern(width, height, i))
  await sleep(1500)
  for (let i = 10; i < 20; i++) await output.writeFrame(pattern(width, height, i))
  await output.stop()
  assertWhole(connection)
  const frames = await decodeFrames(temporalUnits(readAv1(connection.tags)), 'rgb24')
  const numbers = frames.map(({ data }) => readClock(data, width, height))
  const changes = numbers.filter((number, i) => i === 0 || number !== numbers[i - 1])
  const expected = [...Array(10).keys(), 4242, ...Array.from({ length: 10 }, (_, i) => i + 10)]
  // Before the first write it may have shown black.
  assert.equal(changes.slice(-expected.length), expected)
})

test('through node-media-server 4 into a capture: the pictures, and their age by their stamps', async () => {
  await using nms = await startNms4()
  await using output = new RTMPOutput(nms.url('av1'), { ...OPTIONS, stampLatency: true, keyframeInterval: 1 })
  await output.start()
  const stop = writing(output)
  const { frames, codec, endToEnd } = await viewed(nms.url('av1'), 100)
  await stop()
  assert.is(codec, 'av1')
  assert.ok(endToEnd !== null && endToEnd > 0 && endToEnd < 1500, `${endToEnd} ms`)
  assertNumbered(frames)
})

test('adaptiveBitrate: less for a narrow link, without another keyframe, and no picture is lost', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using link = await startNarrowLink(server.port, 8_000_000)
  const url = `rtmp://127.0.0.1:${link.port}/live/narrow`
  const full = 1_000_000
  await using output = new RTMPOutput(url, { ...OPTIONS, bitrate: full, adaptiveBitrate: true })
  await output.start()
  let on = true
  const noises = Array.from({ length: 8 }, () =>
    Uint8Array.from({ length: width * height * 3 }, () => 96 + Math.random() * 64),
  )
  const written = (async () => {
    for (let i = 0; on; i++) await output.writeFrame(noises[i % noises.length]!).catch(() => (on = false))
  })()
  const what = () => JSON.stringify(output.stats())
  const connection = await server.connection(0)
  await pictures(connection, 50)
  link.limit(600_000)
  await until(() => output.stats().bitrate < 0.6 * full, { timeout: 30_000, what })
  await sleep(3000)
  on = false
  await written
  const { droppedNetwork, reconnects } = output.stats()
  assert.equal([droppedNetwork, reconnects], [0, 0], what())
  await output.stop()
  const av1 = readAv1(connection.tags)
  const keys = av1.pictures.flatMap(({ key }, i) => (key ? [i] : []))
  assert.equal(
    keys,
    Array.from(keys, (_, i) => i * 2 * fps),
  )
  const sizes = av1.pictures.map(({ obus }) => obus.reduce((sum, { bytes }) => sum + bytes.length, 0))
  const rate = (from: number, to: number) =>
    (sizes.slice(from, to).reduce((sum, size) => sum + size, 0) * 8 * fps) / (to - from)
  const [before, after] = [rate(0, 2 * fps), rate(sizes.length - 2 * fps, sizes.length)]
  assert.ok(after < 0.7 * before, `${before} bit/s before, ${after} after`)
  assert.is((await decodeFrames(temporalUnits(av1), 'gray')).length, av1.pictures.length)
})

test('nginx takes it without a word, and its viewers get the sound alone', async () => {
  const { lines, logger } = logged()
  await using nginx = await startNginx()
  await using output = new RTMPOutput(nginx.url('av1'), { ...OPTIONS, logger })
  await output.start()
  const stop = writing(output)
  await nginx.published('av1')
  await using capture = new RTMPCapture(nginx.url('av1'), { decode: false })
  await capture.start()
  await sleep(1000)
  await stop()
  assert.equal([capture.info!.video, capture.info!.audio?.codec], [null, 'aac'])
  assert.equal([lines, output.state.phase, output.stats().reconnects], [[], 'live', 0])
})

async function viewed(url: string, count: number) {
  const reconnect = { first: true, initialDelay: 100, maxDelay: 200 }
  await using capture = new RTMPCapture(url, { reconnect, connectTimeout: 20_000, gpuAcceleration: false })
  const meter = meterOf(capture, ['endToEndLatency'])
  const frames: Uint8Array[] = []
  await capture.start()
  for await (const frame of capture.aiterFrames()) {
    frames.push(frame.data.slice())
    frame.close()
    if (frames.length >= count) break
  }
  const endToEnd = await until(() => meter.read().values.endToEndLatency, { timeout: 5000, what: 'stamps' }).catch(
    () => null,
  )
  return { frames, codec: capture.info!.video!.codec, endToEnd }
}

/** Numbered pictures in order, and each of them as it was written. */
function assertNumbered(frames: readonly Uint8Array[]): void {
  let before = -1
  for (const [i, data] of frames.entries()) {
    const number = readClock(data, width, height)
    // Before the first write there is black.
    if (number === null && before === -1) continue
    assert.ok(number !== null && number >= before, `picture ${i}: ${number} after ${before}`)
    before = number
    const quality = psnr(data, pattern(width, height, number))
    assert.ok(quality >= 33, `picture ${i} has ${quality.toFixed(1)} dB`)
  }
  assert.ok(before > frames.length / 2, `up to number ${before}`)
}

test('without av1enc: ERR_MISSING_PLUGIN, and its Debian package', async () => {
  const { stdout } = await exec('pkg-config', ['--variable=pluginsdir', 'gstreamer-1.0'])
  const system = stdout.toString().trim()
  const plugins = tempDir()
  for (const name of readdirSync(system)) {
    if (name.endsWith('.so') && name !== 'libgstaom.so') symlinkSync(join(system, name), join(plugins, name))
  }
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const script = `
    const { RTMPOutput } = require(${JSON.stringify(require.resolve('../../../../src/index'))})
    const output = new RTMPOutput(${JSON.stringify(server.url())}, ${JSON.stringify(OPTIONS)})
    const tell = ({ code, element, message }) => console.log(code, element, message)
    output.start().catch(tell).then(() => process.exit())`
  const registry = join(tempDir(), 'registry.bin')
  const env = [`GST_PLUGIN_SYSTEM_PATH_1_0=${plugins}`, `GST_REGISTRY=${registry}`]
  const told = await exec('env', [...env, process.execPath, '-e', script], { timeout: 60_000 })
  assert.match(told.stdout.toString(), /^ERR_MISSING_PLUGIN av1enc .*gstreamer1\.0-plugins-bad/)
})

test('stamps are of the same time on each target', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const urls = ['a', 'b'].map(name => server.url(name))
  await using output = new RTMPOutput(urls, { ...OPTIONS, stampLatency: true, keyframeInterval: 0.5 })
  await output.start()
  const stop = writing(output)
  await pictures(await server.connection(1), 40)
  await stop()
  await output.stop()
  const [a, b] = server.connections.map(({ tags }) => readAv1(tags).pictures.map(stampOf))
  assert.equal(a!.slice(-30), b!.slice(-30))
  assert.ok(a!.every(stamp => stamp !== null && Math.abs(Date.now() - stamp) < 60_000))
})

test.run()
