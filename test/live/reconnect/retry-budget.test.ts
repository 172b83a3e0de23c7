import * as assert from 'uvu/assert'
import { Outages } from '../../../src/live/reconnect/retry-budget'
import { HEALTHY } from '../../../src/core/retry'
import { suite } from '../../support/suite'

const test = suite('outages')

const POLICY = { initialDelay: 1000, maxDelay: 30_000, giveUpAfter: Infinity }
/** All of the delay is waited. */
const ALL = 1 - 2 ** -53
const delay = (outages: Outages, now: number, policy = POLICY, retryable = true): number | null => {
  const next = outages.lost(now, policy, retryable, ALL)
  return next.retry ? next.delay : null
}

test('each failure makes the next delay longer', () => {
  const outages = new Outages(0)
  assert.equal(
    [0, 1, 2].map(now => delay(outages, now)),
    [1000, 1500, 2250],
  )
})

test('a connection that was live for a while begins anew, one that was live for a moment does not', () => {
  const outages = new Outages(0)
  outages.live(10)
  assert.is(delay(outages, 20), 1000)
  outages.live(30)
  assert.is(delay(outages, 30 + HEALTHY - 1), 1500)
  outages.live(200_000)
  assert.is(delay(outages, 200_000 + HEALTHY), 1000)
})

test('giveUpAfter counts from when it was last live, or from the first attempt', () => {
  const policy = { ...POLICY, giveUpAfter: 5000 }
  const outages = new Outages(1000)
  assert.is(delay(outages, 5000, policy), 1000)
  assert.is(delay(outages, 5001, policy), null)
  outages.live(9000)
  assert.is(delay(outages, 100_000, policy), 1000, 'the loss itself is its zero')
  assert.is(delay(outages, 103_500, policy), 1500)
  assert.is(delay(outages, 103_600, policy), null)
})

test('no policy, or a fault that stays: none', () => {
  const outages = new Outages(0)
  assert.equal(outages.lost(1, null, true, 0), { retry: false })
  assert.is(delay(outages, 2, POLICY, false), null)
})

test.run()
