import * as assert from 'uvu/assert'
import { deferred } from '../../../src/core/deferred'
import { RxGstError } from '../../../src/core/errors'
import { resolveOutputOptions } from '../../../src/live/options'
import type { EncodeGroup } from '../../../src/live/output/groups/encode-groups'
import { splitTarget } from '../../../src/live/output/target-url'
import { Targets } from '../../../src/live/output/targets'
import { suite } from '../../support/suite'

// The ends of targets: none of them connects.
const test = suite('output: ends of targets')

const ONE = 'rtmp://host/app/one'
const OTHER = 'rtmp://host/app/other'

function targetsOf() {
  const targets = new Targets({ onLive() {}, onLost() {} })
  const options = resolveOutputOptions({ width: 64, height: 64 })
  const [group, otherGroup] = [{ isReady: false }, { isReady: false }] as EncodeGroup[]
  const one = targets.make(splitTarget(ONE), options)
  const other = targets.make(splitTarget(OTHER), options)
  targets.add(one, group!)
  targets.add(other, otherGroup!)
  targets.begin()
  return { targets, one, other, group: group! }
}

async function settled(promise: Promise<unknown>): Promise<boolean> {
  let over = false
  void promise.then(() => (over = true))
  await new Promise(resolve => setImmediate(resolve))
  return over
}

test('the end of all waits for a target that was removed before', async () => {
  const { targets, one } = targetsOf()
  const gone = deferred()
  one.remove = () => gone.promise
  const removed = targets.remove(ONE, 10, 10)
  const ended = targets.end(10)
  assert.is(await settled(ended), false)
  gone.resolve()
  await Promise.all([ended, removed])
})

test('its goodbye is waited for as long as those of the others', async () => {
  const { targets, one } = targetsOf()
  const gone = deferred()
  one.remove = () => gone.promise
  const removed = targets.remove(ONE, 10, 10)
  await targets.drain(10)
  gone.resolve()
  await removed
})

test('targets whose group has failed end at once, and the others stay', async () => {
  const { targets, one, other, group } = targetsOf()
  const ends: string[] = []
  const gone = deferred()
  one.end = async () => (ends.push('one'), gone.promise)
  other.end = async () => void ends.push('other')
  targets.failGroup(group, new RxGstError('ERR_PIPELINE', 'no encoder'))
  assert.equal([one.state.phase, other.state.phase, ends], ['failed', 'connecting', ['one']])
  gone.resolve()
  await targets.end(10)
})

test.run()
