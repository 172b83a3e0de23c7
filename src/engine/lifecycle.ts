import type { ErrorCode } from '../core/errors'
import type { StreamPhase, StreamState } from '../core/types'

/** What can happen to a stream. */
export type LifecycleEvent =
  | { readonly type: 'start' }
  /** Media flows. */
  | { readonly type: 'live' }
  /** The connection stands and no byte moves; if that goes on, the next attempt is made at `nextRetryAt` (Unix ms). */
  | { readonly type: 'stall'; readonly reason: ErrorCode; readonly nextRetryAt?: number }
  /** The connection is gone, or did not come about; the next attempt is made at `nextRetryAt` (Unix ms). */
  | { readonly type: 'retry'; readonly reason: ErrorCode; readonly nextRetryAt: number }
  /** That attempt begins now. */
  | { readonly type: 'attempt' }
  /** Gone for good. */
  | { readonly type: 'lost'; readonly reason: ErrorCode }
  | { readonly type: 'stop' }
  | { readonly type: 'stopped' }

/**
 *   idle ─start─▶ connecting ─live─▶ live ─stall─▶ stalled
 *                     │               ▲ │             │ retry
 *                     │ retry     live│ │retry        ▼
 *                     └────────────▶ reconnecting ◀───┘     (attempt: it stays so)
 *
 * lost: from any of these four to failed. stop: from anywhere to stopping ─stopped─▶ stopped.
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

/** The one place where a stream's phase changes. null: the move is not legal from here. */
export function transition(state: StreamState, event: LifecycleEvent, now: number): StreamState | null {
  const phase = MOVES[state.phase][event.type]
  if (phase === undefined) return null
  // That phase, reason and next try belong together follows from the moves; test/engine/lifecycle walks all of them.
  return {
    phase,
    reason: reasonAfter(state, event),
    attempt: attemptAfter(state, event),
    nextRetryAt: event.type === 'retry' || event.type === 'stall' ? (event.nextRetryAt ?? null) : null,
    // Since when it is in this phase: an attempt or a further retry is no new one.
    since: phase === state.phase ? state.since : now,
  } as StreamState
}

/** What took the stream away stays its reason until it is live again; stop() keeps that of a failure. */
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

/** 1 = the first connection, or the first one after a loss; a live stream says by which it came. */
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

/** The worst of several phases: what an output as a whole is in. */
export function worst(states: readonly StreamState[]): StreamState | null {
  let result: StreamState | null = null
  for (const state of states) {
    if (!result || BADNESS.indexOf(state.phase) > BADNESS.indexOf(result.phase)) result = state
  }
  return result
}
