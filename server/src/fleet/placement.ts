/** Where the channels of a fleet run. Pure: each worker works it out for itself, from the same facts of the store. */
import type { ChannelConfig } from '../core/schema.js'

export interface PlacementWorker {
  readonly name: string
  readonly capacityCores: number
  /** What its channels take, measured or expected; those that it gets ready for (`nextWorker`) included. */
  readonly usedCores: number
  /** Not draining, and heard of of late. */
  readonly available: boolean
}

export interface PlacementChannel {
  readonly name: string
  /** Measured, else expected. */
  readonly costCores: number
  readonly preferredWorker: string | null
  /** The worker that is ready for it. */
  readonly nextWorker: string | null
  /** A worker that must not have it, such as the holder of a channel whose standby is sought. */
  readonly avoid: string | null
}

export interface Placement {
  readonly channel: string
  /** Workers that have room for it, the best first, `RANKED` at most. */
  readonly workers: readonly string[]
  /** How many workers are better than the one that asks; null: that one must not have it, or has no room. */
  readonly rank: number | null
  /** Why there is none, for people. */
  readonly waitsFor: string | null
}

/** No worker is filled above this part of its capacity: pictures that move more than before take more. */
export const FULL = 0.8
/** Those that a placement names. Where none of them asks for the lease, the next worker may have the channel. */
export const RANKED = 5
/** Loads that differ by less are the same: measurements vary by as much. */
const LOAD_STEP = 0.01
/** Sums of cores have rounding errors. */
export const ROUNDING = 1e-9

/** Workers that have room for a channel, the best first. */
export function rankWorkers(channel: PlacementChannel, workers: readonly PlacementWorker[]): string[] {
  return best(channel, workers.map(takenOf), Number.POSITIVE_INFINITY, null).workers
}

/**
 * Workers for many free channels at once: each channel counts at its first worker for those after it. Those that a
 * worker is ready for, or that people want somewhere, come first, then the largest ones. The order of the arguments
 * makes no difference. Its time grows with channels × workers: 2,000 × 100 take 20 to 100 ms.
 *
 * @param self the worker that asks: `rank` is its own. null: `rank` is null
 */
export function placeAll(
  channels: readonly PlacementChannel[],
  workers: readonly PlacementWorker[],
  self: string | null = null,
): Placement[] {
  const all = workers.map(takenOf)
  return [...channels].sort(byUrgency).map(channel => {
    const { first, workers: names, rank } = best(channel, all, RANKED, self)
    if (first) first.cores += addedCores(channel, first.worker)
    return { channel: channel.name, workers: names, rank, waitsFor: first ? null : whyNone(channel, all) }
  })
}

/** A worker, and what it takes with the channels that were given to it meanwhile. */
interface Taken {
  readonly worker: PlacementWorker
  readonly hash: number
  cores: number
}

interface Candidate {
  readonly taken: Taken
  /** Less is better, one after the other. */
  readonly order: readonly [wanted: number, load: number, hash: number]
}

const takenOf = (worker: PlacementWorker): Taken => ({ worker, hash: hashOf(worker.name), cores: worker.usedCores })

interface Best {
  readonly first: Taken | null
  /** In order, `most` of them. */
  readonly workers: string[]
  readonly rank: number | null
}

function best(channel: PlacementChannel, all: readonly Taken[], most: number, self: string | null): Best {
  const hash = hashOf(channel.name)
  const candidate = (taken: Taken): Candidate | null =>
    mayHave(channel, taken.worker) && hasRoom(channel, taken) ? { taken, order: orderOf(channel, taken, hash) } : null
  const asking = all.find(({ worker }) => worker.name === self)
  const own = asking ? candidate(asking) : null
  const candidates: Candidate[] = []
  let better = 0
  for (const taken of all) {
    const one = candidate(taken)
    if (!one) continue
    if (own && compare(one, own) < 0) better++
    let at = candidates.length
    while (at > 0 && compare(one, candidates[at - 1]!) < 0) at--
    if (at >= most) continue
    candidates.splice(at, 0, one)
    if (candidates.length > most) candidates.pop()
  }
  return {
    first: candidates[0]?.taken ?? null,
    workers: candidates.map(({ taken }) => taken.worker.name),
    rank: own ? better : null,
  }
}

const mayHave = ({ avoid }: PlacementChannel, { name, available }: PlacementWorker): boolean =>
  available && name !== avoid

/** The worker that gets ready for a channel has its cost already. */
const addedCores = ({ nextWorker, costCores }: PlacementChannel, { name }: PlacementWorker): number =>
  name === nextWorker ? 0 : costCores

const hasRoom = (channel: PlacementChannel, { worker, cores }: Taken): boolean =>
  cores + addedCores(channel, worker) <= FULL * worker.capacityCores + ROUNDING

