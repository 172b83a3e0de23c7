import * as assert from 'uvu/assert'
import type { StreamPhase, StreamState } from '../../src/core/types'
import { initialState, transition, worst, type LifecycleEvent } from '../../src/pipelines/lifecycle'
import { suite } from '../support/suite'

const test = suite('lifecycle')

const PHASES: StreamPhase[] = ['idle', 'connecting', 'live', 'stalled', 'reconnecting', 'stopping', 'stopped', 'failed']
const EVENTS: LifecycleEvent[] = [
  { type: 'start' },
  { type: 'live' },
  { type: 'lost', reason: 'ERR_STALLED' },
  { type: 'stop' },
  { type: 'stopped' },
]

const state = (phase: StreamPhase, more: Partial<StreamState> = {}): StreamState => ({ ...initialState(1), phase, ...more })

/** phase → event → the phase it leads to; every other pair is illegal. */
const LEGAL: Partial<Record<StreamPhase, Partial<Record<LifecycleEvent['type'], StreamPhase>>>> = {
  idle: { start: 'connecting', stop: 'stopping' },
  connecting: { live: 'live', lost: 'failed', stop: 'stopping' },
  live: { lost: 'failed', stop: 'stopping' },
  stalled: { live: 'live', lost: 'failed', stop: 'stopping' },
  reconnecting: { live: 'live', lost: 'failed', stop: 'stopping' },
  stopping: { stopped: 'stopped' },
  stopped: { stop: 'stopping' },
  failed: { stop: 'stopping' },
}

test('it begins idle', () => {
  assert.equal(initialState(77), { phase: 'idle', reason: null, attempt: 0, nextRetryAt: null, since: 77 })
})

for (const phase of PHASES) {
  for (const event of EVENTS) {
    const expected = LEGAL[phase]?.[event.type] ?? null
    test(`${phase} + ${event.type} → ${expected ?? 'illegal'}`, () => {
      const before = state(phase)
      const next = transition(before, event, 5)
      assert.is(next?.phase ?? null, expected)
      assert.equal(before, state(phase), 'the old state is as it was')
      if (next) assert.is(next.since, 5)
    })
  }
}

test('a loss says why, and being live again forgets it', () => {
  const failed = transition(state('live'), { type: 'lost', reason: 'ERR_STALLED' }, 2)!
  assert.is(failed.reason, 'ERR_STALLED')
  assert.is(transition(state('connecting', { reason: 'ERR_STALLED' }), { type: 'live' }, 2)?.reason, null)
})

test('stop() keeps the reason of a failure', () => {
  const stopping = transition(state('failed', { reason: 'ERR_STALLED' }), { type: 'stop' }, 2)!
  assert.is(stopping.reason, 'ERR_STALLED')
  assert.is(transition(stopping, { type: 'stopped' }, 3)?.reason, 'ERR_STALLED')
})

test('start is the first attempt', () => {
  assert.is(transition(initialState(1), { type: 'start' }, 2)?.attempt, 1)
})

test('the worst of several', () => {
  const pick = (...phases: StreamPhase[]) => worst(phases.map(phase => state(phase)))?.phase ?? null
  assert.is(pick(), null)
  assert.is(pick('live'), 'live')
  for (const phase of PHASES) {
    if (phase !== 'live') assert.is(pick('live', phase, 'live'), phase)
    assert.is(pick(phase, 'failed'), 'failed')
  }
  assert.is(pick('live', 'reconnecting', 'stalled'), 'reconnecting')
})

test('the worst carries its reason', () => {
  assert.is(worst([state('live'), state('failed', { reason: 'ERR_STALLED' })])?.reason, 'ERR_STALLED')
})

test.run()
