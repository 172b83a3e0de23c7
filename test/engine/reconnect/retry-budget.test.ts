import * as assert from 'uvu/assert'
import { RetryBudget } from '../../../src/engine/reconnect/retry-budget'
import { HEALTHY } from '../../../src/core/retry'
import { suite } from '../../support/suite'

const test = suite('retry budget')

const POLICY = { initialDelay: 1000, maxDelay: 30_000, giveUpAfter: Infinity }
/** All of the delay is waited. */
const ALL = 1 - 2 ** -53
const delay = (budget: RetryBudget, now: number, policy = POLICY, retryable = true): number | null => {
  const next = budget.lost(now, policy, retryable, ALL)
  return next.retry ? next.delay : null
}

test('each failure makes the next delay longer', () => {
  const budget = new RetryBudget(0)
  assert.equal(
    [0, 1, 2].map(now => delay(budget, now)),
    [1000, 1500, 2250],
  )
})

test('a connection that was live for a while begins anew, one that was live for a moment does not', () => {
  const budget = new RetryBudget(0)
  budget.live(10)
  assert.is(delay(budget, 20), 1000)
  budget.live(30)
  assert.is(delay(budget, 30 + HEALTHY - 1), 1500)
  budget.live(200_000)
  assert.is(delay(budget, 200_000 + HEALTHY), 1000)
})

test('giveUpAfter counts from when it was last live, or from the first attempt', () => {
  const policy = { ...POLICY, giveUpAfter: 5000 }
  const budget = new RetryBudget(1000)
  assert.is(delay(budget, 5000, policy), 1000)
  assert.is(delay(budget, 5001, policy), null)
  budget.live(9000)
  assert.is(delay(budget, 100_000, policy), 1000, 'the loss itself is its zero')
  assert.is(delay(budget, 103_500, policy), 1500)
  assert.is(delay(budget, 103_600, policy), null)
})

test('no policy, or a fault that stays: none', () => {
  const budget = new RetryBudget(0)
  assert.equal(budget.lost(1, null, true, 0), { retry: false })
  assert.is(delay(budget, 2, POLICY, false), null)
})

test.run()
