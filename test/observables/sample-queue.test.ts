import * as assert from 'uvu/assert'
import { SampleQueue } from '../../src/observables/sample-queue'
import { suite } from '../support/suite'
import { ramp } from './fake-media'

const test = suite('sample-queue')

function filled(...chunks: [position: number, count: number, discontinuity?: boolean][]): SampleQueue {
  const queue = new SampleQueue(10)
  for (const [position, count, discontinuity = false] of chunks)
    queue.push(ramp(position, count), position, 1000, 1, discontinuity)
  return queue
}

const taken = (queue: SampleQueue, from: number, to: number) => {
  const { samples, discontinuity, missing } = queue.take(from, to, 1)
  return { samples: [...samples], discontinuity, missing }
}

test('an empty queue has no ends, and gives silence', () => {
  const queue = new SampleQueue(10)
  assert.equal([queue.start, queue.end], [null, null])
  assert.equal(taken(queue, 0, 3), { samples: [0, 0, 0], discontinuity: true, missing: 3 })
  assert.equal(taken(queue, 5, 5), { samples: [], discontinuity: false, missing: 0 })
})

test('what goes in comes out, in any lengths', () => {
  for (const step of [1, 2, 3, 7, 10, 30]) {
    const queue = filled([0, 7], [7, 13], [20, 10])
    const all: number[] = []
    for (let at = 0; at < 30; at += step) {
      const { samples, discontinuity, missing } = taken(queue, at, Math.min(30, at + step))
      assert.equal([discontinuity, missing], [false, 0])
      all.push(...samples)
    }
    assert.equal(all, [...ramp(0, 30)], `in steps of ${step}`)
    assert.is(queue.start, null)
  }
})

test('start and end follow what is taken', () => {
  const queue = filled([100, 10], [110, 10])
  assert.equal([queue.start, queue.end], [100, 120])
  queue.take(100, 104, 1)
  assert.equal([queue.start, queue.end], [104, 120])
  queue.take(104, 112, 1)
  assert.equal([queue.start, queue.end], [112, 120])
})

test('channels stay together', () => {
  const queue = new SampleQueue(10)
  queue.push(ramp(0, 5, 2), 0, 1000, 2, false)
  queue.push(ramp(5, 5, 2), 5, 1000, 2, false)
  assert.equal([...queue.take(0, 3, 2).samples], [...ramp(0, 3, 2)])
  assert.equal([...queue.take(3, 10, 2).samples], [...ramp(3, 7, 2)])
})

test('a hole is silence of its length, and said', () => {
  const queue = filled([0, 2], [5, 2])
  assert.equal(taken(queue, 0, 7), { samples: [0, 1, 0, 0, 0, 5, 6], discontinuity: true, missing: 3 })
})

test('what has not come yet is silence, and said', () => {
  assert.equal(taken(filled([0, 2]), 0, 4), { samples: [0, 1, 0, 0], discontinuity: true, missing: 2 })
})

test('what begins later is preceded by silence', () => {
  assert.equal(taken(filled([3, 2]), 1, 5), { samples: [0, 0, 3, 4], discontinuity: true, missing: 2 })
})

test('what lies before the part taken is gone', () => {
  const queue = filled([0, 10])
  assert.equal(taken(queue, 4, 6).samples, [4, 5])
  assert.is(queue.start, 6)
  assert.equal(taken(queue, 0, 2).missing, 2)
})

test('a discontinuity is said once, by what holds its seam', () => {
  const queue = filled([0, 4], [4, 4, true], [8, 4])
  assert.is(taken(queue, 0, 4).discontinuity, false)
  assert.is(taken(queue, 4, 6).discontinuity, true)
  assert.is(taken(queue, 6, 8).discontinuity, false)
  assert.is(taken(queue, 8, 12).discontinuity, false)
})

test('skipTo tells how much it forgot', () => {
  const queue = filled([0, 4], [4, 4], [10, 4])
  assert.is(queue.skipTo(6), 6)
  assert.is(queue.skipTo(6), 0)
  assert.is(queue.start, 6)
  assert.is(queue.skipTo(Infinity), 6)
  assert.is(queue.start, null)
})

test('it is bounded in seconds: the oldest goes, counted, and the seam is said', () => {
  let dropped = 0
  const queue = new SampleQueue(0.1, samples => (dropped += samples))
  for (let i = 0; i < 20; i++) queue.push(ramp(i * 10, 10), i * 10, 1000, 1, false)
  assert.ok(queue.end! - queue.start! <= 100, `${queue.start} … ${queue.end}`)
  assert.is(queue.end, 200)
  assert.is(dropped, 100)
  assert.is(taken(queue, queue.start!, queue.start! + 5).discontinuity, true)
})

test('one chunk longer than the bound stays', () => {
  const queue = new SampleQueue(0.01)
  queue.push(ramp(0, 100), 0, 1000, 1, false)
  assert.equal([queue.start, queue.end], [0, 100])
})

test("what is taken is the caller's own", () => {
  const given = ramp(0, 4)
  const queue = new SampleQueue(10)
  queue.push(given, 0, 1000, 1, false)
  queue.take(0, 2, 1).samples.fill(99)
  assert.equal([...queue.take(2, 4, 1).samples], [2, 3])
  assert.equal([...given], [0, 1, 2, 3])
})

test.run()
