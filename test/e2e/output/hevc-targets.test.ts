// suite: deep
// deadline: 600
import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { meterOf } from '../../../src/monitor/observation'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { psnr } from '../../support/media/picture'
import { readClock } from '../../support/media/picture-clock'
import { startNarrowLink } from '../../support/peers/narrow-link'
import { startNginx } from '../../support/peers/nginx'
import { startNms4 } from '../../support/peers/nms'
import { startRtmpServer, type Connection } from '../../support/peers/rtmp-server'
import type { Amf } from '../../support/peers/rtmp/amf0'
import { inTurn } from '../../support/peers/rtmp/in-turn'
import { exec } from '../../support/child'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { annexB, readHevc, stampOf } from '../lib/hevc'
import { pattern } from '../lib/pattern'
import { assertConstantRate, pictures, tagsOf } from '../lib/sent'

// An output of HEVC and its servers: those that take it, those that say what they take, and those that hang up.
const test = suite('output: targets of HEVC', { timeout: 90_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps,
  vcodec: 'libx265',
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

/** It begins with metadata, the configuration and an IDR picture, and goes on at a constant rate. */
function assertWhole(connection: Connection): void {
  const { tags } = connection
  assert.is(tags[0]!.type, 'script')
  const { records, pictures: shown } = readHevc(tags)
  assert.equal([records.length, shown[0]!.key], [1, true])
  assertConstantRate(tagsOf(connection).video, fps)
}

const ANSWERS: [what: string, says: Record<string, Amf>, warned: RegExp | null][] = [
  ['names others', { fourCcList: ['avc1', 'av01'] }, /takes avc1, av01, and not hvc1: it may not pass on HEVC/],
  ['names others in a map', { videoFourCcInfoMap: { vp09: 4, hvc1: 2 } }, /takes vp09, and not hvc1/],
  ['names it', { fourCcList: ['avc1', 'hvc1'] }, null],
  ['names it in a map', { videoFourCcInfoMap: { hvc1: 4 } }, null],
  ['takes all', { fourCcList: ['*'] }, null],
  ['says nothing', {}, null],
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
    const found = lines.filter(line => /hvc1|HEVC/.test(line))
    if (warned === null) return assert.equal(found, [])
    assert.is(found.length, 1, lines.join('\n'))
    assert.match(found[0]!, warned)
    assert.not.match(found[0]!, 'secret-key')
  })
}

test('H.264 is warned of nothing', async () => {
  const { lines, logger } = logged()
  await using server = await startRtmpServer({ kind: 'accept-publish', says: { fourCcList: ['av01'] } })
  await using output = new RTMPOutput(server.url(), { ...OPTIONS, vcodec: 'libx264', logger })
  await output.start()
  await pictures(await server.connection(0), 5)
  assert.equal(lines, [])
})

test('a server that hangs up at the first tags: the reason names the codec; the attempts go on', async () => {
  const { lines, logger } = logged()
  await using server = await startRtmpServer({ kind: 'accept-publish', after: 200, then: 'fin' })
  const reconnect = { initialDelay: 50, maxDelay: 100 }
  await using output = new RTMPOutput(server.url(), { ...OPTIONS, logger, reconnect })
  await output.start()
  await until(() => server.connections.length >= 3, { what: () => `a third connection\n${lines.join('\n')}` })
  const told = lines.filter(line => /ERR_CONNECTION_LOST.*perhaps the server does not take HEVC/.test(line))
  assert.ok(told.length >= 2, lines.join('\n'))
  const final = new RTMPOutput(server.url(), { ...OPTIONS, reconnect: false })
  await final.start()
  await until(() => final.state.phase === 'failed')
  const error = await final.writeFrame(pattern(width, height, 0)).then(
    () => null,
    (reason: Error) => reason,
  )
  assert.match(error?.message ?? '', /perhaps the server does not take HEVC/)
  await final.stop()
})

