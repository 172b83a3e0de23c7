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
  /** Whether a channel that this worker holds has an input on air. */
  readonly isReady: (channel: string) => boolean
  /** Whether a channel that this worker holds cannot run on its machine. Nothing of it is on air then. */
  readonly isUnable: (channel: string) => boolean
  /** Whether this worker gave the channel up: it takes it only where nobody else does. */
  readonly shuns: (channel: string) => boolean
}

export type Duty =
  | { readonly kind: 'acquire'; readonly channel: string }
  /** Runs it with closed gates. */
  | { readonly kind: 'prepare' | 'unprepare' | 'tell-ready'; readonly channel: string }
  | { readonly kind: 'appoint'; readonly channel: string; readonly worker: string | null }
  /** Ends its targets, and gives the lease to a worker. */
  | { readonly kind: 'hand-over'; readonly channel: string; readonly successor: string }
  /** It is not wanted any more, or has to go and its successor does not get ready. */
  | { readonly kind: 'give-back'; readonly channel: string }
  /** It cannot run here, and another worker has room for it. */
  | { readonly kind: 'give-up'; readonly channel: string }

export interface Duties {
  readonly list: readonly Duty[]
  /** Why nobody runs a channel that is wanted, or why it stays where it should not be, by its name. */
  readonly waits: ReadonlyMap<string, string>
}

/** Each next worker of the ranking asks for a free channel by so much later: a part of the TTL. */
export const RANK_PARTS = 6
/** Channels that a worker gives away at the same time: each of them begins anew elsewhere. */
export const MOST_HAND_OVERS = 2
/** A successor that is not ready by then has no claim: in TTLs, and more than any start takes. */
export const READY_WAIT_TTLS = 2
/** A worker that gave a channel up asks for it so much later than its rank says: in TTLs. */
export const SHUN_TTLS = 2

export function dutiesOf(of: DutyCase): Duties {
  const list: Duty[] = []
  const waits = new Map<string, string>()
  const taken = takenCores(of)
  const workers = of.workers.map(worker => placementWorker(worker, taken, of))
  const leaving: Duty[] = []
  for (const name of of.held) holderDuties(of, of.channels.get(name), name, workers, { list, leaving, waits })
  list.push(...leaving.slice(0, MOST_HAND_OVERS))
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
    const askedMs = ((rank ?? 0) * of.ttlMs) / RANK_PARTS + (of.shuns(channel) ? SHUN_TTLS * of.ttlMs : 0)
    const isDue = rank !== null && of.freeMs(channel) >= askedMs
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

/** What the channels of each worker take, and those that it gets ready for. */
function takenCores({ channels, leases }: DutyCase): ReadonlyMap<string, number> {
  const taken = new Map<string, number>()
  for (const { name, costCores, nextWorker } of channels.values()) {
    const lease = leases.get(name)
    const holder = lease && lease.expiresInMs > 0 ? (lease.holder ?? lease.reservedFor) : null
    for (const worker of new Set([holder, nextWorker])) {
      if (worker !== null) taken.set(worker, (taken.get(worker) ?? 0) + costCores)
    }
  }
  return taken
}

function placementWorker(worker: WorkerView, taken: ReadonlyMap<string, number>, of: DutyCase): PlacementWorker {
  const { name, load, draining, capacity } = worker
  const isSelf = name === of.worker
  const capacityCores = isSelf ? of.capacityCores : (capacity['cores'] ?? 0)
  return {
    ...{ name, capacityCores },
    // What it tells of itself is as old as its last heartbeat; what the store tells may lack what it measured since.
    usedCores: isSelf ? of.usedCores : Math.max(taken.get(name) ?? 0, load * capacityCores),
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
  /** Those that are asked here have what they are asked for. */
  workers: PlacementWorker[],
  { list, leaving, waits }: { list: Duty[]; leaving: Duty[]; waits: Map<string, string> },
): void {
  if (!channel?.enabled) {
    list.push({ kind: 'give-back', channel: name })
    return
  }
  if (of.isUnable(name)) {
    const [other] = rankWorkers({ ...channel, nextWorker: null, avoid: of.worker }, workers)
    if (other) leaving.push({ kind: 'give-up', channel: name })
    else waits.set(name, 'it cannot run on this machine, and no other worker has room for it')
    return
  }
  const isAvailable = (worker: string) => workers.some(one => one.name === worker && one.available)
  const { preferredWorker } = channel
  const moves = preferredWorker !== null && preferredWorker !== of.worker && isAvailable(preferredWorker)
  const isDrained = of.draining || of.drains.has(of.worker)
  const leaves = isDrained || moves
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
    if (best) {
      list.push({ kind: 'appoint', channel: name, worker: best })
      const at = workers.findIndex(worker => worker.name === best)
      if (at >= 0) workers[at] = { ...workers[at]!, usedCores: workers[at]!.usedCores + channel.costCores }
    } else {
      waits.set(name, 'no other worker has room for it')
      if (appointed !== null) list.push({ kind: 'appoint', channel: name, worker: null })
    }
    return
  }
  if (!leaves) return
  const isLate = of.waitedMs(name) > READY_WAIT_TTLS * of.ttlMs
  // What is on air here stays so, unless this server ends. Where nothing is, another worker may reach an input.
  const mayEnd = of.draining || !of.isReady(name)
  if (channel.nextReady || (isLate && mayEnd && !isDrained))
    leaving.push({ kind: 'hand-over', channel: name, successor: appointed })
  // Whoever can, takes it: the one that was asked may lack a secret, or a file.
  else if (isLate && mayEnd) leaving.push({ kind: 'give-back', channel: name })
  else if (isLate) waits.set(name, `worker '${appointed}' does not get ready for it`)
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
