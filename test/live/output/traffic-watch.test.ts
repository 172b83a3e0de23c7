import * as assert from 'uvu/assert'
import { LONGEST_CONNECTION_MS, TrafficWatch } from '../../../src/live/output/traffic-watch'
import { suite } from '../../support/suite'

const test = suite('traffic watch')

/** When a connection is found to stand still, ms, at a look every 50. */
function found(step: (now: number) => { packets: number; bytes: number }, until = 10_000): number | null {
  const watch = new TrafficWatch(1000)
  for (let now = 0; now <= until; now += 50) if (watch.hangs({ now, ...step(now) })) return now
  return null
}

test('packets that go in and no byte that comes out: it stands still since then', () => {
  assert.is(
    found(now => ({ packets: now, bytes: Math.min(now, 2000) })),
    3000,
  )
})

test('of a time in which the process stood still little counts', () => {
  const watch = new TrafficWatch(3000)
  const hangs = (now: number): boolean => watch.hangs({ now, packets: now, bytes: 7 })
  assert.equal([0, 50].map(hangs), [false, false])
  let now = 60_000
  while (!hangs(now)) now += 50
  assert.is(now, 61_950)
})

test('a single byte is progress', () => {
  assert.is(
    found(now => ({ packets: now, bytes: Math.floor(now / 950) })),
    null,
  )
})

test('where nothing goes in, nothing has to come out', () => {
  assert.is(
    found(() => ({ packets: 10, bytes: 1000 })),
    null,
  )
  // The next packet has its own time.
  assert.is(
    found(now => ({ packets: now < 5000 ? 10 : 11, bytes: 1000 })),
    5950,
  )
})

test('a connection ends in time before its timestamps do', () => {
  assert.ok(LONGEST_CONNECTION_MS < 2 ** 31 - 3_600_000 && LONGEST_CONNECTION_MS > 23 * 86_400_000)
})

test.run()