test('a target that comes later, and one that comes back: from an IDR picture at once', async () => {
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
  const keys = readHevc(one.tags).pictures.filter(({ key }) => key)
  assert.is(keys.length, 3, 'its own first one, and one for each connection')
  assertConstantRate(tagsOf(one).video, fps)
  const all = (await decodeFrames(annexB(readHevc(one.tags)), 'rgb24')).map(({ data }) =>
    readClock(data, width, height),
  )
  // Before the first write it may have shown black.
  const numbers = all.slice(all.findIndex(number => number !== null))
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
  const frames = await decodeFrames(annexB(readHevc(connection.tags)), 'rgb24')
  const numbers = frames.map(({ data }) => readClock(data, width, height))
  const changes = numbers.filter((number, i) => i === 0 || number !== numbers[i - 1])
  const expected = [...Array(10).keys(), 4242, ...Array.from({ length: 10 }, (_, i) => i + 10)]
  // Before the first write it may have shown black.
  assert.equal(changes.slice(-expected.length), expected)
})

test('through node-media-server 4 into a capture: the pictures, and their age by their stamps', async () => {
  await using nms = await startNms4()
  await using output = new RTMPOutput(nms.url('hevc'), { ...OPTIONS, stampLatency: true, keyframeInterval: 1 })
  await output.start()
  const stop = writing(output)
  const { frames, codec } = await viewed(nms.url('hevc'), 100)
  await stop()
  assert.is(codec, 'hevc')
  assertNumbered(frames)
})

/** Packets that a link lost which becomes narrow. */
async function lostByNarrowing(): Promise<number> {
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
  assert.is(reconnects, 0, what())
  await output.stop()
  const hevc = readHevc(connection.tags)
  const keys = hevc.pictures.flatMap(({ key }, i) => (key ? [i] : []))
  assert.ok(
    keys.some((at, i) => i > 0 && at - keys[i - 1]! < 2 * fps),
    `keyframes at ${keys.join()}`,
  )
  assert.is((await decodeFrames(annexB(hevc), 'gray')).length, hevc.pictures.length)
  return droppedNetwork
}

test(
  'adaptiveBitrate: less for a narrow link, from a keyframe on, and no picture is lost',
  async () => {
    let lost = await lostByNarrowing()
    // On a busy machine the link carries nothing for a while, which no bitrate follows.
    for (let more = 0; more < 4 && lost > 0; more++) lost = await lostByNarrowing()
    assert.is(lost, 0)
  },
  { timeout: 250_000 },
)

test('nginx takes it without a word, and its viewers get the sound alone', async () => {
  const { lines, logger } = logged()
  await using nginx = await startNginx()
  await using output = new RTMPOutput(nginx.url('hevc'), { ...OPTIONS, logger })
  await output.start()
  const stop = writing(output)
  await nginx.published('hevc')
  await using capture = new RTMPCapture(nginx.url('hevc'), { decode: false })
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
  // On a busy machine some are old.
  let last: number | null | undefined
  const young = () => (last = meter.read().values.endToEndLatency) && last > 0 && last < 1500 && last
  await until(young, { timeout: 20_000, what: () => `young pictures: ${last} ms` })
  return { frames, codec: capture.info!.video!.codec }
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

test('without x265enc: ERR_MISSING_PLUGIN, and its Debian package', async () => {
  const { stdout } = await exec('pkg-config', ['--variable=pluginsdir', 'gstreamer-1.0'])
  const system = stdout.toString().trim()
  const plugins = tempDir()
  for (const name of readdirSync(system)) {
    if (name.endsWith('.so') && name !== 'libgstx265.so') symlinkSync(join(system, name), join(plugins, name))
  }
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const script = `
    const { RTMPOutput } = require(${JSON.stringify(require.resolve('../../../src/index'))})
    const output = new RTMPOutput(${JSON.stringify(server.url())}, ${JSON.stringify(OPTIONS)})
    const tell = ({ code, element, message }) => console.log(code, element, message)
    output.start().catch(tell).then(() => process.exit())`
  const registry = join(tempDir(), 'registry.bin')
  const env = [`GST_PLUGIN_SYSTEM_PATH_1_0=${plugins}`, `GST_REGISTRY=${registry}`]
  const told = await exec('env', [...env, process.execPath, '-e', script], { timeout: 60_000 })
  assert.match(told.stdout.toString(), /^ERR_MISSING_PLUGIN x265enc .*gstreamer1\.0-plugins-bad/)
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
  const [a, b] = server.connections.map(({ tags }) => readHevc(tags).pictures.map(stampOf))
  assert.equal(a!.slice(-30), b!.slice(-30))
  assert.ok(a!.every(stamp => stamp !== null && Math.abs(Date.now() - stamp) < 60_000))
})

test.run()
