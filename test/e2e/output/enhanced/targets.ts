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
import { calmly } from '../../../support/calm'
import { exec } from '../../../support/child'
import { suite, type Suite } from '../../../support/suite'
import { tempDir } from '../../../support/temp'
import { sleep, until } from '../../../support/until'
import type { EnhancedCodec, EnhancedPicture, EnhancedStream } from '../../lib/enhanced'
import { pattern } from '../../lib/pattern'
import { assertConstantRate, pictures, tagsOf } from '../../lib/sent'

const [width, height, fps] = [320, 180, 25]

export const optionsOf = ({ vcodec }: Pick<RTMPOutputOptions, 'vcodec'>): RTMPOutputOptions => ({
  width,
  height,
  fps,
  vcodec,
  bitrate: '1M',
  keyframeInterval: 2,
  connectTimeout: 15_000,
})

/**
 * The tests of an output and its servers that codecs of Enhanced RTMP share: servers that take the codec, those that
 * say what they take, and those that hang up.
 */
export function suiteOfTargets<P extends EnhancedPicture>(codec: EnhancedCodec<P>): Suite {
  const { name, fourCC, encoder, library } = codec
  const options = optionsOf(codec)
  const test = suite(`output: targets of ${name}`, { timeout: 90_000 })

  const other = fourCC === 'hvc1' ? 'av01' : 'hvc1'
  const answers: [what: string, says: Record<string, Amf>, warned: string | null][] = [
    [
      'names others',
      { fourCcList: ['avc1', other] },
      `takes avc1, ${other}, and not ${fourCC}: it may not pass on ${name}`,
    ],
    ['names others in a map', { videoFourCcInfoMap: { vp09: 4, [fourCC]: 2 } }, `takes vp09, and not ${fourCC}`],
    ['names it', { fourCcList: ['avc1', fourCC] }, null],
    ['names it in a map', { videoFourCcInfoMap: { [fourCC]: 4 } }, null],
    ['takes all', { fourCcList: ['*'] }, null],
    ['says nothing', {}, null],
  ]
  for (const [what, says, warned] of answers) {
    test(`a server that ${what}`, async () => {
      const { lines, logger } = logged()
      await using server = await startRtmpServer({ kind: 'accept-publish', says })
      await using output = new RTMPOutput(server.url('secret-key'), { ...options, logger })
      await output.start()
      const stop = writing(output)
      await pictures(await server.connection(0), 10)
      await stop()
      const found = lines.filter(line => line.includes(fourCC) || line.includes(name))
      if (warned === null) return assert.equal(found, [])
      assert.is(found.length, 1, lines.join('\n'))
      assert.ok(found[0]!.includes(warned), found[0])
      assert.not.match(found[0]!, 'secret-key')
    })
  }

  const doubt = `perhaps the server does not take ${name}`
  const untaken = new RegExp(`ERR_CONNECTION_LOST.*${doubt}`)
  test('a server that hangs up at the first tags: the reason names the codec; the attempts go on', async () => {
    const { lines, logger } = logged()
    await using server = await startRtmpServer({ kind: 'accept-publish', after: 200, then: 'fin' })
    const reconnect = { initialDelay: 50, maxDelay: 100 }
    await using output = new RTMPOutput(server.url(), { ...options, logger, reconnect })
    await output.start()
    await until(() => server.connections.length >= 3, { what: () => `a third connection\n${lines.join('\n')}` })
    const told = lines.filter(line => untaken.test(line))
    assert.ok(told.length >= 2, lines.join('\n'))
    const final = new RTMPOutput(server.url(), { ...options, reconnect: false })
    await final.start()
    await until(() => final.state.phase === 'failed')
    const error = await final.writeFrame(pattern(width, height, 0)).then(
      () => null,
      (reason: Error) => reason,
    )
    assert.ok(error?.message.includes(doubt), error?.message)
    await final.stop()
  })

  test('a target that comes later, and one that comes back: from a keyframe at once', async () => {
    const lost = { kind: 'accept-publish', after: 30_000, then: 'rst' } as const
    await using first = await startRtmpServer({ kind: 'accept-publish' })
    await using second = await startRtmpServer(inTurn(lost, { kind: 'accept-publish' }))
    const reconnect = { initialDelay: 50, maxDelay: 100 }
    // No keyframe comes by itself.
    await using output = new RTMPOutput(first.url(), { ...options, keyframeInterval: 60, reconnect })
    await output.start()
    const stop = writing(output)
    await pictures(await first.connection(0), 30)
    output.addTarget(second.url())
    const [again, one] = [await second.connection(1), await first.connection(0)]
    await pictures(again, 25)
    await stop()
    assertWhole(codec, again)
    assertWhole(codec, second.connections[0]!)
    const keys = codec.read(one.tags).pictures.filter(({ key }) => key)
    // av1enc up to GStreamer 1.26 makes two at once.
    const counts = codec.encoder === 'av1enc' ? [3, 5] : [3]
    assert.ok(counts.includes(keys.length), `${keys.length} keyframes: its own first one, and one for each connection`)
    assertConstantRate(tagsOf(one).video, fps)
    const all = (await decodeFrames(codec.file(codec.read(one.tags)), 'rgb24')).map(({ data }) =>
      readClock(data, width, height),
    )
    // Before the first write it may have shown black.
    const numbers = all.slice(all.findIndex(number => number !== null))
    numbers.forEach((number, i) => assert.ok(number !== null && (i === 0 || number >= numbers[i - 1]!), `picture ${i}`))
  })

  test('nobody writes: the slate, at a constant rate, then pictures again', () =>
    // Where this process stands still, nobody writes either.
    calmly(async () => {
      await using server = await startRtmpServer({ kind: 'accept-publish' })
      const slate = pattern(width, height, 4242)
      await using output = new RTMPOutput(server.url(), { ...options, fill: 'slate', slate, slateAfter: 400 })
      await output.start()
      for (let i = 0; i < 10; i++) await output.writeFrame(pattern(width, height, i))
      await sleep(1500)
      for (let i = 10; i < 20; i++) await output.writeFrame(pattern(width, height, i))
      await output.stop()
      const connection = await server.connection(0, ({ open }) => !open)
      assertWhole(codec, connection)
      const frames = await decodeFrames(codec.file(codec.read(connection.tags)), 'rgb24')
      const numbers = frames.map(({ data }) => readClock(data, width, height))
      const changes = numbers.filter((number, i) => i === 0 || number !== numbers[i - 1])
      const expected = [...Array(10).keys(), 4242, ...Array.from({ length: 10 }, (_, i) => i + 10)]
      // Before the first write it may have shown black.
      assert.equal(changes.slice(-expected.length), expected)
    }))

  test('through node-media-server 4 into a capture: the pictures, and their age by their stamps', () =>
    // For a time in which this process stands still, one picture is repeated.
    calmly(async () => {
      await using nms = await startNms4()
      await using output = new RTMPOutput(nms.url('live'), { ...options, stampLatency: true, keyframeInterval: 1 })
      await output.start()
      const stop = writing(output)
      const { frames, info } = await viewed(nms.url('live'), 100)
      await stop()
      assert.is(info.video!.codec, codec.codec)
      assertNumbered(frames)
    }))

  test('nginx takes it without a word, and its viewers get the sound alone', async () => {
    const { lines, logger } = logged()
    await using nginx = await startNginx()
    await using output = new RTMPOutput(nginx.url('live'), { ...options, logger })
    await output.start()
    const stop = writing(output)
    await nginx.published('live')
    await using capture = new RTMPCapture(nginx.url('live'), { decode: false })
    await capture.start()
    await sleep(1000)
    await stop()
    assert.equal([capture.info!.video, capture.info!.audio?.codec], [null, 'aac'])
    assert.equal([lines, output.state.phase, output.stats().reconnects], [[], 'live', 0])
  })

  test(`without ${encoder}: ERR_MISSING_PLUGIN, and its Debian package`, async () => {
    const { stdout } = await exec('pkg-config', ['--variable=pluginsdir', 'gstreamer-1.0'])
    const system = stdout.toString().trim()
    const plugins = tempDir()
    for (const name of readdirSync(system)) {
      if (name.endsWith('.so') && name !== library) symlinkSync(join(system, name), join(plugins, name))
    }
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const script = `
    const { RTMPOutput } = require(${JSON.stringify(require.resolve('../../../../src/index'))})
    const output = new RTMPOutput(${JSON.stringify(server.url())}, ${JSON.stringify(options)})
    const tell = ({ code, element, message }) => console.log(code, element, message)
    output.start().catch(tell).then(() => process.exit())`
    const registry = join(tempDir(), 'registry.bin')
    const env = [`GST_PLUGIN_SYSTEM_PATH_1_0=${plugins}`, `GST_REGISTRY=${registry}`]
    const told = await exec('env', [...env, process.execPath, '-e', script], { timeout: 60_000 })
    assert.match(told.stdout.toString(), new RegExp(`^ERR_MISSING_PLUGIN ${encoder} .*gstreamer1\\.0-plugins-bad`))
  })

  test('stamps are of the same time on each target', async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const urls = ['a', 'b'].map(name => server.url(name))
    await using output = new RTMPOutput(urls, { ...options, stampLatency: true, keyframeInterval: 0.5 })
    await output.start()
    const stop = writing(output)
    for (const index of urls.keys()) await pictures(await server.connection(index), 40)
    await stop()
    await output.stop()
    // The last ones may still be on their way to the server.
    await until(() => server.connections.every(({ open }) => !open))
    const [a, b] = server.connections.map(({ tags }) => codec.read(tags).pictures.map(codec.stampOf))
    assert.equal(a!.slice(-30), b!.slice(-30))
    assert.ok(a!.every(stamp => stamp !== null && Math.abs(Date.now() - stamp) < 60_000))
  })

  return test
}

