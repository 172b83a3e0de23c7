import * as assert from 'uvu/assert'
import { trialFrame } from '../../src/pipelines/trial-picture'
import { psnr } from '../support/media/picture'
import { suite } from '../support/suite'

const test = suite('trialResult-picture')

test('whole pictures, each of them another', () => {
  const pictures = Array.from({ length: 30 }, (_, i) => trialFrame(i, 1280, 720))
  for (const picture of pictures) assert.is(picture.length, (1280 * 720 * 3) / 2)
  // One that comes in place of another is seen: a trial takes 30 dB and more.
  for (let i = 1; i < pictures.length; i++) assert.ok(psnr(pictures[i]!, pictures[i - 1]!) < 28, `${i}`)
})

test('every colour, within what video allows', () => {
  const [width, height] = [64, 48]
  const picture = trialFrame(3, width, height)
  const luma = picture.subarray(0, width * height)
  assert.ok(Math.min(...luma) >= 16 && Math.max(...luma) <= 235)
  const u = new Set(picture.subarray(width * height, (width * height * 5) / 4))
  assert.is(u.size, 7, 'white, black and the ramp have none')
})

test.run()
