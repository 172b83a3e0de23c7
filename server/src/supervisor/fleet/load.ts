/** What the channels of a worker take. */
import { expectedCost } from '../../fleet/placement.js'
import type { MemberOptions } from './member-options.js'

type Known = Pick<MemberOptions, 'costs' | 'desired' | 'host'>

/** Cores: measured here, else where it ran last, else expected. */
export function costOf({ costs, desired, host }: Known, channel: string): number {
  const measured = costs.of(channel) ?? desired.channels.get(channel)?.costCores ?? null
  if (measured !== null) return measured
  const config = host.configOf(channel)
  return config ? expectedCost(config) : 0
}

/** Cores of all of them together; one that is named twice counts once. */
export function coresOf(known: Known, channels: Iterable<string>): number {
  let cores = 0
  for (const channel of new Set(channels)) cores += costOf(known, channel)
  return cores
}
