import * as assert from 'uvu/assert'
import { LONGEST_CONNECTION, progress, type Progress } from '../../../src/live/reconnect/progress'
import { suite } from '../../support/suite'

const test = suite('traffic')

const before: Progress = { packets: 10, bytes: 1000, at: 5 }

test('packets that go in and no byte that comes out: it stands still since then', () => {
  const still = progress(before, { packets: 11, bytes: 1000 }, 100)
  assert.equal(still, before)
  assert.is(progress(still, { packets: 99, bytes: 1000 }, 200).at, 5)
})

test('a single byte is progress', () => {
  assert.equal(progress(before, { packets: 99, bytes: 1001 }, 100), { packets: 99, bytes: 1001, at: 100 })
})

test('where nothing goes in, nothing has to come out', () => {
  assert.is(progress(before, { packets: 10, bytes: 1000 }, 100).at, 100)
  // The next packet has its own time.
  assert.is(progress(progress(before, { packets: 10, bytes: 1000 }, 100), { packets: 11, bytes: 1000 }, 150).at, 100)
})

test('a connection ends in time before its timestamps do', () => {
  assert.ok(LONGEST_CONNECTION < 2 ** 31 - 3_600_000 && LONGEST_CONNECTION > 23 * 86_400_000)
})

test.run()
