// suite: deep
import * as assert from 'uvu/assert'
import type { PixelFormat } from '../../../src/index'
import { decodeFrames, probe } from '../../support/peers/ffmpeg'
import { maxDifference, meanColor, psnr, solid } from '../../support/media/picture'
import { readClock } from '../../support/media/picture-clock'
import { suite } from '../../support/suite'
import { COLOURS, fromRgb, greyToRgb, patches, patchRegion, pattern } from '../lib/pattern'
import { sent } from '../lib/sent'

// What an output sends is what was written, as a foreign decoder sees it.
const test = suite('output: content', { timeout: 60_000 })

const FORMATS: PixelFormat[] = ['RGB', 'RGBA', 'BGRA', 'GRAY8', 'I420', 'NV12']
const COUNT = 12
/** H.264 at this rate is far better; what is lost beyond it is a wrong conversion or a wrong picture. */
const GOOD = 38

async function compare(width: number, height: number, pixelFormat: PixelFormat): Promise<void> {
  const bt709 = height > 576
  const pictures = Array.from({ length: COUNT }, (_, i) => pattern(width, height, i))
  const written = pictures.map(rgb => fromRgb(rgb, width, height, pixelFormat, bt709))
  const bitrate = height > 576 ? '12M' : '8M'
  const { file } = await sent({ width, height, fps: 25, bitrate, pixelFormat }, async output => {
    for (const picture of written) await output.writeFrame(picture)
  })
  const yuv = pixelFormat === 'I420' || pixelFormat === 'NV12'
  const decoded = await decodeFrames(
    file,
    pixelFormat === 'I420' ? 'yuv420p' : pixelFormat === 'NV12' ? 'nv12' : 'rgb24',
  )
  assert.is(decoded.length, COUNT)
  decoded.forEach((frame, i) => {
    assert.equal([frame.width, frame.height], [width, height])
    const expected = yuv ? written[i]! : pixelFormat === 'GRAY8' ? greyToRgb(written[i]!) : pictures[i]!
    const quality = psnr(frame.data, expected)
    assert.ok(quality >= GOOD, `picture ${i} has ${quality.toFixed(1)} dB`)
    if (!yuv) assert.is(readClock(frame.data, width, height), i)
  })
}

for (const format of FORMATS) {
  test(`640×360 ${format}, BT.601`, () => compare(640, 360, format))
}
for (const format of FORMATS) {
  test(`1280×720 ${format}, BT.709`, () => compare(1280, 720, format))
}
for (const [width, height] of [
  [854, 480],
  [1366, 768],
  [270, 480],
  [322, 182],
] as const) {
  test(`${width}×${height}: no multiple of a macroblock`, () => compare(width, height, 'RGB'))
}
test('270×480 I420, whose chroma has an odd width', () => compare(270, 480, 'I420'))
test('322×182 NV12, whose chroma has odd sides', () => compare(322, 182, 'NV12'))

test("the last column and the last row are the picture's own", async () => {
  const [width, height] = [270, 482]
  const rgb = pattern(width, height, 1)
  const { file } = await sent({ width, height, bitrate: '8M' }, async output => {
    for (let i = 0; i < 5; i++) await output.writeFrame(rgb)
  })
  const last = (await decodeFrames(file, 'rgb24')).at(-1)!.data
  const row = (data: Uint8Array) => data.subarray((height - 1) * width * 3)
  const column = (data: Uint8Array) =>
    Uint8Array.from({ length: height * 3 }, (_, i) => data[(Math.floor(i / 3) * width + width - 1) * 3 + (i % 3)]!)
  assert.ok(psnr(row(last), row(rgb)) > 32, `${psnr(row(last), row(rgb))}`)
  assert.ok(psnr(column(last), column(rgb)) > 32, `${psnr(column(last), column(rgb))}`)
})

for (const [width, height, space] of [
  [640, 360, 'smpte170m'],
  [1280, 720, 'bt709'],
] as const) {
  test(`strong colours come back as they were: ${space}`, async () => {
    const rgb = patches(width, height)
    const { file } = await sent({ width, height, bitrate: '8M' }, async output => {
      for (let i = 0; i < 10; i++) await output.writeFrame(rgb)
    })
    assert.is((await probe(file)).video?.color_space, space)
    const { data } = (await decodeFrames(file, 'rgb24')).at(-1)!
    COLOURS.forEach((colour, i) => {
      const found = meanColor(data, width, height, patchRegion(i, width, height))
      const off = Math.max(...found.map((value, channel) => Math.abs(value - colour[channel]!)))
      assert.ok(off <= 4, `${colour.join(',')} became ${found.map(Math.round).join(',')}`)
    })
  })
}

test('black and white are neither crushed nor grey, in every format', async () => {
  const [width, height] = [320, 180]
  for (const pixelFormat of FORMATS) {
    for (const level of [0, 255]) {
      const rgb = solid(width, height, [level, level, level])
      const { file } = await sent({ width, height, pixelFormat }, async output => {
        for (let i = 0; i < 3; i++) await output.writeFrame(fromRgb(rgb, width, height, pixelFormat))
      })
      const yuv = (await decodeFrames(file, 'yuv420p')).at(-1)!.data
      const y = yuv.subarray(0, width * height)
      const off = maxDifference(y, new Uint8Array(y.length).fill(level ? 235 : 16))
      assert.ok(off <= 1, `${pixelFormat} ${level}: off by ${off}`)
      const chroma = yuv.subarray(width * height)
      assert.ok(maxDifference(chroma, new Uint8Array(chroma.length).fill(128)) <= 1, `${pixelFormat} ${level}: tinted`)
    }
  }
})

test.run()
