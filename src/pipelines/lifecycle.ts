import type { StreamPhase, StreamState } from '../core/types'

/** What can happen to a stream. */
export type LifecycleEvent =
  | { readonly type: 'start' }
  | { readonly type: 'live' }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'stop' }
  | { readonly type: 'stopped' }

const MOVES: Readonly<Record<StreamPhase, Partial<Record<LifecycleEvent['type'], StreamPhase>>>> = {
  idle: { start: 'connecting', stop: 'stopping' },
  connecting: { live: 'live', lost: 'failed', stop: 'stopping' },
  live: { lost: 'failed', stop: 'stopping' },
  stalled: { live: 'live', lost: 'failed', stop: 'stopping' },
  reconnecting: { live: 'live', lost: 'failed', stop: 'stopping' },
  stopping: { stopped: 'stopped' },
  stopped: { stop: 'stopping' },
  failed: { stop: 'stopping' },
}

export function initialState(now: number): StreamState {
  return { phase: 'idle', reason: null, attempt: 0, nextRetryAt: null, since: now }
}

/** The one place where a stream's phase changes. null: the move is not legal from here. */
export function transition(state: StreamState, event: LifecycleEvent, now: number): StreamState | null {
  const phase = MOVES[state.phase][event.type]
  if (phase === undefined) return null
  return {
    phase,
    reason: event.type === 'lost' ? event.reason : phase === 'stopping' || phase === 'stopped' ? state.reason : null,
    attempt: event.type === 'start' ? 1 : state.attempt,
    nextRetryAt: null,
    since: now,
  }
}

const BADNESS: readonly StreamPhase[] = ['live', 'stalled', 'connecting', 'reconnecting', 'idle', 'stopping', 'stopped', 'failed']

/** The worst of several phases: what an output as a whole is in. */
export function worst(states: readonly StreamState[]): StreamState | null {
  let result: StreamState | null = null
  for (const state of states) {
    if (!result || BADNESS.indexOf(state.phase) > BADNESS.indexOf(result.phase)) result = state
  }
  return result
}
