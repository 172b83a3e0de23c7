// suite: deep
import * as assert from 'uvu/assert'
import type { RTMPOutput, RTMPOutputOptions } from '../../../../src/index'
import { decodeFrames, probe } from '../../../support/peers/ffmpeg'
import { psnr } from '../../../support/media/picture'
import { readClock } from '../../../support/media/picture-clock'
import { suite } from '../../../support/suite'
import { until } from '../../../support/until'
import { framesOf, OBU, readAv1, readRecord, stampOf, temporalUnits, type Av1Stream } from '../../lib/av1'
import { pattern } from '../../lib/pattern'
import { pictures } from '../../lib/served'
import { assertConstantRate, assertGapless, breathe, sent, type Sent } from '../../lib/sent'

// What leaves an output of AV1: read by a reader of the tests' own, decoded by ffmpeg.
const test = suite('output: AV1', { timeout: 120_000 })

const FPS = 25
const OPTIONS = {
  width: 320,
  height: 180,
  fps: FPS,
  bitrate: '800k',
  keyframeInterval: 1,
  vcodec: 'libaom-av1',
} as const

async function stream(
  count: number,
  more: Partial<RTMPOutputOptions> = {},
  onOutput: (output: RTMPOutput) => void = () => {},
): Promise<Sent & { av1: Av1Stream }> {
  const options = { ...OPTIONS, ...more }
  const pictures = Array.from({ length: count }, (_, i) => pattern(options.width, options.height, i))
  const all = await sent(options, async output => {
    onOutput(output)
    for (const picture of pictures) {
      await output.writeFrame(picture)
      await breathe(output)
    }
  })
  return { ...all, av1: readAv1(all.connection.tags) }
}

/** Each picture as it was written, by its number and its look. */
async function assertPictures(av1: Av1Stream, width: number, height: number, count: number, least = 35): Promise<void> {
  const frames = await decodeFrames(temporalUnits(av1), 'rgb24')
  assert.is(frames.length, count)
  frames.forEach(({ data }, i) => {
    if (width >= 320) assert.is(readClock(data, width, height), i)
    const quality = psnr(data, pattern(width, height, i))
    assert.ok(quality >= least, `picture ${i} has ${quality.toFixed(1)} dB`)
  })
}

test('FourCC tags, metadata, configuration; keyframes where asked for', async () => {
  let info: RTMPOutput['info'] = null
  const { connection, av1, video, audio, metadata } = await stream(
    70,
    { bitrate: '4M' },
    output => (info = output.info),
  )
  const { codec, encoder, encoderReason } = info!
  assert.equal([codec, encoder, encoderReason], ['av1', 'av1enc', null])
  assert.equal([metadata.videocodecid, metadata.audiocodecid], [1635135537, 10])
  assert.equal([metadata.width, metadata.height, metadata.framerate], [320, 180, FPS])
  const { fourCcList } = connection.connectArguments as { fourCcList: string[] }
  assert.ok(fourCcList.includes('av01'))
  // The headers of both come before the first picture.
  const types = connection.tags.slice(0, 4).map(({ type, data }) => `${type} ${data[0]!.toString(16)}`)
  assert.equal(types, ['script 2', 'audio af', 'video 90', 'video 91'], types.join())

  assert.is(av1.records.length, 1)
  const { profile, level, flags, obus } = readRecord(av1.records[0]!)
  // 8 bits, 4:2:0, chroma between two lines.
  assert.equal([profile, flags, obus.map(({ type }) => type)], [0, 0b1101, [OBU.sequence]])
  assert.ok(level <= 8, `level ${level}`)

  assert.is(av1.pictures.length, 70)
  av1.pictures.forEach(picture => {
    const i = av1.pictures.indexOf(picture)
    const types = picture.obus.map(({ type }) => type)
    assert.equal(types, i % FPS === 0 ? [OBU.sequence, OBU.frame] : [OBU.frame], `picture ${i}`)
    assert.equal(framesOf(picture), [{ type: i % FPS === 0 ? 0 : 1, shown: true }], `picture ${i}`)
    assert.is(picture.key, i % FPS === 0, `picture ${i}`)
    // Files hold the sequence header that the record has.
    if (picture.key) assert.equal(picture.obus[0]!.bytes, obus[0]!.bytes)
  })
  assertConstantRate(video, FPS)
  assertGapless(audio, 44_100)
  const { video: probed } = await probe(temporalUnits(av1), { seconds: 1000 })
  assert.equal([probed?.codec_name, probed?.profile, probed?.has_b_frames], ['av1', 'Main', 0])
  await assertPictures(av1, 320, 180, 70)
})

test('colours are tagged, in range, matrix, primaries and transfer', async () => {
  for (const [width, height, space] of [
    [320, 180, 'smpte170m'],
    [1280, 720, 'bt709'],
  ] as const) {
    const { av1 } = await stream(3, { width, height, bitrate: '6M' })
    const { video } = await probe(temporalUnits(av1))
    assert.equal([video?.width, video?.height], [width, height])
    assert.equal([video?.color_range, video?.color_space, video?.pix_fmt], ['tv', space, 'yuv420p'])
    assert.match(String(video?.color_primaries), space === 'bt709' ? /^bt709$/ : /^(smpte170m|bt470bg)$/)
    assert.match(String(video?.color_transfer), space === 'bt709' ? /^bt709$/ : /^(smpte170m|bt709|bt601)$/)
    await assertPictures(av1, width, height, 3)
  }
})

