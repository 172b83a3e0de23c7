import * as assert from 'uvu/assert'
import type { StreamPhase, StreamState } from '../../src/core/types'
import { initialState, transition, worst, type LifecycleEvent } from '../../src/engine/lifecycle'
import { suite } from '../support/suite'

const test = suite('lifecycle')

const PHASES: StreamPhase[] = ['idle', 'connecting', 'live', 'stalled', 'reconnecting', 'stopping', 'stopped', 'failed']
const EVENTS: LifecycleEvent[] = [
  { type: 'start' },
  { type: 'live' },
  { type: 'stall', reason: 'ERR_STALLED' },
  { type: 'retry', reason: 'ERR_STALLED', nextRetryAt: 9 },
  { type: 'attempt' },
  { type: 'hold', reason: 'ERR_MAY_NOT_CONNECT' },
  { type: 'lost', reason: 'ERR_STALLED' },
  { type: 'stop' },
  { type: 'stopped' },
]

const state = (phase: StreamPhase, more: Partial<StreamState> = {}): StreamState =>
  ({ ...initialState(1), phase, ...more }) as StreamState

/** phase → event → the phase it leads to; every other pair is illegal. */
const LEGAL: Partial<Record<StreamPhase, Partial<Record<LifecycleEvent['type'], StreamPhase>>>> = {
  idle: { start: 'connecting', stop: 'stopping' },
  connecting: {
    live: 'live',
    retry: 'reconnecting',
    hold: 'connecting',
    attempt: 'connecting',
    lost: 'failed',
    stop: 'stopping',
  },
  live: { stall: 'stalled', retry: 'reconnecting', lost: 'failed', stop: 'stopping' },
  stalled: { live: 'live', retry: 'reconnecting', hold: 'stalled', lost: 'failed', stop: 'stopping' },
  reconnecting: {
    live: 'live',
    retry: 'reconnecting',
    hold: 'reconnecting',
    attempt: 'reconnecting',
    lost: 'failed',
    stop: 'stopping',
  },
  stopping: { stopped: 'stopped' },
  stopped: { stop: 'stopping' },
  failed: { stop: 'stopping' },
}

test('it begins idle', () => {
  assert.equal(initialState(77), { phase: 'idle', reason: null, attempt: 0, nextRetryAt: null, since: 77, hint: null })
})

for (const phase of PHASES) {
  for (const event of EVENTS) {
    const expected = LEGAL[phase]?.[event.type] ?? null
    test(`${phase} + ${event.type} → ${expected ?? 'illegal'}`, () => {
      const before = state(phase)
      const next = transition(before, event, 5)
      assert.is(next?.phase ?? null, expected)
      assert.equal(before, state(phase), 'the old state is as it was')
      if (next) assert.is(next.since, next.phase === phase ? 1 : 5)
    })
  }
}

test('phase, reason and next try belong together, whatever has happened', () => {
  // Every state that can be reached, but for its numbers.
  const seen = new Map<string, StreamState>()
  const walk = (from: StreamState): void => {
    const key = `${from.phase} ${from.reason} ${from.nextRetryAt}`
    if (seen.has(key)) return
    seen.set(key, from)
    for (const event of EVENTS) {
      const next = transition(from, event, 5)
      if (next) walk(next)
    }
  }
  walk(initialState(1))
  const shapes = new Set(
    [...seen.values()].map(
      ({ phase, reason, nextRetryAt }) =>
        `${phase}: ${reason === null ? 'no reason' : 'a reason'}, ${nextRetryAt === null ? 'no try' : 'a try'}`,
    ),
  )
  assert.equal([...shapes].sort(), [
    'connecting: a reason, no try',
    'connecting: no reason, no try',
    'failed: a reason, no try',
    'idle: no reason, no try',
    'live: no reason, no try',
    'reconnecting: a reason, a try',
    'reconnecting: a reason, no try',
    'stalled: a reason, no try',
    'stopped: a reason, no try',
    'stopped: no reason, no try',
    'stopping: a reason, no try',
    'stopping: no reason, no try',
  ])
})

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

