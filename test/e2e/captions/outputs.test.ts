// suite: deep
// Captions in outputs: frames of a program's own, repeats, a slower source, and AV1.
import * as assert from 'uvu/assert'
import { Capture, Output, type CaptionCue, type VideoFrame } from '../../../src/index'
import { captionsIn, Line21, triples } from '../../support/media/captions'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { fileOf } from '../lib/encoded'

const test = suite('captions in outputs', { timeout: 60_000 })

const SIZE = { width: 160, height: 90 } as const
const PIXELS = SIZE.width * SIZE.height * 3

/** A frame as a program makes it. */
function frameOf(captions: Uint8Array | null, timestamp: number): VideoFrame {
  const frame = {
    ...SIZE,
    data: new Uint8Array(PIXELS),
    format: 'RGB',
    timestamp,
    captions,
    close() {},
    clone: () => frame,
  }
  return frame as unknown as VideoFrame
}

/** Numbered triples, and padding behind each. */
const numbered = (number: number): Buffer =>
  Buffer.concat([triples([0x80, 0x80], [number & 127, 1]), Buffer.from([0xfa, 0, 0])])
const valid = (cc: Buffer): string =>
  cc
    .toString('hex')
    .match(/.{6}/g)!
    .filter(triple => triple !== 'fa0000')
    .join('')

test('ten pictures a second into 25: each once, on the clock of the output, with repeats between', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new Output(server.url(), { ...SIZE, fps: 25, connectTimeout: 20_000 })
  await output.start()
  const sent = Array.from({ length: 20 }, (_, i) => numbered(i))
  for (const [i, cc] of sent.entries()) {
    await output.writeFrame(frameOf(cc, i * 100_000), { timestamp: i * 100_000 })
    // The same frame once more, as a program does that has no newer one.
    await output.writeFrame(new Uint8Array(PIXELS), { timestamp: i * 100_000 + 40_000 })
  }
  const connection = await server.connection(0, ({ tags }) => captionsIn(tags).length >= sent.length)
  await output.stop()
  const got = captionsIn(connection.tags)
  assert.is(valid(Buffer.concat(got)), valid(Buffer.concat(sent)))
  assert.is(output.stats().captionsDropped, 0)
})

test('more than there is room for is dropped and counted, the oldest first', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const options = { ...SIZE, fps: 5, fill: 'none', connectTimeout: 20_000 } as const
  await using output = new Output(server.url(), options)
  await output.start()
  const many = Buffer.concat(Array.from({ length: 1000 }, (_, i) => triples([0x80, i & 127])))
  await output.writeFrame(frameOf(many, 0), { timestamp: 0 })
  await output.writeFrame(frameOf(many, 200_000), { timestamp: 200_000 })
  await output.writeFrame(frameOf(null, 400_000), { timestamp: 400_000 })
  await until(() => output.stats().captionsDropped > 0)
  // 31 had left.
  assert.is(output.stats().captionsDropped, 2000 - 31 - 1200)
})

test('what is no bytes is refused', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new Output(server.url(), { ...SIZE, connectTimeout: 20_000 })
  await output.start()
  const wrong = frameOf('text' as unknown as Uint8Array, 0)
  const code = await output.writeFrame(wrong).then(
    () => '',
    (error: { code: string }) => error.code,
  )
  assert.is(code, 'ERR_OPTION')
})

test('AV1 has them in its metadata, and they are read from there', async () => {
  const pairs = new Line21().popOn(['OBU'], 4).wait(3).pairs
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  {
    const options = { ...SIZE, fps: 10, fill: 'none', vcodec: 'libaom-av1', connectTimeout: 20_000 } as const
    await using output = new Output(server.url(), options)
    await output.start()
    for (const [i, pair] of pairs.entries()) {
      await output.writeFrame(frameOf(triples(pair), i * 100_000), { timestamp: i * 100_000 })
    }
    await until(() => output.stats().packets >= pairs.length, { what: () => JSON.stringify(output.stats()) })
    await output.stop()
  }
  const { tags } = await server.connection(0, ({ open }) => !open)
  await using again = await startRtmpServer({ kind: 'serve-file', file: fileOf(tags), pace: 'full' })
  await using capture = new Capture(again.url(), { decode: false, reconnect: false, connectTimeout: 20_000 })
  const cues: CaptionCue[] = []
  const ended = new Promise<void>(resolve => {
    capture.captions$.subscribe({ next: cue => void cues.push(cue), complete: resolve, error: () => resolve() })
  })
  await capture.start()
  await ended
  assert.equal(
    cues.map(({ text }) => text),
    ['OBU'],
  )
})

test.run()
