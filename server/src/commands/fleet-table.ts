/** What `rxgst fleet status` tells. */
import type { StoredChannel } from '../fleet/fleet-state.js'
import type { LeaseView, WorkerView } from '../fleet/lease-store.js'

export interface FleetRows {
  readonly ttlMs: number
  readonly workers: readonly {
    readonly name: string
    readonly state: 'here' | 'away' | 'draining'
    /** null: a worker that is to be drained, and of which the store knows no more. */
    readonly version: string | null
    readonly load: number | null
    readonly silentMs: number | null
    readonly channels: number
  }[]
  readonly channels: readonly {
    readonly name: string
    readonly worker: string | null
    readonly standby: string | null
    readonly standbyReady: boolean
    readonly epoch: string | null
    readonly preferredWorker: string | null
    readonly costCores: number | null
  }[]
}

export function fleetRows(store: {
  readonly ttlMs: number
  readonly workers: readonly WorkerView[]
  readonly leases: readonly LeaseView[]
  readonly channels: readonly StoredChannel[]
  readonly drains: ReadonlySet<string>
}): FleetRows {
  const { ttlMs, workers, channels, drains } = store
  const leases = new Map(store.leases.map(lease => [lease.channel, lease]))
  // A lease that has expired is nobody's, whoever's name is on it.
  const holderOf = (channel: string) => {
    const lease = leases.get(channel)
    return lease && lease.expiresInMs >= 0 ? lease.holder : null
  }
  const counts = new Map<string, number>()
  for (const { name } of channels) {
    const holder = holderOf(name)
    if (holder !== null) counts.set(holder, (counts.get(holder) ?? 0) + 1)
  }
  const known = new Set(workers.map(({ name }) => name))
  const gone = [...drains].filter(name => !known.has(name)).sort()
  return {
    ttlMs,
    workers: [
      ...workers.map(({ name, version, load, draining, silentMs }) => ({
        ...{ name, version, load, silentMs, channels: counts.get(name) ?? 0 },
        state:
          silentMs > ttlMs
            ? ('away' as const)
            : draining || drains.has(name)
              ? ('draining' as const)
              : ('here' as const),
      })),
      ...gone.map(name => ({
        ...{ name, state: 'away' as const, version: null, load: null, silentMs: null },
        channels: counts.get(name) ?? 0,
      })),
    ],
    channels: channels.map(({ name, nextWorker, nextReady, preferredWorker, costCores }) => ({
      ...{ name, worker: holderOf(name), standby: nextWorker, standbyReady: nextReady },
      ...{ epoch: leases.get(name)?.epoch.toString() ?? null, preferredWorker, costCores },
    })),
  }
}

export function fleetTable({ workers, channels }: FleetRows): string[] {
  return [
    ...table(
      ['WORKER', 'STATE', 'VERSION', 'LOAD', 'CHANNELS', 'HEARD OF'],
      workers.map(({ name, state, version, load, silentMs, channels: count }) => [
        ...[name, state, version ?? '–', load === null ? '–' : `${Math.round(load * 100)} %`, String(count)],
        silentMs === null ? '–' : `${(Math.max(0, silentMs) / 1000).toFixed(0)} s ago`,
      ]),
    ),
    '',
    ...table(
      ['CHANNEL', 'WORKER', 'STANDBY', 'PREFERRED', 'CORES', 'EPOCH'],
      channels.map(({ name, worker, standby, standbyReady, epoch, preferredWorker, costCores }) => [
        ...[name, worker ?? '–', standby === null ? '–' : `${standby}${standbyReady ? '' : ', not ready'}`],
        ...[preferredWorker ?? '–', costCores?.toFixed(2) ?? '–', epoch ?? '–'],
      ]),
    ),
  ]
}

/** Columns as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]!.length)))
  return [head, ...rows].map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
