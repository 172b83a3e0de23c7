import * as assert from 'uvu/assert'
import { RTMPCapture, RxGstError } from '../../../src/index'
import { maxDifference } from '../../support/media/picture'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { AV1, decoded, encoded, fileOf, H264, HEVC } from '../lib/encoded'
import { pictures, serveWhole } from '../lib/served'

const test = suite('captures of HEVC and AV1', { timeout: 90_000 })

const OWN = { transport: 'rxrtmp', connectTimeout: 20_000, gpuAcceleration: false } as const

for (const [codec, encoding, decoder] of [
  ['hevc', HEVC, 'avdec_h265'],
  ['av1', AV1, 'av1dec'],
] as const) {
  test(`${codec}: every picture, as ffmpeg decodes it`, async () => {
    const made = await encoded(encoding)
    const expected = await decoded(made)
    const file = fileOf(made.tags)
    const { frames, info } = await pictures(file, { ...OWN, format: 'I420' })
    assert.is(frames.length, 40)
    frames.forEach(({ data }, i) => assert.is(maxDifference(data, expected[i]!.data), 0, `picture ${i}`))
    frames.forEach(({ timestamp }, i) => assert.is(timestamp, i * 40_000))
    const { width, height, fps: _, ...rest } = info.video!
    assert.equal(
      [width, height, rest],
      [160, 90, { pixelAspectRatio: { n: 1, d: 1 }, codec, decoder, decoderReason: null }],
    )

    const watched = await watchedInfo(file)
    assert.equal([watched?.codec, watched?.width, watched?.height, watched?.decoder], [codec, 160, 90, 'none'])
  })

  test(`${codec}: a picture that is too large is refused before a decoder sees it`, async () => {
    const file = fileOf((await encoded(encoding, { pictures: 2, width: 320, height: 180 })).tags)
    await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    await using capture = new RTMPCapture(server.url(), { ...OWN, maxWidth: 160, maxHeight: 160 })
    const error = await capture.start().catch((reason: unknown) => reason as RxGstError)
    assert.instance(error, RxGstError)
    assert.equal([error!.code, error!.retryable], ['ERR_UNSUPPORTED_MEDIA', false], error!.message)
    assert.match(error!.message, /320 × \d+; at most 160 × 160/)
  })
}

test('a stream that begins in mid-group shows nothing before its first keyframe', async () => {
  for (const encoding of [HEVC, AV1]) {
    const made = await encoded(encoding)
    const expected = await decoded(made)
    // The configuration, and what follows the first keyframe; the next one is picture 20.
    const tags = [made.tags[0]!, ...made.tags.slice(5)]
    const { frames } = await pictures(fileOf(tags), { ...OWN, format: 'I420' })
    const last = frames.length
    assert.ok(last >= 18 && last <= 21, `${encoding.fourCc}: ${last} pictures`)
    const rest = expected.slice(-last)
    frames.forEach(({ data }, i) => assert.is(maxDifference(data, rest[i]!.data), 0, `${encoding.fourCc} ${i}`))
  }
})

test('a stream that changes its codec and comes back to it loses no picture, and shows none twice', async () => {
  const shot = { pictures: 25, width: 160, height: 90 }
  const made = await Promise.all([H264, HEVC, AV1].map(encoding => encoded(encoding, shot)))
  const parts = [0, 1, 0, 2, 1, 0].map(index => made[index]!)
  const tags = parts.flatMap((part, i) =>
    part.tags.map(tag => ({ ...tag, timestamp: tag.timestamp + i * 1000 })).sort((a, b) => a.timestamp - b.timestamp),
  )
  const { frames } = await pictures(fileOf(tags), { ...OWN, format: 'I420' })
  const all = (await Promise.all(parts.map(part => decoded(part)))).flat()
  assert.is(frames.length, all.length)
  frames.forEach(({ data }, i) => assert.is(maxDifference(data, all[i]!.data), 0, `picture ${i}`))
})

async function watchedInfo(file: string) {
  await using server = await startRtmpServer({ ...serveWhole(file), then: 'silence' })
  await using capture = new RTMPCapture(server.url(), { ...OWN, decode: false })
  await capture.start()
  return capture.info!.video
}

test.run()
