// suite: deep
import * as assert from 'uvu/assert'
import type { RTMPOutputOptions } from '../../../src/index'
import { decodeFrames, probe } from '../../support/peers/ffmpeg'
import { psnr } from '../../support/media/picture'
import { readClock } from '../../support/media/picture-clock'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { fromRgb, pattern } from '../lib/pattern'
import { assertConstantRate, breathe, sent } from '../lib/sent'

// What holds for the default encoder holds for the others, and for every preset.
const test = suite('output: encoders', { timeout: 60_000 })

const COUNT = 70

async function check(options: Partial<RTMPOutputOptions>, encoder: string, width = 640, height = 360): Promise<void> {
  const pictures = Array.from({ length: COUNT }, (_, i) => pattern(width, height, i))
  const all = await sent({ width, height, fps: 25, bitrate: '8M', keyframeInterval: 1, ...options }, async output => {
    assert.is(output.info?.encoder, encoder)
    for (const picture of pictures) {
      await output.writeFrame(picture)
      await breathe(output)
    }
    // stop() does not wait for ever.
    await until(() => output.stats().packets === COUNT)
  })
  assertConstantRate(all.video, 25)
  assert.equal(
    all.video.map(({ keyframe }) => keyframe),
    pictures.map((_, i) => i % 25 === 0),
  )
  for (const { pts, dts } of all.video) assert.is(pts, dts)
  const { video } = await probe(all.file)
  assert.equal([video?.codec_name, video?.has_b_frames, video?.pix_fmt], ['h264', 0, 'yuv420p'])
  const bt709 = height > 576
  // OpenH264 in GStreamer writes no colour description: only what was coded can be compared.
  const tagged = encoder === 'x264enc'
  if (tagged) assert.equal([video?.color_space, video?.color_range], [bt709 ? 'bt709' : 'smpte170m', 'tv'])
  const frames = await decodeFrames(all.file, tagged ? 'rgb24' : 'yuv420p')
  assert.is(frames.length, COUNT)
  frames.forEach(({ data }, i) => {
    if (tagged) assert.is(readClock(data, width, height), i)
    const quality = psnr(data, tagged ? pictures[i]! : fromRgb(pictures[i]!, width, height, 'I420', bt709))
    assert.ok(quality >= 35, `picture ${i} has ${quality.toFixed(1)} dB`)
  })
}

for (const preset of ['superfast', 'veryfast', 'medium', 'slow'] as const) {
  test(`x264, ${preset}`, () => check({ preset }, 'x264enc'))
}
for (const preset of ['ultrafast', 'medium'] as const) {
  test(`openh264, ${preset}`, () => check({ vcodec: 'libopenh264', preset }, 'openh264enc'))
}
test('openh264, 1280×720', () => check({ vcodec: 'libopenh264', bitrate: '12M' }, 'openh264enc', 1280, 720))
test('openh264, 270×480: no multiple of a macroblock', () => check({ vcodec: 'libopenh264' }, 'openh264enc', 270, 480))

test.run()
