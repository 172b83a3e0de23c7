// suite: deep
import * as assert from 'uvu/assert'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { psnr } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { pictures, type Seen } from '../lib/served'

const test = suite('capture: timestamps', { timeout: 60_000 })

const small = { size: '320x180', audio: null, duration: 3 } as const
const times = (frames: readonly Seen[]) => frames.map(frame => frame.timestamp)

for (const fps of [24000 / 1001, 25, 30000 / 1001, 50, 60]) {
  test(`${fps.toFixed(3)} pictures a second`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...small, fps, gop: 25 })
    const count = (await decodeFrames(file, 'gray')).length
    assert.ok(Math.abs(count - 3 * fps) <= 1, String(count))
    const { frames, info } = await pictures(file)
    assert.is(frames.length, count)
    frames.forEach(({ timestamp, duration, sequence, droppedBefore }, n) => {
      assert.ok(Math.abs(timestamp - (n / fps) * 1e6) <= 1000, `picture ${n} at ${timestamp} µs`)
      assert.ok(Math.abs(duration - 1e6 / fps) <= 1500, `picture ${n} lasts ${duration} µs`)
      assert.equal([sequence, droppedBefore], [n, 0])
    })
    assert.ok(Math.abs(info.video!.fps - fps) < 0.05, `info says ${info.video!.fps}`)
  })
}

for (const dropPolicy of ['block', 'oldest'] as const) {
  test(`B-frames come in the order in which they are shown ('${dropPolicy}')`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...small, fps: 25, bframes: 3, colorspace: 'bt601' })
    const expected = await decodeFrames(file, 'rgb24')
    // A queue for all of them, so that no policy drops any.
    const { frames } = await pictures(file, { dropPolicy, bufferSize: 120 })
    assert.is(frames.length, 75)
    frames.forEach((frame, n) => {
      assert.ok(Math.abs(frame.timestamp - n * 40_000) <= 1000, `picture ${n} at ${frame.timestamp} µs`)
      const decibel = psnr(frame.data, expected[n]!.data)
      assert.ok(decibel >= 45, `picture ${n}: ${decibel} dB`)
    })
  })
}

test('the first picture is at 0 and marked, also when the stream begins later', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, fps: 25 })
  const later = (tag: { timestamp: number }) => ({ ...tag, timestamp: tag.timestamp + 3_600_000 })
  const { frames } = await pictures(file, {}, { edit: tag => [{ ...tag, ...later(tag) }] })
  assert.is(frames.length, 75)
  assert.is(frames[0]!.timestamp, 0)
  assert.equal(
    frames.map(frame => frame.discontinuity),
    frames.map((_, n) => n === 0),
  )
  assert.ok(Math.abs(frames[74]!.timestamp - 74 * 40_000) <= 1000)
})

test('timestamps of a stream that jumps back and repeats itself never go back', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, fps: 25 })
  const { frames } = await pictures(
    file,
    {},
    {
      edit: (tag, index) => {
        if (index > 40 && index < 60) return [{ ...tag, timestamp: tag.timestamp - 500 }]
        return [tag]
      },
    },
  )
  assert.ok(frames.length >= 70, String(frames.length))
  frames.slice(1).forEach(({ timestamp }, i) => {
    assert.ok(timestamp > frames[i]!.timestamp, `picture ${i + 1}: ${timestamp} after ${frames[i]!.timestamp}`)
  })
})

test('fps below the source’s: every slot once, at its exact time', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, fps: 25, colorspace: 'bt601' })
  const expected = await decodeFrames(file, 'rgb24')
  const { frames } = await pictures(file, { fps: 10 })
  assert.equal(
    times(frames),
    Array.from({ length: frames.length }, (_, slot) => slot * 100_000),
  )
  assert.ok(frames.length >= 29 && frames.length <= 31, String(frames.length))
  frames.forEach(({ data, duration }, slot) => {
    assert.is(duration, 100_000)
    // The source picture that is shown at the slot's time, or one of its neighbours.
    const at = slot * 2.5
    const near = [Math.floor(at) - 1, Math.floor(at), Math.ceil(at), Math.ceil(at) + 1]
    const found = near.some(n => expected[n] && psnr(data, expected[n]!.data) >= 45)
    assert.ok(found, `slot ${slot} shows none of pictures ${near}`)
  })
})

test('fps above the source’s: pictures are repeated, slots stay exact', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, fps: 10, colorspace: 'bt601' })
  const { frames } = await pictures(file, { fps: 25 })
  assert.equal(
    times(frames),
    Array.from({ length: frames.length }, (_, slot) => slot * 40_000),
  )
  assert.ok(frames.length >= 73 && frames.length <= 76, String(frames.length))
})

test('fps 29.97: slots are n × 1001 / 30000 s', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, fps: 50 })
  const { frames } = await pictures(file, { fps: 29.97 })
  times(frames).forEach((time, n) => assert.ok(Math.abs(time - (n * 1001e6) / 30_000) <= 1, `slot ${n} at ${time}`))
  assert.ok(frames.length >= 89 && frames.length <= 91, String(frames.length))
})

test('fps of the source itself: every picture once', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, fps: 25, colorspace: 'bt601' })
  const expected = await decodeFrames(file, 'rgb24')
  const { frames } = await pictures(file, { fps: 25 })
  assert.equal(
    times(frames),
    Array.from({ length: 75 }, (_, slot) => slot * 40_000),
  )
  frames.forEach(({ data }, n) => assert.ok(psnr(data, expected[n]!.data) >= 45, `slot ${n} is another picture`))
})

test('a hole in the source is no burst of copies', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, duration: 8, fps: 25, gop: 25 })
  const hole = (timestamp: number) => timestamp >= 2000 && timestamp < 6000
  const { frames } = await pictures(file, { fps: 25 }, { edit: tag => (hole(tag.timestamp) ? [] : [tag]) })
  for (const time of times(frames)) assert.is(time % 40_000, 0)
  times(frames)
    .slice(1)
    .forEach((time, i) => assert.ok(time > frames[i]!.timestamp))
  const inside = times(frames).filter(time => time > 2_040_000 && time < 5_900_000)
  assert.ok(inside.length <= 25, `${inside.length} copies fill the hole`)
  assert.ok(frames.at(-1)!.timestamp > 7_900_000)
})

test.run()
