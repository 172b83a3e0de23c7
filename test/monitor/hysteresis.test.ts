import * as assert from 'uvu/assert'
import { nextState, OK, type RuleState, type Verdict } from '../../src/monitor/hysteresis'
import { suite } from '../support/suite'

const test = suite('hysteresis')

const BAD: Verdict = { raise: true, clear: false }
const BETWEEN: Verdict = { raise: false, clear: false }
const GOOD: Verdict = { raise: false, clear: true }
const NONE: Verdict = null
const times = { raiseFor: 100, clearFor: 50 }
const at = (phase: RuleState['phase'], since = 1000): RuleState => ({ phase, since })

/** from (since 1000), verdict, now → phase, since */
const TABLE: readonly [RuleState['phase'], string, Verdict, number, RuleState['phase'], number][] = [
  ['ok', 'good', GOOD, 1100, 'ok', 1000],
  ['ok', 'between', BETWEEN, 1100, 'ok', 1000],
  ['ok', 'bad', BAD, 1100, 'pending', 1100],
  ['ok', 'no value', NONE, 1100, 'ok', 1000],
  ['pending', 'bad, not long enough', BAD, 1099, 'pending', 1000],
  ['pending', 'bad for its time', BAD, 1100, 'firing', 1100],
  ['pending', 'between', BETWEEN, 1100, 'ok', 0],
  ['pending', 'good', GOOD, 1100, 'ok', 0],
  ['pending', 'no value', NONE, 1100, 'ok', 0],
  ['firing', 'bad', BAD, 1100, 'firing', 1000],
  ['firing', 'between', BETWEEN, 1100, 'firing', 1000],
  ['firing', 'good', GOOD, 1100, 'clearing', 1100],
  ['firing', 'no value', NONE, 1100, 'firing', 1000],
  ['clearing', 'good, not long enough', GOOD, 1049, 'clearing', 1000],
  ['clearing', 'good for its time', GOOD, 1050, 'ok', 0],
  ['clearing', 'between', BETWEEN, 1050, 'firing', 1050],
  ['clearing', 'bad', BAD, 1050, 'firing', 1050],
  ['clearing', 'no value', NONE, 1050, 'firing', 1050],
]

for (const [phase, what, verdict, now, next, since] of TABLE) {
  test(`${phase}, ${what} → ${next}`, () => {
    assert.equal(nextState(at(phase), verdict, now, times), at(next, since))
  })
}

test('without times both happen at once', () => {
  const atOnce = { raiseFor: 0, clearFor: 0 }
  assert.is(nextState(OK, BAD, 7, atOnce).phase, 'firing')
  assert.is(nextState(at('firing'), GOOD, 7, atOnce).phase, 'ok')
})

test.run()
