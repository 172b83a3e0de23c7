// suite: deep
import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { METER } from '../../../src/meter/meter'
import { RTMPCapture } from '../../../src/index'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { headerTag, intra, pictureTag, skipped } from '../../support/media/h264'
import { psnr } from '../../support/media/picture'
import { startRtmpServer, writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { codeOf, pictures, serveWhole } from '../lib/served'

const test = suite('capture: where a stream begins', { timeout: 60_000 })

const picture = { size: '320x180', fps: 25, duration: 4, audio: null } as const
const decoded = async (file: string): Promise<Buffer[]> =>
  (await decodeFrames(file, 'yuv420p')).map(frame => frame.data)
const isPicture = (tag: FlvTag): boolean => tag.type === 'video' && tag.data[1] === 1
/** From the middle of the first group of pictures on. */
const joined = (from: number, change: (tag: FlvTag) => FlvTag = tag => tag) => ({
  edit: (tag: FlvTag) => (isPicture(tag) ? (tag.timestamp < from ? [] : [change(tag)]) : [tag]),
})
const marked = (tag: FlvTag, keyframe: number, other: number): FlvTag => {
  const data = Buffer.from(tag.data)
  data[0] = ((data[0]! >> 4 === 1 ? keyframe : other) << 4) | 7
  return { ...tag, data }
}

const MARKS = { 'none is marked': [2, 2], 'all are marked': [1, 1], 'generated and disposable ones': [4, 3] } as const

for (const [name, [keyframe, other]] of Object.entries(MARKS)) {
  test(`NAL units say what a keyframe is, not the container’s mark: ${name}`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...picture, gop: 50 })
    const expected = await decoded(file)
    const { frames } = await pictures(
      file,
      { format: 'I420' },
      joined(800, tag => marked(tag, keyframe, other)),
    )
    assert.is(frames.length, 50)
    frames.forEach((frame, i) => assert.is(psnr(expected[50 + i]!, frame.data), Infinity, `picture ${i}`))
  })
}

test('an open group of pictures: what is shown before its beginning is left out', async () => {
  const file = await makeFile(tempFile('open.flv'), {
    ...picture,
    gop: 25,
    bframes: 3,
    x264: 'open-gop=1:scenecut=0:b-adapt=0',
  })
  const expected = await decoded(file)
  const { frames } = await pictures(file, { format: 'I420' }, joined(500))
  const first = expected.findIndex(data => psnr(data, frames[0]!.data) === Infinity)
  assert.ok(first > 12 && first <= 50, `begins with picture ${first}`)
  assert.is(frames.length, 100 - first)
  frames.forEach((frame, i) => assert.is(psnr(expected[first + i]!, frame.data), Infinity, `picture ${first + i}`))
})

test('a refresh over many pictures: shown when all of the picture is right, or at once where asked for', async () => {
  const file = await makeFile(tempFile('refresh.flv'), { ...picture, gop: 25, x264: 'intra-refresh=1:scenecut=0' })
  const expected = await decoded(file)
  const whole = await pictures(file, { format: 'I420' }, joined(600))
  const worst = (frames: readonly { data: Uint8Array }[]): number =>
    Math.min(...frames.map((frame, i) => psnr(expected[100 - frames.length + i]!, frame.data)))
  assert.ok(whole.frames.length > 30 && whole.frames.length < 75, `${whole.frames.length} pictures`)
  assert.ok(worst(whole.frames) > 35, `${worst(whole.frames)} dB`)
  const { frames } = await pictures(file, { format: 'I420', outputCorrupt: true }, joined(600))
  assert.is(frames.length, 85)
  assert.ok(worst(frames) < 30, `${worst(frames)} dB`)
})

/** Pictures that refer to one that was never sent, for as long as somebody looks. */
function endless(): string {
  const file = tempFile('none.flv')
  writeFileSync(
    file,
    writeFlv([
      headerTag(),
      ...Array.from({ length: 50 }, (_, i) => pictureTag(i * 40, [skipped(i)], { frameType: i % 10 ? 2 : 1 })),
    ]),
  )
  return file
}

