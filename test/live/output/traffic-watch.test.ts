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

test('a process that stood still has seen nothing: the wait begins anew', () => {
  const watch = new TrafficWatch(1000)
  assert.is(watch.hangs({ now: 0, packets: 10, bytes: 1000 }), false)
  // A packet was given to the connection just before, and nothing has run since.
  assert.is(watch.hangs({ now: 3000, packets: 11, bytes: 1000 }), false)
  assert.is(watch.hangs({ now: 3050, packets: 12, bytes: 2000 }), false)
  for (let now = 3100; now < 4050; now += 50) assert.is(watch.hangs({ now, packets: 13, bytes: 2000 }), false)
  assert.is(watch.hangs({ now: 4050, packets: 13, bytes: 2000 }), true)
})

test('a connection ends in time before its timestamps do', () => {
  assert.ok(LONGEST_CONNECTION_MS < 2 ** 31 - 3_600_000 && LONGEST_CONNECTION_MS > 23 * 86_400_000)
})

test.run()
