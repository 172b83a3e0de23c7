import * as assert from 'uvu/assert'
import { Watchdog, type Observation } from '../../src/core/watchdog'
import { suite } from '../support/suite'

const test = suite('watchdog')

interface Counted extends Observation {
  readonly count: number
}

const counting = (asleep?: number) =>
  new Watchdog<Counted>({ patience: 100, asleep, isWell: ({ count }, last) => count !== last.count })

test('tells the last look at which it was well, once that is as long ago as may be', () => {
  const watch = counting()
  const well = { now: 20, count: 2 }
  assert.is(watch.overdue({ now: 10, count: 1 }), null, 'the first look knows nothing')
  assert.is(watch.overdue(well), null)
  assert.is(watch.overdue({ now: 119, count: 2 }), null)
  assert.is(watch.overdue({ now: 120, count: 2 }), well)
  assert.is(watch.overdue({ now: 500, count: 2 }), well, 'for as long as it goes on')
  assert.is(watch.overdue({ now: 510, count: 3 }), null)
})

test('a process that slept begins to wait anew', () => {
  const watch = counting(50)
  watch.overdue({ now: 0, count: 1 })
  watch.overdue({ now: 50, count: 1 })
  assert.is(watch.overdue({ now: 1000, count: 1 }), null)
  watch.overdue({ now: 1050, count: 1 })
  assert.is(watch.overdue({ now: 1099, count: 1 }), null)
  assert.is.not(watch.overdue({ now: 1100, count: 1 }), null)
})

test('a gap counts no longer than it may: a process that stood still waits on, and is told in the end', () => {
  const watch = new Watchdog<Counted>({ patience: 100, mostGap: 20, isWell: ({ count }, last) => count !== last.count })
  const well = { now: 0, count: 1 }
  watch.overdue(well)
  for (let look = 1; look < 5; look++) assert.is(watch.overdue({ now: look * 5000, count: 1 }), null)
  assert.is(watch.overdue({ now: 25_000, count: 1 }), well)
})

test('progress may be judged by the last look at which it was well', () => {
  const watch = new Watchdog<Counted>({ patience: 100, isWell: (look, _, well) => look.count - well.count < 10 })
  assert.is(watch.overdue({ now: 0, count: 0 }), null)
  for (let now = 10; now < 100; now += 10) assert.is(watch.overdue({ now, count: 9 }), null)
  assert.is(watch.overdue({ now: 100, count: 19 }), null)
  assert.is.not(watch.overdue({ now: 190, count: 19 }), null)
})

test.run()