test('no keyframe within connectTimeout: an error that says so', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file: endless(), loop: true })
  await using capture = new RTMPCapture(server.url(), { connectTimeout: 4000 })
  const error = await capture.start().then(
    () => null,
    (reason: unknown) => reason as Error & { code: string; retryable: boolean },
  )
  assert.equal([error?.code, error?.retryable], ['ERR_NO_KEYFRAME', true])
  assert.match(error!.message, /^\d+ pictures came/)
  assert.ok(capture.stats().incomplete > 20, `${capture.stats().incomplete}`)
})

test('nor with sound beside it, and after a loss it is tried again for that reason', async () => {
  const file = await makeFile(tempFile('av.flv'), { ...picture, gop: 50, audio: {} })
  const rest = joined(200).edit
  await using server = await startRtmpServer(index =>
    index === 0
      ? serveWhole(file)
      : { kind: 'serve-file', file, until: 1900, edit: tag => (isPicture(tag) ? rest(tag) : [tag]), then: 'freeze' },
  )
  await using capture = new RTMPCapture(server.url(), {
    connectTimeout: 4000,
    stallTimeout: 20_000,
    reconnect: { initialDelay: 50 },
  })
  await capture.start()
  await until(() => capture.state.reason === 'ERR_NO_KEYFRAME', { timeout: 30_000, what: 'the reason' })
})

test('an I picture that nobody marks, without a recovery point, is a beginning after a while', async () => {
  const file = tempFile('late.flv')
  const body = Array.from({ length: 200 }, (_, i) =>
    pictureTag(i * 40, [i % 50 === 25 ? intra({ idr: false, number: i }) : skipped(i)], { frameType: 2 }),
  )
  writeFileSync(file, writeFlv([headerTag(), ...body]))
  await using server = await startRtmpServer({ kind: 'serve-file', file })
  await using capture = new RTMPCapture(server.url(), { connectTimeout: 20_000, reconnect: false })
  await capture.start()
  assert.is(capture.info!.video!.width, 64)
})

test('keyframes are counted by their NAL units without decoding, too', async () => {
  const file = await makeFile(tempFile('counted.flv'), { ...picture, gop: 25 })
  await using server = await startRtmpServer(
    serveWhole(file, { edit: tag => [isPicture(tag) ? marked(tag, 2, 1) : tag], then: 'freeze' }),
  )
  await using capture = new RTMPCapture(server.url(), { decode: false, reconnect: false })
  const meter = capture[METER](['keyframeInterval'])
  await capture.start()
  await until(() => meter.read().totals.frames.video >= 100, { timeout: 20_000, what: 'all pictures' })
  assert.is(meter.read().totals.frames.keyframe, 4)
  meter.close()
})

/** Composition times that no reordering explains, ms. */
for (const [name, composition] of [
  ['hours ahead', 0x7fffff],
  ['hours back', -0x7fffff],
] as const) {
  test(`one picture that lies ${name} is shown at the time of its decoding, counted and told once`, async () => {
    const warnings: string[] = []
    const file = tempFile('composition.flv')
    const one = (i: number): FlvTag =>
      pictureTag(i * 40, [intra({ number: i })], { composition: i === 30 || i === 40 ? composition : 0 })
    writeFileSync(file, writeFlv([headerTag(), ...Array.from({ length: 100 }, (_, i) => one(i))]))
    await using server = await startRtmpServer(serveWhole(file, { then: 'freeze' }))
    const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => void warnings.push(text) }
    await using capture = new RTMPCapture(server.url(), { reconnect: false, dropPolicy: 'block', fps: 25, logger })
    const times: number[] = []
    capture.frames$.subscribe({ next: frame => (times.push(frame.timestamp), frame.close()), error() {} })
    assert.is(await codeOf(capture.start()), 'resolved')
    await until(() => times.length >= 70, { timeout: 20_000, what: 'seventy pictures' })
    assert.equal(
      times.slice(0, 70),
      Array.from({ length: 70 }, (_, i) => i * 40_000),
    )
    // flvdemux lets none lie before the stream's beginning.
    if (composition < 0) return
    assert.is(capture.stats().mistimed, 2)
    assert.is(warnings.filter(text => /no reordering explains/.test(text)).length, 1)
  })
}

test.run()
