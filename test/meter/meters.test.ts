import * as assert from 'uvu/assert'
import type { StreamPhase } from '../../src/core/types'
import { Meters } from '../../src/meter/meters'
import { suite } from '../support/suite'

const test = suite('what a stream tells its meters')

const after = (...phases: readonly StreamPhase[]): number => {
  const meters = new Meters({ direction: 'in', phase: () => phases.at(-1)! })
  for (const phase of phases) meters.setPhase(phase)
  return meters.reconnects
}

test('a first connection that took more than one attempt is no reconnect', () => {
  assert.is(after('connecting', 'reconnecting', 'live'), 0)
  assert.is(after('connecting', 'live', 'reconnecting', 'live'), 1)
  assert.is(after('connecting', 'reconnecting', 'live', 'stalled', 'live'), 0)
  assert.is(after('connecting', 'reconnecting', 'live', 'reconnecting', 'live', 'stalled', 'reconnecting', 'live'), 2)
})

test.run()
