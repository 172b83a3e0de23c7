/**
 * What a worker has to do for the channels of its fleet, worked out from what it read last. Pure: the member of the
 * fleet carries it out, and the store refuses what somebody else did meanwhile.
 */
import type { LeaseView, WorkerView } from './lease-store.js'
import { FULL, placeAll, rankWorkers, ROUNDING, type PlacementChannel, type PlacementWorker } from './placement.js'

/** A channel as the fleet wants it. */
export interface WantedChannel {
  readonly name: string
  readonly enabled: boolean
  readonly isHot: boolean
  /** Measured, else expected. */
  readonly costCores: number
  readonly preferredWorker: string | null
  readonly nextWorker: string | null
  readonly nextReady: boolean
}

export interface DutyCase {
  readonly worker: string
  readonly channels: ReadonlyMap<string, WantedChannel>
  readonly leases: ReadonlyMap<string, LeaseView>
  readonly workers: readonly WorkerView[]
  /** Workers that people want to be drained. */
  readonly drains: ReadonlySet<string>
  /** This worker gives its channels away. */
  readonly draining: boolean
  /** Channels whose lease this worker has. */
  readonly held: ReadonlySet<string>
  /** Channels that it runs with closed gates, for their holder; true: ready to connect. */
  readonly prepared: ReadonlyMap<string, boolean>
  /** Cores that its channels take. */
  readonly usedCores: number
  readonly capacityCores: number
  readonly ttlMs: number
  /** How long each free channel has been so, as this worker saw it, ms. */
  readonly freeMs: (channel: string) => number
  /** How long the holder, this worker, has waited for its successor to be ready, ms. */
  readonly waitedMs: (channel: string) => number
}

export type Duty =
  | { readonly kind: 'acquire'; readonly channel: string }
  /** Runs it with closed gates. */
  | { readonly kind: 'prepare' | 'unprepare' | 'tell-ready'; readonly channel: string }
  | { readonly kind: 'appoint'; readonly channel: string; readonly worker: string | null }
  /** Ends its targets, and gives the lease to a worker. */
  | { readonly kind: 'hand-over'; readonly channel: string; readonly successor: string }
  /** It is not wanted any more. */
  | { readonly kind: 'give-back'; readonly channel: string }

export interface Duties {
  readonly list: readonly Duty[]
  /** Why nobody runs a channel that is wanted, or why it stays where it should not be, by its name. */
  readonly waits: ReadonlyMap<string, string>
}

/** Each next worker of the ranking asks for a free channel by so much later: a part of the TTL. */
export const RANK_PARTS = 6
/** Channels that a worker gives away at the same time: each of them begins anew elsewhere. */
export const MOST_HAND_OVERS = 2
/** A successor that is not ready by then takes the channel as it is: a part of the TTL, and more than any start. */
export const READY_WAIT_TTLS = 2

export function dutiesOf(of: DutyCase): Duties {
  const list: Duty[] = []
  const waits = new Map<string, string>()
  const workers = of.workers.map(worker => placementWorker(worker, of))
  for (const name of of.held) holderDuties(of, of.channels.get(name), name, workers, list, waits)
  const handOvers = list.filter(({ kind }) => kind === 'hand-over')
  for (const late of handOvers.slice(MOST_HAND_OVERS)) list.splice(list.indexOf(late), 1)
  const free: WantedChannel[] = []
  for (const channel of of.channels.values()) {
    if (of.held.has(channel.name)) continue
    const lease = of.leases.get(channel.name)
    if (channel.enabled && isOurs(lease, of.worker)) list.push({ kind: 'acquire', channel: channel.name })
    else if (channel.enabled && isFree(lease)) free.push(channel)
    else standbyDuties(of, channel, list)
  }
  for (const name of of.prepared.keys()) {
    if (!of.channels.has(name)) list.push({ kind: 'unprepare', channel: name })
  }
  // A placement counts each channel at its first worker alone: this one must not take too many of others' at once.
  let freeCores = FULL * of.capacityCores - of.usedCores
  for (const { channel, rank, waitsFor } of placeAll(free.map(freeChannel), workers, of.worker)) {
    if (waitsFor !== null) waits.set(channel, waitsFor)
    const isDue = rank !== null && of.freeMs(channel) >= (rank * of.ttlMs) / RANK_PARTS
    const { nextWorker, costCores } = of.channels.get(channel)!
    const takesCores = nextWorker === of.worker ? 0 : costCores
    if (!isDue || of.draining || takesCores > freeCores + ROUNDING) continue
    freeCores -= takesCores
    list.push({ kind: 'acquire', channel })
  }
  return { list, waits }
}

