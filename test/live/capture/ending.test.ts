import * as assert from 'uvu/assert'
import { RxGstError } from '../../../src/core/errors'
import { Ending, type Leaving } from '../../../src/live/capture/ending'
import { FakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'

const test = suite("the end of a capture's stream")

function ending(leaving: () => Partial<Leaving>) {
  const clock = new FakeClock()
  const over: string[] = []
  const all = () => ({ blocked: false, decoded: 0, ...leaving() })
  return { clock, over, ending: new Ending(clock, all, reason => over.push(reason.code)) }
}

const lost = new RxGstError('ERR_CONNECTION_LOST', 'reset by peer')

test('where nothing more comes, the end comes after a second', () => {
  const { clock, over, ending: it } = ending(() => ({}))
  assert.is(it.reason, null)
  it.begin(lost)
  assert.is(it.reason, lost)
  clock.pass(999)
  assert.equal(over, [])
  clock.pass(1)
  assert.equal(over, ['ERR_CONNECTION_LOST'])
})

test('a consumer that holds it up has longer, and not for ever', () => {
  let held = true
  const slow = ending(() => ({ blocked: held }))
  slow.ending.begin(lost)
  slow.clock.pass(3000)
  assert.equal(slow.over, [])
  held = false
  slow.clock.pass(750)
  assert.equal(slow.over, [])
  slow.clock.pass(250)
  assert.equal(slow.over, ['ERR_CONNECTION_LOST'])
  const frozen = ending(() => ({ blocked: true }))
  frozen.ending.begin(lost)
  frozen.clock.pass(9999)
  assert.equal(frozen.over, [])
  frozen.clock.pass(1)
  assert.equal(frozen.over, ['ERR_CONNECTION_LOST'])
})

test('a decoder that still gives something has longer', () => {
  let decoded = 0
  const slow = ending(() => ({ decoded }))
  slow.ending.begin(lost)
  for (; decoded < 5; decoded++) slow.clock.pass(900)
  assert.equal(slow.over, [])
  slow.clock.pass(1250)
  assert.equal(slow.over, ['ERR_CONNECTION_LOST'])
})

test.run()
