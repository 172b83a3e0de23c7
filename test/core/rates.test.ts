import * as assert from 'uvu/assert'
import { fpsToFraction } from '../../src/core/rates'
import { suite } from '../support/suite'

const test = suite('frame rates')

test('rates that are written rounded mean n × 1000/1001', () => {
  const bases = { 23.976: 24, 23.98: 24, 23.976024: 24, 29.97: 30, 29.97003: 30, 47.952: 48, 59.94: 60, 119.88: 120 }
  for (const [fps, base] of Object.entries(bases)) assert.equal(fpsToFraction(+fps), { n: base * 1000, d: 1001 }, fps)
  for (const base of [24, 30, 48, 60, 120]) {
    assert.equal(fpsToFraction((base * 1000) / 1001), { n: base * 1000, d: 1001 })
    assert.equal(fpsToFraction(base), { n: base, d: 1 })
  }
})

test('others are the smallest fraction that fits', () => {
  const fractions = {
    ...{ 1: '1/1', 25: '25/1', 50: '50/1', 12.5: '25/2', 7.5: '15/2', 29.5: '59/2' },
    ...{ 33.333: '100/3', 16.667: '50/3', 10.1: '101/10', 24.99: '2499/100', 1.001: '1001/1000' },
  }
  for (const [fps, expected] of Object.entries(fractions)) {
    const { n, d } = fpsToFraction(Number(fps))
    assert.is(`${n}/${d}`, expected, fps)
  }
})

test('is never off by more than rounding', () => {
  for (let fps = 1; fps <= 120; fps += 0.0137) {
    const { n, d } = fpsToFraction(fps)
    assert.ok(Number.isInteger(n) && Number.isInteger(d) && d >= 1 && d <= 1001)
    assert.ok(Math.abs(n / d - fps) <= 0.005, `${fps} became ${n}/${d}`)
  }
})

test.run()
