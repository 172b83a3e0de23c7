import * as assert from 'uvu/assert'
import { PushTimes } from '../../../src/engine/run/push-port'
import { suite } from '../../support/suite'

const test = suite('run: timestamps of pushes')

test('the first pipeline has them as they are', () => {
  const times = new PushTimes()
  assert.equal(times.moved({ pts: 5000, dts: -200 }), { pts: 5000, dts: -200 })
  assert.equal(times.moved({ pts: null }), { pts: null })
})

test('a later one begins with the first value that comes, or with the earliest that waits', () => {
  const times = new PushTimes()
  times.renew(null)
  assert.equal(times.moved({ pts: null }), { pts: null }, 'a value without a time says nothing')
  assert.equal(times.moved({ pts: 90_000, dts: 50_000 }), { pts: 0, dts: -40_000 })
  assert.equal(times.moved({ pts: 130_000 }), { pts: 40_000 })
  assert.equal(times.moved({ pts: 80_000 }), { pts: 0 }, 'sound from before the first picture')
  times.renew(200_000)
  assert.equal(times.moved({ pts: 240_000 }), { pts: 40_000 })
})

test.run()
