import type { ErrorCode } from '../core/errors'
import type { StreamPhase, StreamState } from '../core/types'

/** Events in the life of a stream. */
export type LifecycleEvent =
  | { readonly type: 'start' }
  /** Media flows. */
  | { readonly type: 'live' }
  /** The connection stands, but no byte moves. If that goes on, the next attempt begins at `nextRetryAt` (Unix ms). */
  | { readonly type: 'stall'; readonly reason: ErrorCode; readonly nextRetryAt?: number }
  /** The connection is lost or has failed. The next attempt begins at `nextRetryAt` (Unix ms). */
  | { readonly type: 'retry'; readonly reason: ErrorCode; readonly nextRetryAt: number }
  /** The next attempt begins now. */
  | { readonly type: 'attempt' }
  /** The stream has failed: no further attempt follows. */
  | { readonly type: 'lost'; readonly reason: ErrorCode }
  | { readonly type: 'stop' }
  | { readonly type: 'stopped' }

/**
 *   idle ─start─▶ connecting ─live─▶ live ─stall─▶ stalled
 *                     │               ▲ │             │ retry
 *                     │ retry     live│ │retry        ▼
 *                     └────────────▶ reconnecting ◀───┘     (attempt: no change)
 *
 * lost: from connecting, live, stalled and reconnecting to failed. stop: from anywhere to stopping ─stopped─▶ stopped.
 */
const MOVES: Readonly<Record<StreamPhase, Partial<Record<LifecycleEvent['type'], StreamPhase>>>> = {
  idle: { start: 'connecting', stop: 'stopping' },
  connecting: { live: 'live', retry: 'reconnecting', lost: 'failed', stop: 'stopping' },
  live: { stall: 'stalled', retry: 'reconnecting', lost: 'failed', stop: 'stopping' },
  stalled: { live: 'live', retry: 'reconnecting', lost: 'failed', stop: 'stopping' },
  reconnecting: { live: 'live', retry: 'reconnecting', attempt: 'reconnecting', lost: 'failed', stop: 'stopping' },
  stopping: { stopped: 'stopped' },
  stopped: { stop: 'stopping' },
  failed: { stop: 'stopping' },
}

export function initialState(now: number): StreamState {
  return { phase: 'idle', reason: null, attempt: 0, nextRetryAt: null, since: now }
}

/** The next state of a stream: the only place where its phase changes. null: the event is not legal in this phase. */
export function transition(state: StreamState, event: LifecycleEvent, now: number): StreamState | null {
  const phase = MOVES[state.phase][event.type]
  if (phase === undefined) return null
  // The moves guarantee that phase, reason and nextRetryAt fit together; test/engine/lifecycle tries all of them.
  return {
    phase,
    reason: reasonAfter(state, event),
    attempt: attemptAfter(state, event),
    nextRetryAt: event.type === 'retry' || event.type === 'stall' ? (event.nextRetryAt ?? null) : null,
    // Start of the phase; an attempt or a further retry begins no new phase.
    since: phase === state.phase ? state.since : now,
  } as StreamState
}

/** The reason of a loss holds until the stream is live again; stop() keeps the reason of a failure. */
function reasonAfter(state: StreamState, event: LifecycleEvent): ErrorCode | null {
  switch (event.type) {
    case 'stall':
    case 'retry':
    case 'lost':
      return event.reason
    case 'start':
    case 'live':
      return null
    case 'attempt':
      return state.reason
    case 'stop':
    case 'stopped':
      return state.phase === 'failed' || state.phase === 'stopping' ? state.reason : null
  }
}

/** Number of the attempt since the start or the last loss, from 1. A live stream keeps the number of its attempt. */
function attemptAfter(state: StreamState, event: LifecycleEvent): number {
  if (event.type === 'start') return 1
  if (event.type !== 'retry') return state.attempt
  return state.phase === 'reconnecting' ? state.attempt + 1 : 1
}

const BADNESS: readonly StreamPhase[] = [
  'live',
  'stalled',
  'connecting',
  'reconnecting',
  'idle',
  'stopping',
  'stopped',
  'failed',
]

/** The worst of several states, which is the state of an output; null: there is none. */
export function worst(states: readonly StreamState[]): StreamState | null {
  let result: StreamState | null = null
  for (const state of states) {
    if (!result || BADNESS.indexOf(state.phase) > BADNESS.indexOf(result.phase)) result = state
  }
  return result
}
