// The test programme is a function of its picture number, in every size, and its number can be read back.
import * as assert from 'uvu/assert'
import { drawBanner } from '../../examples/lib/banner'
import { readNumber } from '../../examples/lib/number-strip'
import { createProgramme } from '../../examples/lib/programme'
import { meanLuma } from '../support/media/picture'
import { suite } from '../support/suite'
import { onsets } from '../support/media/audio'

const test = suite('the test programme')

const SIZES = [
  [1280, 720],
  [640, 360],
  [320, 180],
  [480, 640],
  [1920, 1080],
  [16, 16],
] as const

for (const [width, height] of SIZES) {
  test(`draws all of a picture of ${width} × ${height}, the same each time`, () => {
    const programme = createProgramme({ width, height, fps: 30 })
    const [one, two] = [new Uint8Array(width * height * 3), new Uint8Array(width * height * 3).fill(200)]
    programme.draw(77, one)
    programme.draw(78, two)
    assert.not.equal(one, two, 'the next picture is another')
    programme.draw(77, two)
    assert.equal(one, two, 'nothing of what was there shines through')
  })

  test(`a banner fits on ${width} × ${height}`, () => {
    const data = new Uint8Array(width * height * 3)
    const before = data.slice()
    for (let n = 0; n < 90; n += 7) drawBanner({ data, width, height }, n / 30, 'news')
    assert.not.equal(data, before)
  })
}

test('carries its number', () => {
  for (const [width, height] of [
    [1280, 720],
    [320, 180],
    [1920, 1080],
  ] as const) {
    const data = new Uint8Array(width * height * 3)
    const programme = createProgramme({ width, height, fps: 30 })
    for (const n of [0, 1, 255, 256, 65_535, 1_000_000, 2 ** 24 - 1]) {
      programme.draw(n, data)
      assert.is(readNumber({ data, width, height }), n)
    }
  }
})

test('no number is read where there is none', () => {
  for (const value of [0, 16, 128, 255]) {
    const data = new Uint8Array(640 * 360 * 3).fill(value)
    assert.is(readNumber({ data, width: 640, height: 360 }), null)
  }
})

test('flashes and beeps together at every full second', () => {
  const [width, height, fps, rate] = [640, 360, 25, 48_000]
  const programme = createProgramme({ width, height, fps, sampleRate: rate, channels: 1 })
  const data = new Uint8Array(width * height * 3)
  // The middle of the lamp.
  const lamp = { x: 570 - 5, y: 200 - 5, width: 10, height: 10 }
  const flashes: number[] = []
  const sound: number[] = []
  let lit = false
  for (let n = 0; n < 3 * fps; n++) {
    programme.draw(n, data)
    const bright = meanLuma(data, width, height, lamp) > 200
    if (bright && !lit) flashes.push(n / fps)
    lit = bright
    sound.push(...programme.sound(n))
  }
  assert.equal(flashes, [0, 1, 2])
  assert.equal(
    onsets(Float32Array.from(sound), 0.05, rate / 2).map(at => Math.round((at / rate) * 100) / 100),
    [0, 1, 2],
  )
})

test('sounds without a seam at any frame rate', () => {
  for (const fps of [25, 30, 30_000 / 1001, 60, 7]) {
    const programme = createProgramme({ width: 16, height: 16, fps })
    let samples = 0
    for (let n = 0; n < 1000; n++) samples += programme.sound(n).length / 2
    assert.is(samples, Math.round((1000 * 44_100) / fps))
  }
})

test.run()
