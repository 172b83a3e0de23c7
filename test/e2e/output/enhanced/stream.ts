import * as assert from 'uvu/assert'
import type { RTMPOutput, RTMPOutputOptions } from '../../../../src/index'
import { decodeFrames, probe } from '../../../support/peers/ffmpeg'
import { psnr } from '../../../support/media/picture'
import { readClock } from '../../../support/media/picture-clock'
import { suite, type Suite } from '../../../support/suite'
import { until } from '../../../support/until'
import type { EnhancedCodec, EnhancedPicture, EnhancedStream } from '../../lib/enhanced'
import { pattern } from '../../lib/pattern'
import { assertConstantRate, assertGapless, breathe, sent, type Sent } from '../../lib/sent'

export const FPS = 25
const optionsOf = ({ vcodec }: Pick<RTMPOutputOptions, 'vcodec'>) =>
  ({ width: 320, height: 180, fps: FPS, bitrate: '800k', keyframeInterval: 1, vcodec }) as const

type Streamed<P extends EnhancedPicture> = Sent & { stream: EnhancedStream<P> }

/** What an output of numbered pictures sends. */
export async function sendPictures<P extends EnhancedPicture>(
  codec: EnhancedCodec<P>,
  count: number,
  more: Partial<RTMPOutputOptions> = {},
  onOutput: (output: RTMPOutput) => void = () => {},
): Promise<Streamed<P>> {
  const options = { ...optionsOf(codec), ...more }
  const pictures = Array.from({ length: count }, (_, i) => pattern(options.width, options.height, i))
  const all = await sent(options, async output => {
    onOutput(output)
    for (const picture of pictures) {
      await output.writeFrame(picture)
      await breathe(output)
    }
    // stop() does not wait for ever.
    await until(() => output.stats().packets === count)
  })
  return { ...all, stream: codec.read(all.connection.tags) }
}

/** Each picture as it was written, by its number and its look. */
export async function assertPictures<P extends EnhancedPicture>(
  codec: EnhancedCodec<P>,
  stream: EnhancedStream<P>,
  width: number,
  height: number,
  count: number,
  least = 35,
): Promise<void> {
  const frames = await decodeFrames(codec.file(stream), 'rgb24')
  assert.is(frames.length, count)
  frames.forEach(({ data }, i) => {
    if (width >= 320) assert.is(readClock(data, width, height), i)
    const quality = psnr(data, pattern(width, height, i))
    assert.ok(quality >= least, `picture ${i} has ${quality.toFixed(1)} dB`)
  })
}

/** 70 pictures: what does not lie in the codec's own units is asserted here, the rest is returned. */
export async function sendWhole<P extends EnhancedPicture>(
  codec: EnhancedCodec<P>,
  /** First bytes of the tags of the configuration and of the first picture, in hexadecimal digits. */
  heads: readonly [string, string],
): Promise<EnhancedStream<P>> {
  let info: RTMPOutput['info'] = null
  const { connection, stream, video, audio, metadata } = await sendPictures(
    codec,
    70,
    { bitrate: '4M' },
    output => (info = output.info),
  )
  const { codec: told, encoder, encoderReason } = info!
  assert.equal([told, encoder, encoderReason], [codec.codec, codec.encoder, null])
  assert.equal([metadata.videocodecid, metadata.audiocodecid], [Buffer.from(codec.fourCC).readUInt32BE(), 10])
  assert.equal([metadata.width, metadata.height, metadata.framerate], [320, 180, FPS])
  const { fourCcList } = connection.connectArguments as { fourCcList: string[] }
  assert.ok(fourCcList.includes(codec.fourCC))
  // The headers of both come before the first picture.
  const types = connection.tags.slice(0, 4).map(({ type, data }) => `${type} ${data[0]!.toString(16)}`)
  assert.equal(types, ['script 2', 'audio af', `video ${heads[0]}`, `video ${heads[1]}`], types.join())
  assert.equal([stream.records.length, stream.pictures.length], [1, 70])
  assertConstantRate(video, FPS)
  assertGapless(audio, 44_100)
  const { video: probed, frames } = await probe(codec.file(stream), { seconds: 1000, show: 'frames' })
  assert.equal([probed?.codec_name, probed?.profile, probed?.has_b_frames], [codec.codec, 'Main', 0])
  const shown = frames.filter(({ media_type }) => media_type === 'video').map(({ pict_type }) => pict_type)
  assert.equal(
    shown,
    Array.from({ length: 70 }, (_, i) => (i % FPS === 0 ? 'I' : 'P')),
  )
  await assertPictures(codec, stream, 320, 180, 70)
  return stream
}

