import { RxGstError } from '../../core/errors'
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

interface Stateful {
  readonly state: StreamState
}

/** In order. */
export const statesOf = (of: readonly Stateful[]): StreamState[] => of.map(({ state }) => state)

/** The error of a start that took longer than `ms`. */
export function overdue(
  inputs: readonly (Stateful & { readonly url: string })[],
  targets: readonly Stateful[],
  ms: number,
): RxGstError {
  const held = targets.length > 0 && targets.every(({ state }) => state.reason === 'ERR_MAY_NOT_CONNECT')
  if (held) return new RxGstError('ERR_MAY_NOT_CONNECT', `mayConnect of no target said yes within ${ms} ms`)
  const waits = inputs.every(({ state }) => state.phase !== 'live')
  const what = waits ? `no media from ${inputs.map(({ url }) => url).join(' or ')}` : 'no target was live'
  return new RxGstError('ERR_CONNECT_TIMEOUT', `${what} within ${ms} ms`)
}

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