/** A worker is heard of six times in a TTL. */
const isHeard = ({ silentMs }: WorkerView, ttlMs: number): boolean => silentMs < ttlMs

function placementWorker(worker: WorkerView, of: DutyCase): PlacementWorker {
  const { name, load, draining, capacity } = worker
  const isSelf = name === of.worker
  const capacityCores = isSelf ? of.capacityCores : (capacity['cores'] ?? 0)
  return {
    name,
    capacityCores,
    usedCores: isSelf ? of.usedCores : load * capacityCores,
    available: !(isSelf ? of.draining : draining) && !of.drains.has(name) && isHeard(worker, of.ttlMs),
  }
}

const freeChannel = (channel: WantedChannel): PlacementChannel => ({ ...channel, avoid: null })

/** Kept for this worker, or its own from before. */
function isOurs(lease: LeaseView | undefined, worker: string): boolean {
  if (!lease || lease.expiresInMs <= 0) return false
  return lease.holder === worker || (lease.holder === null && lease.reservedFor === worker)
}

function isFree(lease: LeaseView | undefined): boolean {
  return !lease || lease.expiresInMs <= 0 || (lease.holder === null && lease.reservedFor === null)
}

function holderDuties(
  of: DutyCase,
  channel: WantedChannel | undefined,
  name: string,
  workers: readonly PlacementWorker[],
  list: Duty[],
  waits: Map<string, string>,
): void {
  if (!channel?.enabled) {
    list.push({ kind: 'give-back', channel: name })
    return
  }
  const isAvailable = (worker: string) => workers.some(one => one.name === worker && one.available)
  const { preferredWorker } = channel
  const moves = preferredWorker !== null && preferredWorker !== of.worker && isAvailable(preferredWorker)
  const leaves = of.draining || of.drains.has(of.worker) || moves
  const appointed = channel.nextWorker
  const mayKeep =
    appointed !== null && appointed !== of.worker && isAvailable(appointed) && (!moves || appointed === preferredWorker)
  if (!leaves && !channel.isHot) {
    if (appointed !== null) list.push({ kind: 'appoint', channel: name, worker: null })
    return
  }
  if (!mayKeep) {
    const placed = { ...channel, nextWorker: null, avoid: of.worker }
    const [best] = moves ? [preferredWorker] : rankWorkers(placed, workers)
    if (best) list.push({ kind: 'appoint', channel: name, worker: best })
    else {
      waits.set(name, 'no other worker has room for it')
      if (appointed !== null) list.push({ kind: 'appoint', channel: name, worker: null })
    }
    return
  }
  if (leaves && (channel.nextReady || of.waitedMs(name) > READY_WAIT_TTLS * of.ttlMs)) {
    list.push({ kind: 'hand-over', channel: name, successor: appointed })
  }
}

function standbyDuties(of: DutyCase, { name, enabled, nextWorker, nextReady }: WantedChannel, list: Duty[]): void {
  const isReady = of.prepared.get(name)
  if (!enabled || nextWorker !== of.worker || of.draining) {
    if (isReady !== undefined) list.push({ kind: 'unprepare', channel: name })
    return
  }
  if (isReady === undefined) list.push({ kind: 'prepare', channel: name })
  else if (isReady && !nextReady) list.push({ kind: 'tell-ready', channel: name })
}
