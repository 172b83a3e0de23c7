/** What an operator did to a channel, and what cannot be done while it is stopped. */
import { Problem } from '../../core/problem.js'
import type { Wanted } from './channel-deps.js'

export const withEnabled = (wanted: Wanted, enabled: boolean): Wanted => ({
  ...wanted,
  given: { ...wanted.given, enabled },
})

/** Of a target that it does not have: as it is. */
export function withTargetEnabled(wanted: Wanted, target: string, enabled: boolean): Wanted {
  const { given } = wanted
  const config = given.targets[target]
  if (!config) return wanted
  return { ...wanted, given: { ...given, targets: { ...given.targets, [target]: { ...config, enabled } } } }
}

export const channelStopped = (channel: string): Problem =>
  new Problem(409, 'ERR_CHANNEL_STOPPED', `channel ${channel} does not run`, { remedy: 'Start the channel first.' })
