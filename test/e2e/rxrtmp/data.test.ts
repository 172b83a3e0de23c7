import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPCapture, type ScriptData } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { encodeAmf } from '../../support/peers/rtmp/amf0'
import { parseFlv, startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { encoded, fileOf, H264, HEVC } from '../lib/encoded'

const test = suite('script data and tracks', { timeout: 60_000 })

const OWN = { transport: 'rxrtmp', connectTimeout: 20_000, gpuAcceleration: false } as const
const small = { size: '160x90', fps: 25, duration: 1 } as const

/** A file with more script data behind its first pictures. */
async function withData(): Promise<string> {
  const tags = parseFlv(readFileSync(await makeFile(tempFile('in.flv'), small)))
  const script = (timestamp: number, ...values: Parameters<typeof encodeAmf>): FlvTag => {
    return { type: 'script', timestamp, data: encodeAmf(...values) }
  }
  const cue = script(200, 'onCuePoint', { name: 'ad', time: 0.2, parameters: { id: '7', key: 'secret-key' } })
  const text = script(400, 'onTextData', { text: 'grüß dich', list: [1, true, null, 'x'] })
  const strange = script(600, 'somethingElse', 1, { __proto__x: 1, ['__proto__']: 'own' })
  const at = tags.findIndex(({ timestamp }) => timestamp >= 600)
  const place = (time: number): number => tags.findIndex(({ timestamp }) => timestamp >= time)
  return fileOf([
    ...tags.slice(0, place(200)),
    cue,
    ...tags.slice(place(200), place(400)),
    text,
    ...tags.slice(place(400), at),
    strange,
    ...tags.slice(at),
  ])
}

for (const decode of [true, false]) {
  test(`metadata, cue points, captions and others, as plain data (${decode ? 'decoded' : 'watched'})`, async () => {
    const file = await withData()
    await using server = await startRtmpServer({ kind: 'serve-file', file, then: 'silence' })
    const url = server.url().replace(/[^/]*$/, 'secret-key')
    await using capture = new RTMPCapture(url, { ...OWN, decode })
    const heard: ScriptData[] = []
    capture.data$.subscribe(data => void heard.push(data))
    await capture.start()
    await until(() => heard.length >= 4, { what: () => JSON.stringify(heard) })
    const [metadata, cue, text, strange] = heard
    assert.is(metadata!.name, 'onMetaData')
    assert.is((metadata!.values[0] as { width: number }).width, 160)
    assert.is(metadata!.timestamp, 0)
    assert.equal(
      [cue!.name, cue!.values],
      ['onCuePoint', [{ name: 'ad', time: 0.2, parameters: { id: '7', key: '***' } }]],
    )
    assert.equal(text!.values, [{ text: 'grüß dich', list: [1, true, null, 'x'] }])
    assert.is(strange!.name, 'somethingElse')
    assert.equal(Object.keys(strange!.values[1] as object), ['__proto__x', '__proto__'])
    if (decode) {
      for (const [data, ms] of [
        [cue!, 200],
        [text!, 400],
      ] as const)
        assert.ok(Math.abs(data.timestamp / 1000 - ms) < 90, `${data.timestamp} for ${ms} ms`)
    }
    let late: ScriptData | null = null
    capture.data$.subscribe(data => void (late = data))
    assert.is((late as ScriptData | null)?.name, 'onMetaData')
    let over = false
    capture.data$.subscribe({ complete: () => void (over = true) })
    await capture.stop()
    assert.ok(over)
  })
}

/** The same packet on another track. */
const onTrack =
  (id: number) =>
  (tag: FlvTag): FlvTag => {
    const head = tag.data[0]!
    const data = Buffer.concat([
      Buffer.of((head & 0xf0) | 6, head & 15),
      tag.data.subarray(1, 5),
      Buffer.of(id),
      tag.data.subarray(5),
    ])
    return { ...tag, data }
  }

test('the tracks of a stream are told, and one is taken by its number', async () => {
  const first = await encoded(H264, { pictures: 30, width: 160, height: 90 })
  const second = await encoded(HEVC, { pictures: 30, width: 128, height: 64 })
  const tags = [...first.tags, ...second.tags.map(onTrack(3))].sort((a, b) => a.timestamp - b.timestamp)
  const file = fileOf(tags)
  for (const [videoTrack, width, codec] of [
    [0, 160, 'h264'],
    [3, 128, 'hevc'],
  ] as const) {
    await using server = await startRtmpServer({ kind: 'serve-file', file, then: 'silence' })
    await using capture = new RTMPCapture(server.url(), { ...OWN, videoTrack })
    await capture.start()
    const { video, tracks } = capture.info!
    assert.equal([video!.width, video!.codec], [width, codec])
    assert.equal(tracks, [
      { kind: 'video', id: 0, codec: 'h264' },
      { kind: 'video', id: 3, codec: 'hevc' },
    ])
  }
  assert.throws(
    () => new RTMPCapture('rtmp://localhost/live/x', { transport: 'rtmp2', videoTrack: 1 }),
    (error: { code?: string }) => error.code === 'ERR_OPTION',
  )
})

test('what waits while JavaScript takes nothing is bounded, and what is lost is counted', async () => {
  const tags = parseFlv(readFileSync(await makeFile(tempFile('in.flv'), small)))
  const burst = Array.from({ length: 200 }, (_, i): FlvTag => {
    return { type: 'script', timestamp: 400, data: encodeAmf('onCuePoint', { number: i }) }
  })
  // The server writes a tag's parts in one turn of the event loop, which is this capture's, too.
  const middle = Math.floor(tags.length / 2)
  const edit = (tag: FlvTag, index: number): FlvTag[] => (index === middle ? [tag, ...burst] : [tag])
  await using server = await startRtmpServer({ kind: 'serve-file', file: fileOf(tags), then: 'silence', edit })
  await using capture = new RTMPCapture(server.url(), { ...OWN, decode: false })
  const numbers: number[] = []
  capture.data$.subscribe(({ name, values }) => {
    if (name !== 'onCuePoint') return
    // All of the burst is written: it comes while this thread is busy.
    const from = performance.now()
    while (numbers.length === 0 && capture.stats().dataDropped === 0 && performance.now() - from < 10_000);
    numbers.push((values[0] as { number: number }).number)
  })
  await capture.start()
  await until(() => numbers.includes(199), { what: () => `the last of ${numbers.length}` })
  const { dataDropped } = capture.stats()
  assert.is(numbers.length + dataDropped, 200)
  assert.ok(numbers.length >= 64 && dataDropped > 0, `${numbers.length} came, ${dataDropped} did not`)
})

test("what the publisher says of a picture's colours comes with the script data, and costs no picture", async () => {
  const made = await encoded(HEVC, { pictures: 25 })
  const colorInfo = {
    colorConfig: { bitDepth: 10, colorPrimaries: 9, transferCharacteristics: 16, matrixCoefficients: 9 },
    hdrCll: { maxFall: 400, maxCLL: 1000 },
    hdrMdcv: { redX: 0.68, redY: 0.32, maxLuminance: 1000, minLuminance: 0.005 },
  }
  const metadata = (timestamp: number, value: typeof colorInfo): FlvTag => ({
    type: 'video',
    timestamp,
    data: Buffer.concat([Buffer.of(0x94), Buffer.from('hvc1', 'latin1'), encodeAmf('colorInfo', value)]),
  })
  // A cut one is none, and does no harm.
  const cut = { ...metadata(0, colorInfo), data: metadata(0, colorInfo).data.subarray(0, 40) }
  const [config, ...rest] = made.tags
  const file = fileOf([config!, metadata(0, colorInfo), cut, ...rest])
  await using server = await startRtmpServer({ kind: 'serve-file', file })
  const once = { reconnect: false, stallTimeout: 40_000, dropPolicy: 'block' } as const
  await using capture = new RTMPCapture(server.url(), { ...OWN, ...once })
  const heard: ScriptData[] = []
  capture.data$.subscribe({ next: data => void heard.push(data), error: () => {} })
  let pictures = 0
  const count = (frame: { close(): void }): void => {
    pictures++
    frame.close()
  }
  capture.frames$.subscribe({ next: count, error: () => {} })
  await capture.start()
  await until(() => capture.state.phase === 'failed', { what: () => `${pictures} pictures` })
  assert.equal(heard.find(({ name }) => name === 'colorInfo')!.values, [colorInfo])
  assert.is(pictures, 25)
})

test.run()
