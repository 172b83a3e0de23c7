import fc, { runs } from '../../support/fast-check'
import { EMPTY, from, NEVER, Subject, throwError } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import * as assert from 'uvu/assert'
import { pairByTimestamp, type PairOptions, type RxGstError } from '../../../src/index'
import { suite } from '../../support/suite'
import { Frames } from './media'

const test = suite('pairByTimestamp')

interface At {
  timestamp: number
}

const times = (list: readonly number[]): At[] => list.map(time => ({ timestamp: time * 1000 }))

/** Pairs two finished streams, given by their times in ms; in which order they come does not matter. */
function paired(left: readonly number[], right: readonly number[], options: PairOptions<At> = {}): number[][] {
  const pairs = (first: readonly number[], second: readonly number[]) => {
    const found: number[][] = []
    from(times(first))
      .pipe(pairByTimestamp(from(times(second)), { bufferSize: 1000, ...options }))
      .subscribe(([a, b]) => {
        found.push([a.timestamp / 1000, b.timestamp / 1000])
      })
    return found
  }
  const found = pairs(left, right)
  assert.equal(
    pairs(right, left).map(([b, a]) => [a, b]),
    found,
  )
  return found
}

test('equal times', () => {
  assert.equal(paired([0, 40, 80], [0, 40, 80]), [
    [0, 0],
    [40, 40],
    [80, 80],
  ])
  assert.equal(paired([0, 40, 80, 120], [40, 120]), [
    [40, 40],
    [120, 120],
  ])
})

test('the nearest within the tolerance, each one once', () => {
  assert.equal(paired([0, 40, 80], [5, 38, 95]), [
    [0, 5],
    [40, 38],
    [80, 95],
  ])
  assert.equal(paired([0, 40, 80], [5, 38, 101]), [
    [0, 5],
    [40, 38],
  ])
  assert.equal(paired([100, 110, 118], [120]), [[118, 120]])
  assert.equal(paired([100], [81, 90, 105, 119]), [[100, 105]])
  assert.equal(paired([0, 33, 67, 100, 133, 167, 200], [0, 50, 100, 150, 200], { tolerance: 20 }), [
    [0, 0],
    [33, 50],
    [100, 100],
    [133, 150],
    [200, 200],
  ])
})

test('any two streams: no value twice, in order, within the tolerance, none left that has a partner', () => {
  const list = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 20 }).map(steps => {
    let time = 0
    return steps.map(step => (time += step + 1))
  })
  fc.assert(
    fc.property(list, list, fc.integer({ min: 0, max: 50 }), (left, right, tolerance) => {
      const found = paired(left, right, { tolerance })
      for (const side of [0, 1] as const) {
        const of = found.map(pair => pair[side]!)
        assert.equal(
          of,
          [...new Set(of)].sort((a, b) => a - b),
        )
      }
      for (const [a, b] of found) assert.ok(Math.abs(a! - b!) <= tolerance)
      const lonely = (all: number[], side: 0 | 1) => all.filter(time => !found.some(pair => pair[side] === time))
      // Two that are each other's nearest are a pair.
      const nearest = (time: number, all: number[]) => Math.min(...all.map(other => Math.abs(other - time)))
      for (const a of lonely(left, 0)) {
        for (const b of lonely(right, 1)) {
          const distance = Math.abs(a - b)
          const mutual = nearest(a, right) === distance && nearest(b, left) === distance
          const tie =
            [...left].filter(x => Math.abs(x - b) === distance).length > 1 ||
            right.filter(x => Math.abs(x - a) === distance).length > 1
          assert.not.ok(mutual && !tie && distance <= tolerance, `${a} and ${b} are alone`)
        }
      }
    }),
    { numRuns: runs(500) },
  )
})

test('a pair comes as soon as it is certain', () => {
  new TestScheduler((actual, expected) => assert.equal(actual, expected)).run(({ hot, expectObservable }) => {
    const [a, b, c, x, y, z] = times([0, 40, 80, 0, 45, 79]) as [At, At, At, At, At, At]
    const left = hot(' a---b---c--------|', { a, b, c })
    const right = hot('--x---y---z----|', { x, y, z })
    //                 equal: at once; 40 and 45 when 80 says that nothing is nearer; 79 and 80 when the one behind ends
    expectObservable(left.pipe(pairByTimestamp(right))).toBe('--p-----q------(r|)', { p: [a, x], q: [b, y], r: [c, z] })
  })
})

test('a stream that falls silent holds no more than the buffer', () => {
  const frames = new Frames()
  const [left, right] = [new Subject<ReturnType<Frames['make']>>(), new Subject<ReturnType<Frames['make']>>()]
  const pairs: number[][] = []
  const drops: number[] = []
  left
    .pipe(pairByTimestamp(right, { bufferSize: 3, onDrop: dropped => void drops.push(dropped) }))
    .subscribe(([a, b]) => {
      pairs.push([a.timestamp, b.timestamp])
      a.close()
      b.close()
    })
  right.next(frames.make(-5))
  for (let i = 0; i < 10; i++) left.next(frames.make(i * 40))
  // The first pair waits for something nearer until the buffer is full; then there is nothing to pair with.
  assert.equal(pairs, [[0, -5000]])
  assert.equal(drops, [1, 2, 3, 4, 5, 6])
  assert.is(frames.open, 3)
})

test('two captures by the time of arrival', () => {
  const left = [
    { timestamp: 0, arrivalTime: 1000 },
    { timestamp: 40_000, arrivalTime: 1040 },
  ]
  const right = [{ timestamp: 0, arrivalTime: 1038 }]
  const pairs: unknown[] = []
  const timestampOf = ({ arrivalTime }: { arrivalTime: number }) => arrivalTime * 1000
  from(left)
    .pipe(pairByTimestamp(from(right), { timestampOf }))
    .subscribe(pair => void pairs.push(pair))
  assert.equal(pairs, [[left[1], right[0]]])
})

test('completes as soon as no pair can come; an error of either is the error', () => {
  const end = (other: typeof NEVER, source = NEVER as typeof NEVER) => {
    let said = 'nothing'
    source
      .pipe(pairByTimestamp(other))
      .subscribe({ error: (error: string) => void (said = error), complete: () => void (said = 'complete') })
    return said
  }
  assert.is(end(EMPTY), 'complete')
  assert.is(end(NEVER, EMPTY), 'complete')
  assert.is(end(NEVER), 'nothing')
  assert.is(end(throwError(() => 'mine')), 'mine')
  assert.is(
    end(
      NEVER,
      throwError(() => 'mine'),
    ),
    'mine',
  )
})

test('what timestampOf throws is the error, and nothing stays open', () => {
  const frames = new Frames()
  const source = new Subject<ReturnType<Frames['make']>>()
  let said: unknown
  const timestampOf = (): number => {
    throw 'mine'
  }
  source.pipe(pairByTimestamp(NEVER, { timestampOf })).subscribe({ error: (error: unknown) => void (said = error) })
  source.next(frames.make())
  assert.equal([said, frames.open], ['mine', 0])
})

test('ERR_OPTION', () => {
  for (const options of [{ tolerance: -1 }, { bufferSize: 0 }, { tolerence: 3 }, null]) {
    assert.throws(
      () => pairByTimestamp<At, At>(NEVER, options as PairOptions<At>),
      (error: RxGstError) => error.code === 'ERR_OPTION',
    )
  }
})

test.run()
