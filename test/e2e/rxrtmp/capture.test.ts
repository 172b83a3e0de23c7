import { Buffer } from 'node:buffer'
import * as assert from 'uvu/assert'
import { RTMPCapture, RxGstError } from '../../../src/index'
import { maxDifference } from '../../support/media/picture'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type FlvTag, type ServeFile } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { assertCaptureReturns, assertWatched } from '../lib/comes-back'
import { codeOf, pictures } from '../lib/served'
import { timed } from '../lib/timed'

const test = suite("captures over 'rxrtmp'", { timeout: 60_000 })

const OWN = { transport: 'rxrtmp', connectTimeout: 20_000 } as const
const small = { size: '320x180', fps: 25, duration: 1 } as const

for (const size of ['320x180', '322x182']) {
  test(`${size}: every picture of a file, byte for byte`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...small, size, colorspace: 'bt709' })
    const expected = await decodeFrames(file, 'yuv420p')
    const { frames, info } = await pictures(file, { ...OWN, format: 'I420' })
    assert.is(frames.length, 25)
    frames.forEach(({ data }, i) => assert.is(maxDifference(data, expected[i]!.data), 0, `picture ${i}`))
    frames.forEach(({ timestamp }, i) => assert.is(timestamp, i * 40_000))
    assert.equal([info.transport, info.video?.fps, info.audio?.codec], ['rxrtmp', 25, 'aac'])
  })
}

const forms: [string, Partial<ServeFile>][] = [
  ['on message stream 0', { statusStream: 0 }],
  ['on a message stream that nobody made', { statusStream: 3 }],
  ['after a status that means nothing', { first: 'NetStream.Data.Start' }],
]
for (const [where, answer] of forms) {
  test(`a server that says Play.Start ${where}`, async () => {
    const file = await makeFile(tempFile('in.flv'), small)
    const { frames, info } = await pictures(file, OWN, { ...answer, count: 10 })
    assert.equal([frames.length, info.transport], [10, 'rxrtmp'])
  })
}

/** The pictures of a file as Enhanced RTMP has them. */
function enhanced(fourCc: string): (tag: FlvTag) => FlvTag[] {
  return tag => {
    if (tag.type !== 'video') return [tag]
    const [first = 0, type = 0] = tag.data
    const head = Buffer.from([0x80 | (first & 0x70) | (type === 0 ? 0 : 1)])
    return [
      { ...tag, data: Buffer.concat([head, Buffer.from(fourCc, 'latin1'), tag.data.subarray(type === 0 ? 5 : 2)]) },
    ]
  }
}

/** The same under another number of FLV. */
function numbered(id: number): (tag: FlvTag) => FlvTag[] {
  return tag => {
    if (tag.type !== 'video') return [tag]
    return [{ ...tag, data: Buffer.concat([Buffer.from([(tag.data[0]! & 0xf0) | id]), tag.data.subarray(1)]) }]
  }
}

test('H.264 under its FourCC', async () => {
  const file = await makeFile(tempFile('in.flv'), small)
  const expected = await decodeFrames(file, 'yuv420p')
  const { frames } = await pictures(file, { ...OWN, format: 'I420' }, { edit: enhanced('avc1') })
  assert.is(frames.length, 25)
  frames.forEach(({ data }, i) => assert.is(maxDifference(data, expected[i]!.data), 0, `picture ${i}`))
})

const others: [string, (tag: FlvTag) => FlvTag[], RegExp][] = [
  ['vvc1', enhanced('vvc1'), /VVC/],
  ['vp09', enhanced('vp09'), /VP9/],
  ['a FourCC that nobody knows', enhanced('zzzz'), /unknown codec .*zzzz/],
  ['Sorenson H.263', numbered(2), /Sorenson/],
  ['a number that nobody knows', numbered(15), /unknown codec \(15\)/],
]
for (const decode of [true, false]) {
  test(`pictures in another codec, ${decode ? 'decoded' : 'watched'}: refused at once, by name, for good`, async () => {
    const file = await makeFile(tempFile('in.flv'), small)
    for (const [what, edit, name] of others) {
      await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true, edit })
      await using capture = new RTMPCapture(server.url(), { ...OWN, decode, reconnect: { initialDelay: 10 } })
      let error: unknown
      const took = await timed(() => capture.start().catch((reason: unknown) => (error = reason)))
      assert.instance(error, RxGstError, what)
      const { code, message, retryable } = error as RxGstError
      assert.equal([code, retryable], ['ERR_UNSUPPORTED_MEDIA', false], `${what}: ${message}`)
      assert.match(message, name)
      assert.ok(took < 8000, `${what}: ${took} ms`)
      assert.is(server.connections.length, 1, what)
    }
  })
}

test('sound in a codec that nobody knows is left out, with a word', async () => {
  const file = await makeFile(tempFile('in.flv'), small)
  const edit = (tag: FlvTag): FlvTag[] =>
    tag.type === 'audio' ? [{ ...tag, data: Buffer.concat([Buffer.from([0x90]), Buffer.from('zzzz')]) }] : [tag]
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true, edit })
  const warnings: string[] = []
  const ignore = (): void => {}
  const logger = { debug: ignore, info: ignore, warn: (text: string) => void warnings.push(text), error: ignore }
  await using capture = new RTMPCapture(server.url(), { ...OWN, logger })
  await capture.start()
  ;(await capture.getFrame()).close()
  assert.is(capture.info!.audio, null)
  assert.match(warnings.join('\n'), /sound in an unknown codec .*zzzz.*left out/)
})

test('sound alone', async () => {
  const file = await makeFile(tempFile('in.flv'), small)
  const edit = (tag: FlvTag): FlvTag[] => (tag.type === 'audio' ? [tag] : [])
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true, edit })
  await using capture = new RTMPCapture(server.url(), OWN)
  await capture.start()
  assert.is((await capture.getAudio(0.1)).samples.length, 8820)
  assert.equal([capture.info!.video, capture.info!.audio?.codec], [null, 'aac'])
})

test('a stream that is only watched', () => assertWatched(OWN))

for (const then of ['fin', 'rst', 'freeze', 'silence'] as const) {
  test(`${then}: the capture comes back, and its time goes on`, () => assertCaptureReturns(OWN, then))
}

test('stop() in each phase', async () => {
  const file = await makeFile(tempFile('in.flv'), small)
  for (const behaviour of [
    { kind: 'accept-silent' },
    { kind: 'half-handshake' },
    { kind: 'handshake-silent' },
    { kind: 'play-then-nothing' },
    { kind: 'serve-file', file, loop: true },
  ] as const) {
    await using server = await startRtmpServer(behaviour)
    const capture = new RTMPCapture(server.url(), OWN)
    const started = codeOf(capture.start())
    await until(() => server.connections.length > 0, { what: 'a connection' })
    const took = await timed(() => capture.stop())
    assert.ok(took < 2500, `${behaviour.kind}: ${took} ms`)
    assert.ok(['ERR_ABORTED', 'resolved'].includes(await started), behaviour.kind)
    await until(() => server.connections.every(({ open }) => !open), { what: 'the end of its connections' })
  }
})

test.run()