export function logged() {
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
function assertWhole<P extends EnhancedPicture>(codec: EnhancedCodec<P>, connection: Connection): void {
  const { tags } = connection
  assert.is(tags[0]!.type, 'script')
  const { records, pictures: shown } = codec.read(tags)
  assert.equal([records.length, shown[0]!.key], [1, true])
  assertConstantRate(tagsOf(connection).video, fps)
}

/** A stream of noise whose link becomes narrow: what its server got, and the packets that were lost. */
async function narrowed<P extends EnhancedPicture>(
  codec: EnhancedCodec<P>,
): Promise<{ stream: EnhancedStream<P>; lost: number }> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using link = await startNarrowLink(server.port, 8_000_000)
  const url = `rtmp://127.0.0.1:${link.port}/live/narrow`
  const full = 1_000_000
  await using output = new RTMPOutput(url, { ...optionsOf(codec), bitrate: full, adaptiveBitrate: true })
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
  const stream = codec.read(connection.tags)
  assert.is((await decodeFrames(codec.file(stream), 'gray')).length, stream.pictures.length)
  return { stream, lost: droppedNetwork }
}

/** The same, with `assertStream` for each stream, until nothing was lost. */
export async function assertNarrowed<P extends EnhancedPicture>(
  codec: EnhancedCodec<P>,
  assertStream: (stream: EnhancedStream<P>) => void,
): Promise<void> {
  let lost = 1
  // On a busy machine the link carries nothing for a while, which no bitrate follows.
  for (let tries = 0; tries < 5 && lost > 0; tries++) {
    const one = await narrowed(codec)
    assertStream(one.stream)
    lost = one.lost
  }
  assert.is(lost, 0)
}

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
  return { frames, info: capture.info! }
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
