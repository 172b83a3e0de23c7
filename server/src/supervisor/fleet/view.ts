/** The fleet as its pages show it, from what a worker read last. */
import type { FleetChannelView, FleetView, FleetWorkerView } from '../../core/fleet.js'
import type { ChannelConfig } from '../../core/schema.js'
import type { StoredChannel } from '../../fleet/fleet-state.js'
import type { Member } from './member.js'

export interface ViewCase {
  /** null: it has not joined yet. */
  readonly member: Member | null
  readonly worker: string
  readonly ttlMs: number
  readonly now: number
  readonly channels: ReadonlyMap<string, StoredChannel>
  configOf(channel: string): ChannelConfig | null
}

export function fleetView({ member, worker, ttlMs, now, channels, configOf }: ViewCase): FleetView {
  const at = member?.seen.at ?? null
  const leases = member?.seen.leases ?? new Map<string, never>()
  const holderOf = (channel: string): string | null => {
    const lease = leases.get(channel)
    return lease && lease.expiresInMs > 0 ? lease.holder : null
  }
  const counts = new Map<string, number>()
  for (const channel of leases.keys()) {
    const holder = holderOf(channel)
    if (holder !== null) counts.set(holder, (counts.get(holder) ?? 0) + 1)
  }
  const workers = (member?.seen.workers ?? []).map(({ name, version, load, capacity, draining, silentMs }) => ({
    ...{ name, version, load, silentMs, self: name === worker },
    capacityCores: capacity['cores'] ?? 0,
    channels: counts.get(name) ?? 0,
    draining: draining || (member?.seen.drains.has(name) ?? false),
    away: silentMs >= ttlMs,
  })) satisfies FleetWorkerView[]
  const known = new Set(workers.map(({ name }) => name))
  // One that has left is still to be drained when it is back, unless somebody ends that.
  const left = [...(member?.seen.drains ?? [])].filter(name => !known.has(name))
  const gone = left.map(
    (name): FleetWorkerView => ({
      ...{ name, self: false, version: '', load: 0, capacityCores: 0, channels: 0, draining: true, away: true },
      silentMs: ttlMs,
    }),
  )
  const views = [...channels.values()].map(({ name, preferredWorker, nextWorker, nextReady, costCores }) => {
    const config = configOf(name)
    const holder = holderOf(name)
    const enabled = config?.enabled ?? false
    const waits = member?.seen.waits.get(name) ?? null
    return {
      ...{ id: name, title: config?.title ?? null, enabled, worker: holder, preferredWorker, costCores },
      standby: nextWorker === null ? null : { worker: nextWorker, ready: nextReady },
      epoch: leases.get(name)?.epoch.toString() ?? null,
      waitsFor: enabled && holder === null ? (waits ?? 'a worker takes it within the TTL') : waits,
    } satisfies FleetChannelView
  })
  return {
    ...{ worker, ttlMs, workers: [...workers, ...gone], channels: views },
    ageMs: at === null ? 0 : Math.max(0, now - at),
    storeLost: member === null || at === null || member.storeLost !== null,
  }
}
