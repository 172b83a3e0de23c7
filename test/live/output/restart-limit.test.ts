import * as assert from 'uvu/assert'
import { RestartLimit } from '../../../src/live/output/restart-limit'
import { suite } from '../../support/suite'

const test = suite('restart limit')

test('at once, then later and later, and five times within a minute are enough', () => {
  const limit = new RestartLimit()
  assert.equal(
    [0, 100, 200, 300, 400, 500].map(now => limit.next(now)),
    [0, 200, 400, 800, 1600, null],
  )
})

test('what lies more than a minute back is forgotten', () => {
  const limit = new RestartLimit()
  for (let hour = 0; hour < 100; hour++) assert.is(limit.next(hour * 3_600_000), 0)
})

test.run()
