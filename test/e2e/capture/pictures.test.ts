// suite: deep
import * as assert from 'uvu/assert'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { maxDifference, psnr } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { pictures } from '../lib/served'

const test = suite('capture: pictures equal ffmpeg’s', { timeout: 90_000 })

const small = { size: '320x180', fps: 25, audio: null, duration: 1 } as const

for (const colorspace of ['bt601', 'bt709'] as const) {
  test(`RGB of a stream tagged ${colorspace}, limited range`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...small, colorspace })
    const expected = await decodeFrames(file, 'rgb24')
    const { frames } = await pictures(file)
    assert.is(frames.length, 25)
    assert.is(expected.length, 25)
    frames.forEach(({ data, width, height, format }, i) => {
      assert.equal([width, height, format, data.length], [320, 180, 'RGB', 320 * 180 * 3])
      const decibel = psnr(data, expected[i]!.data)
      assert.ok(
        decibel >= 45,
        `picture ${i}: ${decibel} dB, greatest difference ${maxDifference(data, expected[i]!.data)}`,
      )
    })
  })

  for (const [format, theirs] of [
    ['RGBA', 'rgba'],
    ['BGRA', 'bgra'],
  ] as const) {
    test(`${format} of a stream tagged ${colorspace}`, async () => {
      const file = await makeFile(tempFile('in.flv'), { ...small, colorspace })
      const expected = await decodeFrames(file, theirs)
      const { frames } = await pictures(file, { format })
      assert.is(frames.length, expected.length)
      frames.forEach(({ data, ...frame }, i) => {
        assert.equal([frame.format, data.length], [format, 320 * 180 * 4])
        const decibel = psnr(data, expected[i]!.data)
        assert.ok(decibel >= 45, `picture ${i}: ${decibel} dB`)
        for (let at = 3; at < data.length; at += 4)
          if (data[at] !== 255) assert.unreachable(`alpha ${data[at]} at ${at}`)
      })
    })
  }
}

test('GRAY8', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt601' })
  const expected = await decodeFrames(file, 'gray')
  const { frames } = await pictures(file, { format: 'GRAY8' })
  assert.is(frames.length, expected.length)
  frames.forEach(({ data }, i) => {
    const most = maxDifference(data, expected[i]!.data)
    assert.ok(most <= 1, `picture ${i}: greatest difference ${most}`)
  })
})

for (const [format, theirs] of [
  ['I420', 'yuv420p'],
  ['NV12', 'nv12'],
] as const) {
  test(`${format}, byte for byte`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt709' })
    const expected = await decodeFrames(file, theirs)
    const { frames } = await pictures(file, { format })
    assert.is(frames.length, expected.length)
    frames.forEach(({ data }, i) => assert.is(maxDifference(data, expected[i]!.data), 0, `picture ${i}`))
  })
}

for (const [width, height] of [
  [854, 480],
  [1366, 768],
  [270, 480],
] as const) {
  test(`rows are tight at ${width}×${height}`, async () => {
    const size = `${width}x${height}`
    const file = await makeFile(tempFile('in.flv'), {
      ...small,
      size,
      duration: 0.4,
      colorspace: 'bt601',
      bitrate: '3M',
    })
    const [rgb, yuv] = [await decodeFrames(file, 'rgb24'), await decodeFrames(file, 'yuv420p')]
    const { frames, info } = await pictures(file)
    assert.equal([info.video?.width, info.video?.height], [width, height])
    assert.is(frames.length, 10)
    frames.forEach((frame, i) => {
      assert.equal([frame.width, frame.height, frame.data.length], [width, height, width * height * 3])
      const decibel = psnr(frame.data, rgb[i]!.data)
      assert.ok(decibel >= 45, `picture ${i}: ${decibel} dB`)
    })
    const planes = await pictures(file, { format: 'I420' })
    planes.frames.forEach((frame, i) => assert.is(maxDifference(frame.data, yuv[i]!.data), 0, `I420 picture ${i}`))
  })
}

test('pixels are writable, and stay the holder’s own', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt601' })
  const { frames } = await pictures(file)
  const expected = await decodeFrames(file, 'rgb24')
  frames[3]!.data.fill(7)
  assert.ok(frames[3]!.data.every(value => value === 7))
  assert.ok(psnr(frames[4]!.data, expected[4]!.data) >= 45)
})

test.run()