test('what is held back says so, keeps its phase and its count, and forgets it when it may go on', () => {
  const hold = { type: 'hold', reason: 'ERR_MAY_NOT_CONNECT' } as const
  const first = transition(state('connecting', { attempt: 1 }), hold, 2)!
  assert.equal([first.phase, first.reason, first.attempt], ['connecting', 'ERR_MAY_NOT_CONNECT', 1])
  assert.is(transition(first, { type: 'attempt' }, 3)?.reason, null)
  const lost = { reason: 'ERR_STALLED', hint: null } as const
  const later = transition(state('reconnecting', { ...lost, attempt: 4, nextRetryAt: 9 }), hold, 2)!
  assert.equal([later.reason, later.attempt, later.nextRetryAt], ['ERR_MAY_NOT_CONNECT', 4, null])
  assert.is(transition(later, { type: 'attempt', loss: lost }, 3)?.reason, 'ERR_STALLED')
})

test('a hint belongs to its reason', () => {
  const loss = { reason: 'ERR_CONNECTION_LOST', hint: 'likelyKey' } as const
  const lost = transition(state('live'), { type: 'retry', ...loss, nextRetryAt: 9 }, 2)!
  assert.is(lost.hint, 'likelyKey')
  assert.is(transition(lost, { type: 'attempt' }, 3)?.hint, 'likelyKey')
  assert.is(transition(lost, { type: 'live' }, 3)?.hint, null)
  assert.is(transition(lost, { type: 'retry', reason: 'ERR_CONNECTION_REFUSED', nextRetryAt: 9 }, 3)?.hint, null)
  const failed = transition(lost, { type: 'lost', ...loss }, 3)!
  assert.is(transition(failed, { type: 'stop' }, 4)?.hint, 'likelyKey')
})

test('start is the first attempt', () => {
  assert.is(transition(initialState(1), { type: 'start' }, 2)?.attempt, 1)
})

test('attempts are counted from each loss on, and a live stream says by which it came', () => {
  const retry = { type: 'retry', reason: 'ERR_CONNECTION_LOST', nextRetryAt: 77 } as const
  let now = state('live', { attempt: 3 })
  now = transition(now, retry, 2)!
  assert.equal(now, {
    phase: 'reconnecting',
    reason: 'ERR_CONNECTION_LOST',
    attempt: 1,
    nextRetryAt: 77,
    since: 2,
    hint: null,
  })
  now = transition(now, { type: 'attempt' }, 3)!
  assert.equal(now, {
    phase: 'reconnecting',
    reason: 'ERR_CONNECTION_LOST',
    attempt: 1,
    nextRetryAt: null,
    since: 2,
    hint: null,
  })
  now = transition(now, { ...retry, nextRetryAt: 99 }, 4)!
  assert.equal(now, {
    phase: 'reconnecting',
    reason: 'ERR_CONNECTION_LOST',
    attempt: 2,
    nextRetryAt: 99,
    since: 2,
    hint: null,
  })
  now = transition(now, { type: 'live' }, 5)!
  assert.equal(now, { phase: 'live', reason: null, attempt: 2, nextRetryAt: null, since: 5, hint: null })
})

test('a stalled stream that is stopped has no reason; it did not fail', () => {
  const stalled = transition(state('live'), { type: 'stall', reason: 'ERR_STALLED' }, 2)!
  assert.is(stalled.reason, 'ERR_STALLED')
  assert.is(transition(stalled, { type: 'stop' }, 3)?.reason, null)
})

test('a stall says until when it is waited for', () => {
  const stalled = transition(state('live'), { type: 'stall', reason: 'ERR_STALLED', nextRetryAt: 70 }, 2)!
  assert.equal([stalled.phase, stalled.nextRetryAt], ['stalled', 70])
  assert.is(transition(stalled, { type: 'live' }, 3)?.nextRetryAt, null)
  assert.is(transition(state('live'), { type: 'stall', reason: 'ERR_STALLED' }, 2)?.nextRetryAt, null)
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
