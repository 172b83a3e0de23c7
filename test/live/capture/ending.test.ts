import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/core/errors'
import { Ending } from '../../../src/live/capture/ending'
import { FakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'

const test = suite("the end of a capture's stream")

function ending(isHeldUp: () => boolean) {
  const clock = new FakeClock()
  const over: string[] = []
  return { clock, over, ending: new Ending(clock, isHeldUp, reason => over.push(reason.code)) }
}

const lost = new RxGstError('ERR_CONNECTION_LOST', 'reset by peer')

test('what came before has half a second', () => {
  const { clock, over, ending: it } = ending(() => false)
  assert.is(it.reason, null)
  it.begin(lost)
  assert.is(it.reason, lost)
  clock.pass(499)
  assert.equal(over, [])
  clock.pass(1)
  assert.equal(over, ['ERR_CONNECTION_LOST'])
})

test('a consumer that holds it up has longer, and not for ever', () => {
  let held = true
  const slow = ending(() => held)
  slow.ending.begin(lost)
  slow.clock.pass(3000)
  assert.equal(slow.over, [])
  held = false
  slow.clock.pass(500)
  assert.equal(slow.over, ['ERR_CONNECTION_LOST'])
  const frozen = ending(() => true)
  frozen.ending.begin(lost)
  frozen.clock.pass(9999)
  assert.equal(frozen.over, [])
  frozen.clock.pass(501)
  assert.equal(frozen.over, ['ERR_CONNECTION_LOST'])
})

test.run()
