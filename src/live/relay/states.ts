import type { StreamPhase, StreamState } from '../../core/types'
import { worst } from '../../engine/lifecycle'

/** How near to being on air an input is. */
const NEARNESS: readonly StreamPhase[] = [
  'live',
  'stalled',
  'reconnecting',
  'connecting',
  'idle',
  'stopping',
  'stopped',
  'failed',
]

/** The state of several inputs, of which one is enough: the best, and of equal ones that of the preferred. */
export function best(states: readonly StreamState[]): StreamState {
  return states.reduce((result, state) =>
    NEARNESS.indexOf(state.phase) < NEARNESS.indexOf(result.phase) ? state : result,
  )
}

/** The state of a relay: that of its input, unless it is live; else the worst of its targets. */
export function stateOf(inputs: readonly StreamState[], targets: readonly StreamState[]): StreamState {
  const input = best(inputs)
  return worst([input, ...targets]) ?? input
}

/** In order. */
export const statesOf = (parts: readonly { readonly state: StreamState }[]): StreamState[] =>
  parts.map(({ state }) => state)
