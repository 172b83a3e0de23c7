/** What the fleet wants, of the channels that this worker could run. */
import type { WantedChannel } from '../../fleet/duties.js'
import type { StoredChannel } from '../../fleet/fleet-state.js'
import type { MemberHost } from './member-options.js'

export function wantedChannels(
  stored: Iterable<StoredChannel>,
  host: Pick<MemberHost, 'configOf' | 'hasFault' | 'running'>,
  held: ReadonlySet<string>,
  costOf: (channel: string) => number,
): ReadonlyMap<string, WantedChannel> {
  const wanted = new Map<string, WantedChannel>()
  const running = new Set(host.running())
  for (const { name, preferredWorker, nextWorker, nextReady } of stored) {
    const config = host.configOf(name)
    // One that this version cannot read, or whose secret is not here, is left to others; a process that has it runs on.
    if (!config || (host.hasFault(name) && !held.has(name) && !running.has(name))) continue
    const { enabled, standby } = config
    const isHot = standby === 'hot'
    wanted.set(name, { name, enabled, isHot, costCores: costOf(name), preferredWorker, nextWorker, nextReady })
  }
  return wanted
}