/** The tests of what leaves an output that codecs of Enhanced RTMP share: read by the tests, decoded by ffmpeg. */
export function suiteOfStream<P extends EnhancedPicture>(codec: EnhancedCodec<P>): Suite {
  const test = suite(`output: ${codec.name}`, { timeout: 120_000 })
  const options = optionsOf(codec)
  const send = (count: number, more: Partial<RTMPOutputOptions> = {}): Promise<Streamed<P>> =>
    sendPictures(codec, count, more)

  test('colours are tagged, in range, matrix, primaries and transfer', async () => {
    for (const [width, height, space] of [
      [320, 180, 'smpte170m'],
      [1280, 720, 'bt709'],
    ] as const) {
      const { stream } = await send(3, { width, height, bitrate: '6M' })
      const { video } = await probe(codec.file(stream))
      assert.equal([video?.width, video?.height], [width, height])
      assert.equal([video?.color_range, video?.color_space, video?.pix_fmt], ['tv', space, 'yuv420p'])
      assert.match(String(video?.color_primaries), space === 'bt709' ? /^bt709$/ : /^(smpte170m|bt470bg)$/)
      assert.match(String(video?.color_transfer), space === 'bt709' ? /^bt709$/ : /^(smpte170m|bt709|bt601)$/)
      await assertPictures(codec, stream, width, height, 3)
    }
  })

  for (const preset of ['superfast', 'veryfast', 'medium'] as const) {
    test(`the preset ${preset}`, async () => {
      const { stream, video } = await send(40, { preset, bitrate: '4M' })
      assertConstantRate(video, FPS)
      assert.equal(
        stream.pictures.map(({ key }) => key),
        Array.from({ length: 40 }, (_, i) => i % FPS === 0),
      )
      await assertPictures(codec, stream, 320, 180, 40)
    })
  }

  for (const [width, height] of [
    [16, 16],
    [66, 34],
    [270, 480],
    [720, 576],
  ] as const) {
    test(`${width} × ${height}`, async () => {
      const { stream } = await send(12, { width, height, bitrate: '6M' })
      // libaom begins with coarse pictures where there are few blocks.
      await assertPictures(codec, stream, width, height, 12, codec.encoder === 'av1enc' && width < 64 ? 20 : 28)
    })
  }

  for (const fps of [23.976, 29.97, 60]) {
    test(`${fps} fps: keyframes are as far apart as in H.264`, async () => {
      const { stream, video } = await send(70, { fps, keyframeInterval: 0.5 })
      const gop = Math.round(fps / 2)
      assert.equal(
        stream.pictures.map(({ key }) => key),
        Array.from({ length: 70 }, (_, i) => i % gop === 0),
      )
      const exact = { 23.976: 24000 / 1001, 29.97: 30000 / 1001, 60: 60 }[fps]!
      assertConstantRate(video, exact)
    })
  }

  test('stamps: one a picture, before its picture data, as old as the write; decoders are not disturbed', async () => {
    const from = Date.now()
    const { stream } = await send(50, { stampLatency: true, bitrate: '4M' })
    const to = Date.now()
    const stamps = stream.pictures.map(codec.stampOf)
    stamps.forEach((stamp, i) => {
      assert.ok(stamp !== null && stamp >= from - 5 && stamp <= to + 5, `picture ${i}: ${stamp} of ${from} to ${to}`)
      assert.ok(i === 0 || stamp >= stamps[i - 1]!, `picture ${i}: ${stamps[i - 1]} → ${stamp}`)
    })
    await assertPictures(codec, stream, 320, 180, 50)
    const { stream: without } = await send(5)
    assert.equal(without.pictures.map(codec.stampOf), Array(5).fill(null))
  })

  test("'cbr' sends what was asked for, by filler behind the pictures that decoders skip", async () => {
    const bitrate = 1_500_000
    const seconds = 6
    let filler = 0
    const still = pattern(320, 180, 7)
    const { connection } = await sent({ ...options, bitrate, rateControl: 'cbr', stampLatency: true }, async output => {
      for (let i = 0; i < seconds * FPS; i++) {
        await output.writeFrame(still)
        await breathe(output)
      }
      await until(() => output.stats().packets === seconds * FPS)
      filler = output.stats().filler
    })
    const tags = connection.tags.filter(({ type }) => type === 'video')
    const rate = (tags.reduce((sum, { data }) => sum + data.length, 0) * 8) / seconds
    assert.ok(Math.abs(rate - bitrate) < 0.05 * bitrate, `${rate} bit/s`)
    assert.ok(filler * 8 > 0.5 * bitrate * (seconds - 1), `${filler} bytes of filler`)
    const stream = codec.read(connection.tags)
    for (const picture of stream.pictures) {
      const types = codec.typesOf(picture)
      const at = types.indexOf(codec.filler)
      assert.ok(at === -1 || at === types.length - 1, types.join())
    }
    const frames = await decodeFrames(codec.file(stream), 'rgb24')
    assert.is(frames.length, seconds * FPS)
    for (const { data } of frames) assert.is(readClock(data, 320, 180), 7)
  })

  test("'capped' is a limit: noise takes no more than 1.4 times the bitrate in any second", async () => {
    const [width, height, bitrate] = [640, 360, 1_500_000]
    const noises = Array.from({ length: 8 }, () =>
      Uint8Array.from({ length: width * height * 3 }, () => 96 + Math.random() * 64),
    )
    const { connection } = await sent({ ...options, width, height, bitrate }, async output => {
      for (let i = 0; i < 4 * FPS; i++) {
        await output.writeFrame(noises[i % noises.length]!)
        await breathe(output)
      }
    })
    const sizes = codec.read(connection.tags).pictures.map(codec.bytesOf)
    const seconds = sizes.slice(FPS).map((_, i) => sizes.slice(i, i + FPS).reduce((sum, size) => sum + size, 0) * 8)
    const fullest = Math.max(...seconds) / bitrate
    assert.ok(fullest > 0.7 && fullest < 1.4, `the fullest second has ${fullest.toFixed(2)} times its share`)
  })

  return test
}