function orderOf(channel: PlacementChannel, { worker, cores, hash }: Taken, channelHash: number): Candidate['order'] {
  const { name, capacityCores } = worker
  const wanted = name === channel.nextWorker ? 0 : name === channel.preferredWorker ? 1 : 2
  const load = (cores + addedCores(channel, worker)) / capacityCores
  return [wanted, Math.round(load / LOAD_STEP), mixed(channelHash ^ hash)]
}

function compare({ order: one, taken: first }: Candidate, { order: other, taken: second }: Candidate): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || byName(first.worker.name, second.worker.name)
}

function byUrgency(one: PlacementChannel, other: PlacementChannel): number {
  return urgency(one) - urgency(other) || other.costCores - one.costCores || byName(one.name, other.name)
}

const byName = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const urgency = ({ nextWorker, preferredWorker }: PlacementChannel): number =>
  nextWorker !== null ? 0 : preferredWorker !== null ? 1 : 2

function whyNone(channel: PlacementChannel, all: readonly Taken[]): string {
  const available = all.filter(({ worker }) => worker.available)
  const possible = available.filter(({ worker }) => mayHave(channel, worker))
  if (available.length === 0) return 'no worker is available'
  if (possible.length === 0) return `no other worker than '${channel.avoid}' is available`
  const cost = `it takes ${shown(channel.costCores)} cores`
  const largest = Math.max(...possible.map(({ worker }) => FULL * worker.capacityCores))
  if (channel.costCores > largest) return `${cost}, and no worker may be given more than ${shown(largest)}`
  const free = Math.max(...possible.map(({ worker, cores }) => FULL * worker.capacityCores - cores))
  return `${cost}, and no worker has more than ${shown(Math.max(0, free))} left`
}

/** Down, so that what is left never looks like enough. */
const shown = (cores: number): string => String(Math.floor(cores * 100) / 100)

/** FNV-1a. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return mixed(hash)
}

/** The last steps of MurmurHash3: each bit of the value makes a difference to each bit of the result. */
function mixed(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Cores of a process and of its parts, until they have been measured. By docs/performance.md and docs/monitoring.md: a
 * capture that decodes nothing takes 1.1 % of a core in a process of its own, a further relay 0.2 %.
 */
const PROCESS_CORES = 0.011
const INPUT_CORES = 0.003
const TARGET_CORES = 0.002
/** ms of processor for a million pixels. Decoding: 3.1 at 1080p, 4.3 at 720p. */
const DECODE_MS = 3.5
/** x264 as outputs use it: 5.1 at 1080p, 5.3 at 720p. HEVC takes 6.4 times as much, AV1 half as much again. */
const ENCODE_MS = { h264: 5.3, hevc: 34, av1: 51 } as const
/** Black, frozen and silent pictures, where only keyframes are decoded for it, and where all are: 1.3 % at 720p30. */
const CONTENT_MS = 0.5
/** Of pictures whose size nobody has told. */
const UNKNOWN = { width: 1920, height: 1080, fps: 30 } as const

type Codec = keyof typeof ENCODE_MS
interface Size {
  readonly width: number
  readonly height: number
  readonly fps: number
}

/** Cores that a channel's process may take, by its configuration alone: encoders in software, usual bitrates. */
export function expectedCost(config: ChannelConfig): number {
  const { inputs, mode, monitor } = config
  const targets = Object.values(config.targets).filter(({ enabled }) => enabled)
  const programme = mode === 'copy' ? null : mode.encode
  const own = targets.flatMap(({ encode }) => (encode ? [encode] : []))
  const decodes = programme !== null || Object.values(config.targets).some(({ encode }) => encode !== undefined)
  const size = programme ? sized(programme, UNKNOWN) : UNKNOWN
  const codec = programme?.codec ?? 'h264'
  let cores = PROCESS_CORES + INPUT_CORES * (inputs.length - 1) + TARGET_CORES * targets.length
  // Each input is decoded all the time, so that it can go on air at once.
  if (decodes) cores += inputs.length * costOf(UNKNOWN, DECODE_MS)
  if (monitor.content) cores += inputs.length * costOf(UNKNOWN, CONTENT_MS)
  if (programme) cores += costOf(size, ENCODE_MS[codec])
  for (const encode of own) cores += costOf(sized(encode, size), ENCODE_MS[encode.codec ?? codec])
  return cores
}

const costOf = ({ width, height, fps }: Size, ms: number): number => (width * height * fps * ms) / 1e9

/** An absent side keeps the shape. */
function sized(
  wanted: { readonly [K in keyof Size]?: number | undefined } & { readonly codec?: Codec | undefined },
  from: Size,
): Size {
  const { width, height, fps = from.fps } = wanted
  return {
    width: width ?? (height === undefined ? from.width : (height * from.width) / from.height),
    height: height ?? (width === undefined ? from.height : (width * from.height) / from.width),
    fps,
  }
}
