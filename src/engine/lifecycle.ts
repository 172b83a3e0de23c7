import type { ErrorCode, ErrorHint } from '../core/errors'
import type { StreamPhase, StreamState } from '../core/types'

/** Why a stream is not live any more. */
interface Loss {
  readonly reason: ErrorCode
  readonly hint?: ErrorHint | null
}

/** Events in the life of a stream. */
export type LifecycleEvent =
  | { readonly type: 'start' }
  /** Media flows. */
  | { readonly type: 'live' }
  /** The connection stands, but no byte moves. If that goes on, the next attempt begins at `nextRetryAt` (Unix ms). */
  | (Loss & { readonly type: 'stall'; readonly nextRetryAt?: number })
  /** The connection is lost or has failed. The next attempt begins at `nextRetryAt` (Unix ms). */
  | (Loss & { readonly type: 'retry'; readonly nextRetryAt: number })
  /** The next attempt might begin, but the program does not allow it yet. */
  | (Loss & { readonly type: 'hold' })
  /** The next attempt begins now. `loss`: the last one, in place of a hold. */
  | { readonly type: 'attempt'; readonly loss?: Loss }
  /** The stream has failed: no further attempt follows. */
  | (Loss & { readonly type: 'lost' })
  /** The stream has come to its end, as a file does. */
  | (Loss & { readonly type: 'end' })
  | { readonly type: 'stop' }
  | { readonly type: 'stopped' }

/**
 *   idle ─start─▶ connecting ─live─▶ live ─stall─▶ stalled
 *                     │               ▲ │             │ retry
 *                     │ retry     live│ │retry        ▼
 *                     └────────────▶ reconnecting ◀───┘     (attempt, hold: no change)
 *
 * end: from live, stalled and reconnecting to stopped, with a reason.
 * lost: from connecting, live, stalled and reconnecting to failed. stop: from anywhere to stopping ─stopped─▶ stopped.
 */
const MOVES: Readonly<Record<StreamPhase, Partial<Record<LifecycleEvent['type'], StreamPhase>>>> = {
  idle: { start: 'connecting', stop: 'stopping' },
  connecting: {
    live: 'live',
    retry: 'reconnecting',
    hold: 'connecting',
    attempt: 'connecting',
    lost: 'failed',
    stop: 'stopping',
  },
  live: { stall: 'stalled', retry: 'reconnecting', lost: 'failed', end: 'stopped', stop: 'stopping' },
  stalled: {
    live: 'live',
    retry: 'reconnecting',
    hold: 'stalled',
    lost: 'failed',
    end: 'stopped',
    stop: 'stopping',
  },
  reconnecting: {
    live: 'live',
    retry: 'reconnecting',
    hold: 'reconnecting',
    attempt: 'reconnecting',
    lost: 'failed',
    end: 'stopped',
    stop: 'stopping',
  },
  stopping: { stopped: 'stopped' },
  stopped: { stop: 'stopping' },
  failed: { stop: 'stopping' },
}

export function initialState(now: number): StreamState {
  return { phase: 'idle', reason: null, attempt: 0, nextRetryAt: null, since: now, hint: null }
}

/** The next state of a stream: the only place where its phase changes. null: the event is not legal in this phase. */
export function transition(state: StreamState, event: LifecycleEvent, now: number): StreamState | null {
  const phase = MOVES[state.phase][event.type]
  if (phase === undefined) return null
  // The moves guarantee that phase, reason and nextRetryAt fit together; test/engine/lifecycle tries all of them.
  return {
    phase,
    ...lossAfter(state, event),
    attempt: attemptAfter(state, event),
    nextRetryAt: event.type === 'retry' || event.type === 'stall' ? (event.nextRetryAt ?? null) : null,
    // Start of the phase; an attempt or a further retry begins no new phase.
    since: phase === state.phase ? state.since : now,
  } as StreamState
}

const NO_LOSS = { reason: null, hint: null } as const

/** The reason of a loss holds until the stream is live again; stop() keeps the reason of a failure. */
function lossAfter(state: StreamState, event: LifecycleEvent): Pick<StreamState, 'reason' | 'hint'> {
  const { reason, hint } = state
  switch (event.type) {
    case 'stall':
    case 'retry':
    case 'hold':
    case 'lost':
    case 'end':
      return { reason: event.reason, hint: event.hint ?? null }
    case 'start':
    case 'live':
      return NO_LOSS
    case 'attempt':
      if (state.phase === 'connecting') return NO_LOSS
      return event.loss ? { reason: event.loss.reason, hint: event.loss.hint ?? null } : { reason, hint }
    case 'stop':
    case 'stopped':
      return state.phase === 'failed' || state.phase === 'stopping' ? { reason, hint } : NO_LOSS
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
