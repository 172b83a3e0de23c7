import * as assert from 'uvu/assert'
import { makeFile } from '../../support/peers/ffmpeg'
import { exec } from '../../support/child'
import { psnr } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { pictures } from '../lib/served'

const test = suite('capture: scaling', { timeout: 60_000 })

const source = { size: '640x360', fps: 25, audio: null, duration: 0.4, colorspace: 'bt601', bitrate: '3M' } as const

/** The first picture of a file, scaled by ffmpeg, which averages areas when shrinking. */
async function scaled(file: string, width: number, height: number, pixFmt = 'rgb24'): Promise<Buffer> {
  const filter = `scale=${width}:${height}:flags=area,format=${pixFmt}`
  const args = ['-v', 'error', '-nostdin', '-i', file, '-frames:v', '1', '-vf', filter, '-f', 'rawvideo', 'pipe:1']
  return (await exec('ffmpeg', args)).stdout
}

const cases = [
  { ask: { width: 320, height: 180 }, get: [320, 180] },
  { ask: { width: 160, height: 90 }, get: [160, 90] },
  { ask: { width: 426, height: 240 }, get: [426, 240] },
  { ask: { width: 960, height: 540 }, get: [960, 540] },
  { ask: { width: 300, height: 300 }, get: [300, 300] },
  { ask: { width: 320 }, get: [320, 180] },
  { ask: { height: 180 }, get: [320, 180] },
  { ask: { width: 1280, height: null }, get: [1280, 720] },
  { ask: { width: 640, height: 360 }, get: [640, 360] },
] as const

for (const { ask, get } of cases) {
  test(`${JSON.stringify(ask)} gives ${get.join('×')}`, async () => {
    const file = await makeFile(tempFile('in.flv'), source)
    const [width, height] = get
    const { frames, info } = await pictures(file, ask)
    assert.is(frames.length, 10)
    for (const frame of frames)
      assert.equal([frame.width, frame.height, frame.data.length], [width, height, width * height * 3])
    // What the stream carries, not what it is scaled to.
    assert.equal([info.video?.width, info.video?.height], [640, 360])
    const decibel = psnr(frames[0]!.data, await scaled(file, width, height))
    assert.ok(decibel >= 30, `${decibel} dB`)
  })
}

test('one dimension keeps the aspect ratio of an odd source, to a pixel or two', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, size: '270x480' })
  const { frames } = await pictures(file, { height: 200 })
  assert.is(frames[0]!.height, 200)
  assert.ok(Math.abs(frames[0]!.width - (270 * 200) / 480) <= 2, String(frames[0]!.width))
})

for (const [format, theirs, bytes] of [
  ['RGBA', 'rgba', 4],
  ['GRAY8', 'gray', 1],
  ['I420', 'yuv420p', 1.5],
  ['NV12', 'nv12', 1.5],
] as const) {
  test(`scaled ${format}`, async () => {
    const file = await makeFile(tempFile('in.flv'), source)
    const { frames } = await pictures(file, { format, width: 320, height: 180 })
    assert.is(frames[0]!.data.length, 320 * 180 * bytes)
    const decibel = psnr(frames[0]!.data, await scaled(file, 320, 180, theirs))
    assert.ok(decibel >= 30, `${decibel} dB`)
  })
}

test('an odd size in a format with half chroma', async () => {
  const file = await makeFile(tempFile('in.flv'), source)
  const { frames } = await pictures(file, { format: 'I420', width: 321, height: 181 })
  assert.is(frames[0]!.data.length, 321 * 181 + 2 * 161 * 91)
})

test('scaling and fps together', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...source, duration: 2 })
  const { frames } = await pictures(file, { width: 320, height: 180, fps: 5 })
  assert.equal(
    frames.map(frame => frame.timestamp),
    frames.map((_, n) => n * 200_000),
  )
  assert.ok(Math.abs(frames.length - 10) <= 1)
  const [first] = frames
  assert.ok(psnr(first!.data, await scaled(file, 320, 180)) >= 30)
})

test.run()
