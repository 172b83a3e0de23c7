import * as assert from 'uvu/assert'
import type { StreamPhase, StreamState } from '../../../src/core/types'
import { best, stateOf } from '../../../src/live/relay/states'
import { suite } from '../../support/suite'

const test = suite('states of a relay')

const state = (phase: StreamPhase): StreamState =>
  ({ phase, reason: null, hint: null, attempt: 1, nextRetryAt: null, since: 0 }) as StreamState

const PHASES = ['idle', 'connecting', 'live', 'stalled', 'reconnecting', 'stopping', 'stopped', 'failed'] as const

test('one input that is live is enough; of equal ones the preferred counts', () => {
  for (const phase of PHASES) assert.is(best([state(phase), state('live')]).phase, 'live')
  for (const phase of PHASES) assert.is(best([state(phase), state('failed')]).phase, phase)
  const [first, second] = [state('reconnecting'), state('reconnecting')]
  assert.is(best([first, second]), first)
})

test('a relay is live only with its input and all of its targets', () => {
  const of = (inputs: StreamPhase[], targets: StreamPhase[]): StreamPhase =>
    stateOf(inputs.map(state), targets.map(state)).phase
  assert.is(of(['live', 'reconnecting'], ['live', 'live']), 'live')
  assert.is(of(['live'], ['live', 'reconnecting']), 'reconnecting')
  assert.is(of(['reconnecting'], ['live']), 'reconnecting')
  assert.is(of(['live'], ['live', 'failed']), 'failed')
  assert.is(of(['connecting'], ['connecting']), 'connecting')
  assert.is(of(['idle'], []), 'idle')
  for (const phase of PHASES) assert.is(of([phase], []), phase)
})

test.run()
