/**
 * A worker that looks for free channels as those of a fleet do: it reads leases and workers six times in a TTL, works
 * out where the free channels belong, and asks for those of which it is the first; for the others later, if nobody has
 * them by then. Leases, attendance and placement are the product's code; there are no processes of channels.
 */
import { LeaseKeeper } from '../../../src/fleet/lease-keeper.js'
import type { LeaseStore, LeaseView, WorkerView } from '../../../src/fleet/lease-store.js'
import { WorkerMemory } from '../../../src/fleet/memory.js'
import { FULL, placeAll, type PlacementChannel, type PlacementWorker } from '../../../src/fleet/placement.js'
import { RENEW_PARTS } from '../../../src/fleet/worker-rules.js'
import { SimulatedStore, type Network } from './simulated-store.js'

/** A worker that was silent for longer gets no channels. */
const SILENT_PARTS = 3
/** After a lease has expired. */
const LATE_MS = 5
/** It reads no more often, however many leases expire one after another. */
const READ_MS = 250

export interface WorkerOptions {
  readonly name: string
  readonly cores: number
  readonly ttlMs: number
  /** What each rank waits longer than the one before. */
  readonly rankDelayMs: number
  /** Of a channel's process, from its start until its targets are connected. */
  readonly startMs: number
  /** So many at once for each core. */
  readonly startsPerCore: number
  readonly channels: ReadonlyMap<string, number>
  /** It reads when the first lease expires, and not only six times in a TTL. */
  readonly looksAhead: boolean
  onAcquired(worker: SimulatedWorker, channel: string): void
  onRefused(reason: string): void
  onRunning(worker: SimulatedWorker, channel: string): void
}

/** Nothing is written. */
class NoMemory extends WorkerMemory {
  constructor() {
    super('/nowhere')
  }

  override begin(): void {}

  override see(): void {}
}

export class SimulatedWorker {
  readonly keeper: LeaseKeeper
  alive = true
  /** It renews, and takes nothing: a worker with a fault. */
  idle = false
  private readonly store: SimulatedStore
  private readonly freeSince = new Map<string, number>()
  private readonly held = new Set<string>()
  private readonly toStart: string[] = []
  private starting = 0
  private startedAt = 0
  private timer: unknown

  constructor(
    readonly options: WorkerOptions,
    store: LeaseStore,
    private readonly network: Network,
  ) {
    this.store = new SimulatedStore(store, network)
    const { name, ttlMs, cores } = options
    this.keeper = new LeaseKeeper({
      ...{ store: this.store, worker: { name, session: name }, ttlMs, clock: network.clock, memory: new NoMemory() },
      facts: () => ({ version: '0', load: this.usedCores / cores, draining: false, capacity: { cores } }),
      onEvent: () => {},
    })
  }

  get name(): string {
    return this.options.name
  }

  get usedCores(): number {
    let used = 0
    for (const channel of this.held) used += this.costOf(channel)
    return used
  }

  get channels(): ReadonlySet<string> {
    return this.held
  }

  async start(): Promise<void> {
    await this.keeper.start()
    this.startedAt = this.network.clock.now()
    await this.turn()
  }

  kill(): void {
    this.alive = false
    this.store.kill()
    this.network.clock.clearTimeout(this.timer)
    void this.keeper.stop()
  }

  private costOf(channel: string): number {
    return this.options.channels.get(channel)!
  }

  private async turn(): Promise<void> {
    const { clock } = this.network
    const { ttlMs, looksAhead } = this.options
    const begun = clock.now()
    const [workers, leases] = [await this.store.workers(), await this.store.leases()]
    // Before it has watched for a TTL, it would be refused.
    if (!this.idle && clock.now() - this.startedAt > ttlMs) await this.look(workers, leases)
    if (!this.alive) return
    const everyMs = ttlMs / RENEW_PARTS
    let at = begun + everyMs
    const [first] = leases
      .map(it => it.expiresInMs)
      .filter(ms => ms > 0 && ms < everyMs)
      .sort((a, b) => a - b)
    if (looksAhead && first !== undefined) at = Math.min(at, begun + first + LATE_MS)
    for (const due of this.dues) at = Math.min(at, due)
    this.timer = clock.setTimeout(() => void this.turn(), Math.max(at, begun + READ_MS) - clock.now())
  }

  /** When to ask for channels of which it is not the first. */
  private dues: number[] = []

  private async look(workers: readonly WorkerView[], leases: readonly LeaseView[]): Promise<void> {
    const { rankDelayMs, name } = this.options
    const now = this.network.clock.now()
    const held = new Map(leases.flatMap(it => (it.expiresInMs > 0 ? [[it.channel, it.holder] as const] : [])))
    const free = [...this.options.channels].filter(([channel]) => !held.has(channel) && !this.held.has(channel))
    for (const channel of this.freeSince.keys()) if (held.has(channel)) this.freeSince.delete(channel)
    for (const [channel] of free) if (!this.freeSince.has(channel)) this.freeSince.set(channel, now)
    this.dues = []
    for (const { channel, rank } of placeAll(free.map(wished), this.workersOf(workers, held), name)) {
      if (rank === null) continue
      const due = this.freeSince.get(channel)! + rank * rankDelayMs
      if (due > now) this.dues.push(due)
      // Whoever is refused for what it has not watched for long enough is refused everything.
      else if ((await this.ask(channel)) === 'not-attended') return
    }
  }

  private workersOf(workers: readonly WorkerView[], held: ReadonlyMap<string, string | null>): PlacementWorker[] {
    const used = new Map<string, number>()
    for (const [channel, holder] of held)
      if (holder !== null) used.set(holder, (used.get(holder) ?? 0) + this.costOf(channel))
    return workers.map(({ name, silentMs, capacity }) => ({
      ...{ name, capacityCores: capacity['cores'] ?? 0, usedCores: used.get(name) ?? 0 },
      available: silentMs <= this.options.ttlMs / SILENT_PARTS,
    }))
  }

  private async ask(channel: string): Promise<string> {
    const { cores, onAcquired, onRefused } = this.options
    // What it sees of itself may be old.
    if (this.usedCores + this.costOf(channel) > FULL * cores) return 'full'
    const result = await this.keeper.acquire(channel)
    if (!result.granted) {
      onRefused(result.reason)
      return result.reason
    }
    this.held.add(channel)
    this.freeSince.delete(channel)
    this.toStart.push(channel)
    onAcquired(this, channel)
    this.startNext()
    return 'granted'
  }

  private startNext(): void {
    const { cores, startMs, startsPerCore, onRunning } = this.options
    while (this.starting < startsPerCore * cores && this.toStart.length > 0) {
      const channel = this.toStart.shift()!
      this.starting += 1
      this.network.clock.setTimeout(() => {
        this.starting -= 1
        if (!this.alive) return
        onRunning(this, channel)
        this.startNext()
      }, startMs)
    }
  }
}

const wished = ([name, costCores]: readonly [string, number]): PlacementChannel => ({
  ...{ name, costCores, preferredWorker: null, nextWorker: null, avoid: null },
})