test('a capture decodes every picture, in its colours, with stamps and padding in it', async () => {
  for (const [width, height, count] of [
    [320, 180, 40],
    [1280, 720, 8],
  ] as const) {
    const more = { width, height, bitrate: '6M', stampLatency: true, rateControl: 'cbr' } as const
    const { file } = await stream(count, more)
    const { frames, info } = await pictures(file, { connectTimeout: 20_000, gpuAcceleration: false })
    assert.equal([info.video!.codec, info.video!.width, info.video!.height], ['av1', width, height])
    assert.is(frames.length, count)
    frames.forEach(({ data }, i) => {
      assert.is(readClock(data, width, height), i)
      const quality = psnr(data, pattern(width, height, i))
      assert.ok(quality >= 35, `picture ${i} has ${quality.toFixed(1)} dB`)
    })
  }
})

for (const preset of ['superfast', 'veryfast', 'medium'] as const) {
  test(`the preset ${preset}`, async () => {
    const { av1, video } = await stream(40, { preset, bitrate: '4M' })
    assertConstantRate(video, FPS)
    assert.equal(
      av1.pictures.map(({ key }) => key),
      Array.from({ length: 40 }, (_, i) => i % FPS === 0),
    )
    await assertPictures(av1, 320, 180, 40)
  })
}

for (const [width, height] of [
  [16, 16],
  [66, 34],
  [270, 480],
  [720, 576],
] as const) {
  test(`${width} × ${height}`, async () => {
    const { av1 } = await stream(12, { width, height, bitrate: '6M' })
    // libaom begins with coarse pictures where there are few blocks.
    await assertPictures(av1, width, height, 12, width < 64 ? 20 : 28)
  })
}

for (const fps of [23.976, 29.97, 60]) {
  test(`${fps} fps: keyframes are as far apart as in H.264`, async () => {
    const { av1, video } = await stream(70, { fps, keyframeInterval: 0.5 })
    const gop = Math.round(fps / 2)
    assert.equal(
      av1.pictures.map(({ key }) => key),
      Array.from({ length: 70 }, (_, i) => i % gop === 0),
    )
    const exact = { 23.976: 24000 / 1001, 29.97: 30000 / 1001, 60: 60 }[fps]!
    assertConstantRate(video, exact)
  })
}

test('stamps: one a picture, before its frames, as old as the write; decoders are not disturbed', async () => {
  const from = Date.now()
  const { av1 } = await stream(50, { stampLatency: true, bitrate: '4M' })
  const to = Date.now()
  const stamps = av1.pictures.map(stampOf)
  stamps.forEach((stamp, i) => {
    assert.ok(stamp !== null && stamp >= from - 5 && stamp <= to + 5, `picture ${i}: ${stamp} of ${from} to ${to}`)
    assert.ok(i === 0 || stamp >= stamps[i - 1]!, `picture ${i}: ${stamps[i - 1]} → ${stamp}`)
  })
  await assertPictures(av1, 320, 180, 50)
  const { av1: without } = await stream(5)
  assert.equal(without.pictures.map(stampOf), Array(5).fill(null))
})

test("'cbr' sends what was asked for, by padding behind the pictures that decoders skip", async () => {
  const bitrate = 1_500_000
  const seconds = 6
  let filler = 0
  const still = pattern(320, 180, 7)
  const { connection } = await sent({ ...OPTIONS, bitrate, rateControl: 'cbr', stampLatency: true }, async output => {
    for (let i = 0; i < seconds * FPS; i++) {
      await output.writeFrame(still)
      await breathe(output)
    }
    await until(() => output.stats().packets >= (seconds - 1) * FPS)
    filler = output.stats().filler
  })
  const tags = connection.tags.filter(({ type }) => type === 'video')
  const rate = (tags.reduce((sum, { data }) => sum + data.length, 0) * 8) / seconds
  assert.ok(Math.abs(rate - bitrate) < 0.05 * bitrate, `${rate} bit/s`)
  assert.ok(filler * 8 > 0.5 * bitrate * (seconds - 1), `${filler} bytes of filler`)
  const av1 = readAv1(connection.tags)
  for (const { obus } of av1.pictures) {
    const types = obus.map(({ type }) => type)
    const at = types.indexOf(OBU.padding)
    assert.ok(at === -1 || at === types.length - 1, types.join())
  }
  const frames = await decodeFrames(temporalUnits(av1), 'rgb24')
  assert.is(frames.length, seconds * FPS)
  for (const { data } of frames) assert.is(readClock(data, 320, 180), 7)
})

test("'capped' is a limit: noise takes no more than 1.4 times the bitrate in any second", async () => {
  const [width, height, bitrate] = [640, 360, 1_500_000]
  const noises = Array.from({ length: 8 }, () =>
    Uint8Array.from({ length: width * height * 3 }, () => 96 + Math.random() * 64),
  )
  const { connection } = await sent({ ...OPTIONS, width, height, bitrate }, async output => {
    for (let i = 0; i < 4 * FPS; i++) {
      await output.writeFrame(noises[i % noises.length]!)
      await breathe(output)
    }
  })
  const sizes = readAv1(connection.tags).pictures.map(({ obus }) =>
    obus.reduce((sum, { bytes }) => sum + bytes.length, 0),
  )
  const seconds = sizes.slice(FPS).map((_, i) => sizes.slice(i, i + FPS).reduce((sum, size) => sum + size, 0) * 8)
  const fullest = Math.max(...seconds) / bitrate
  assert.ok(fullest > 0.7 && fullest < 1.4, `the fullest second has ${fullest.toFixed(2)} times its share`)
})

test.run()
