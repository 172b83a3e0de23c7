import * as assert from 'uvu/assert'
import { FlapGuard } from '../../src/monitor/flap-guard'
import { suite } from '../support/suite'

const test = suite('flap guard')
const MINUTE = 60_000

const noting = (...minutes: number[]): FlapGuard => {
  const guard = new FlapGuard()
  for (const minute of minutes) guard.note(minute * MINUTE)
  return guard
}

test('four changes within 5 minutes flap, three do not', () => {
  assert.not.ok(noting(0, 1, 2).flapping)
  assert.ok(noting(0, 1, 2, 3).flapping)
  assert.ok(noting(0, 1, 2, 4.9).flapping)
  assert.not.ok(noting(0, 1, 2, 5).flapping)
  assert.not.ok(noting(0, 2, 4, 6, 8, 10).flapping)
})

test('it flaps until nothing has changed for 5 minutes', () => {
  const guard = noting(0, 1, 2, 3)
  guard.note(7 * MINUTE)
  guard.tick(11.9 * MINUTE)
  assert.ok(guard.flapping)
  guard.tick(12 * MINUTE)
  assert.not.ok(guard.flapping)
})

test('changes that a clock left in the future are forgotten', () => {
  const guard = noting(100, 101, 102)
  guard.note(1 * MINUTE)
  assert.not.ok(guard.flapping)
})

test.run()
