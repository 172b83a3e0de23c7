import * as assert from 'uvu/assert'
import { nextRetry } from '../../src/core/retry'
import { suite } from '../support/suite'

const test = suite('retry')

const policy = { initialDelay: 1000, maxDelay: 30_000, giveUpAfter: Infinity }
const outage = { failures: 0, downFor: 0, retryable: true }
const ceiling = (failures: number, own = policy): number => {
  const next = nextRetry(own, { ...outage, failures }, 1 - 2 ** -53)
  return next.retry ? next.delay : -1
}

test('the delay grows by half each time, up to its cap', () => {
  assert.equal(
    [0, 1, 2, 3].map(n => ceiling(n)),
    [1000, 1500, 2250, 3375],
  )
  assert.is(ceiling(8), 25_629)
  assert.is(ceiling(9), 30_000)
  assert.is(ceiling(5000), 30_000, 'also after days')
})

test('any part of it may be waited', () => {
  assert.equal(nextRetry(policy, { ...outage, failures: 2 }, 0), { retry: true, delay: 0 })
  assert.equal(nextRetry(policy, { ...outage, failures: 2 }, 0.5), { retry: true, delay: 1125 })
})

test('what will not go right by itself is not tried again', () => {
  assert.equal(nextRetry(policy, { ...outage, retryable: false }, 0.5), { retry: false })
})

test('with finalDelay it is, after that delay, which neither grows nor varies, and not after giveUpAfter', () => {
  const own = { ...policy, finalDelay: 30_000 }
  const final = { ...outage, retryable: false }
  for (const failures of [0, 9])
    assert.equal(nextRetry(own, { ...final, failures }, 0.1), { retry: true, delay: 30_000 })
  assert.equal(nextRetry(own, outage, 0.5), { retry: true, delay: 500 })
  assert.equal(nextRetry({ ...own, giveUpAfter: 29_999 }, final, 0.5), { retry: false })
})

test('reconnect: false', () => {
  assert.equal(nextRetry(null, outage, 0.5), { retry: false })
})

test('it gives up when the next attempt would come after giveUpAfter', () => {
  const own = { ...policy, giveUpAfter: 5000 }
  assert.equal(nextRetry(own, { ...outage, downFor: 4500 }, 0.5), { retry: true, delay: 500 })
  assert.equal(nextRetry(own, { ...outage, downFor: 4501 }, 0.5), { retry: false })
  assert.equal(nextRetry({ ...own, giveUpAfter: 0 }, { ...outage, downFor: 1 }, 0), { retry: false })
})

test.run()
