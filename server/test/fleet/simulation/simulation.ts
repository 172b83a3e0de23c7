/** A fleet in simulated time: the protocol, the placement and the rules of the product, many machines and one store. */
import { RANK_PARTS } from '../../../src/fleet/duties.js'
import { LocalStore } from '../../../src/fleet/local-store.js'
import { FULL } from '../../../src/fleet/placement.js'
import { EventClock, randomOf } from './event-clock.js'
import type { Statement } from './simulated-store.js'
import { SimulatedWorker } from './simulated-worker.js'

export interface FleetShape {
  readonly seed: number
  /** Cores of each worker. */
  readonly workers: readonly number[]
  /** Cost of each channel. */
  readonly channels: readonly number[]
  readonly ttlMs?: number
  readonly rankDelayMs?: number
  readonly latencyMs?: readonly [number, number]
  /** Of a channel's process, from its start until its targets are connected; so many start at once for each core. */
  readonly startMs?: number
  readonly startsPerCore?: number
  readonly looksAhead?: boolean
}

/** What became of the channels of workers that died. */
export interface Recovery {
  /** ms until each channel had a new lease, and until it ran, sorted. */
  readonly leasedMs: readonly number[]
  readonly runningMs: readonly number[]
  /** Refused, by reason. */
  readonly refused: Readonly<Record<string, number>>
  readonly granted: number
  /** Of all kinds, in the busiest second. */
  readonly peakStatements: number
}

export interface StatementRates {
  /** A second: statements, and rows that they write and read. */
  readonly renewals: number
  readonly rowsRenewed: number
  readonly reads: number
  readonly rowsRead: number
}

export interface Loads {
  readonly least: number
  readonly mean: number
  readonly most: number
  /** Channels that nobody has. */
  readonly unplaced: number
}

/** What nobody has room for is not waited for any longer. */
const LONGEST_MS = 120_000

export class Simulation {
  readonly clock = new EventClock()
  readonly workers: readonly SimulatedWorker[]
  /** Broken rules. */
  readonly faults: string[] = []
  private readonly channels: ReadonlyMap<string, number>
  private readonly random: () => number
  private readonly running = new Map<string, SimulatedWorker>()
  private readonly leasedAt = new Map<string, number>()
  private readonly runningAt = new Map<string, number>()
  private statements: Statement[] = []
  private refused: Record<string, number> = {}
  private granted = 0

  constructor(shape: FleetShape) {
    const {
      ttlMs = 15_000,
      rankDelayMs = ttlMs / RANK_PARTS,
      latencyMs = [2, 20],
      startMs = 1500,
      startsPerCore = 3,
    } = shape
    this.random = randomOf(shape.seed)
    this.channels = new Map(shape.channels.map((cost, i) => [`channel-${i + 1}`, cost]))
    const store = new LocalStore({ clock: this.clock, ttlMs })
    const onStatement = (statement: Statement) => void this.statements.push(statement)
    const network = { clock: this.clock, random: this.random, latencyMs, onStatement }
    const common = {
      ...{ ttlMs, rankDelayMs, startMs, startsPerCore, channels: this.channels, looksAhead: shape.looksAhead ?? false },
      onAcquired: this.acquired.bind(this),
      onRefused: (reason: string) => {
        this.refused[reason] = (this.refused[reason] ?? 0) + 1
      },
      onRunning: this.runs.bind(this),
    }
    this.workers = shape.workers.map(
      (cores, i) => new SimulatedWorker({ ...common, name: `worker-${i + 1}`, cores }, store, network),
    )
  }

  get living(): readonly SimulatedWorker[] {
    return this.workers.filter(({ alive }) => alive)
  }

  /** All workers begin within `overMs`; ends when all channels run, or none can any more. ms that it took. */
  async begin(overMs: number): Promise<number> {
    for (const worker of this.workers) this.clock.setTimeout(() => void worker.start(), this.random() * overMs)
    const begunMs = this.clock.now()
    await this.clock.run(begunMs + LONGEST_MS, () => this.running.size === this.channels.size)
    return this.clock.now() - begunMs
  }

  /** What the store is asked while nothing happens. */
  async rates(ms: number): Promise<StatementRates> {
    this.statements = []
    await this.clock.run(this.clock.now() + ms)
    const of = (kind: Statement['kind'], value: (statement: Statement) => number) =>
      (this.statements.filter(it => it.kind === kind).reduce((sum, it) => sum + value(it), 0) * 1000) / ms
    return {
      renewals: of('renew', () => 1),
      rowsRenewed: of('renew', ({ rows }) => rows),
      reads: of('read', () => 1),
      rowsRead: of('read', ({ rows }) => rows),
    }
  }

  /** Workers die at once, at any time between two renewals; ends when all of their channels run. */
  async lose(dying: readonly SimulatedWorker[]): Promise<Recovery> {
    await this.clock.run(this.clock.now() + this.random() * 10_000)
    const lost = dying.flatMap(({ channels }) => [...channels])
    for (const worker of dying) worker.kill()
    for (const channel of lost) this.running.delete(channel)
    const diedAt = this.clock.now()
    this.statements = []
    this.refused = {}
    this.granted = 0
    await this.clock.run(diedAt + LONGEST_MS, () => this.running.size === this.channels.size)
    const since = (times: ReadonlyMap<string, number>) =>
      lost
        .filter(channel => this.running.has(channel))
        .map(channel => times.get(channel)! - diedAt)
        .sort((one, other) => one - other)
    return {
      leasedMs: since(this.leasedAt),
      runningMs: since(this.runningAt),
      refused: this.refused,
      granted: this.granted,
      peakStatements: busiestSecond(this.statements),
    }
  }

  loads(): Loads {
    const loads = this.living.map(({ usedCores, options }) => usedCores / options.cores)
    return {
      least: Math.min(...loads),
      mean: loads.reduce((sum, load) => sum + load, 0) / loads.length,
      most: Math.max(...loads),
      unplaced: this.channels.size - this.running.size,
    }
  }

  private acquired(worker: SimulatedWorker, channel: string): void {
    this.granted += 1
    this.leasedAt.set(channel, this.clock.now())
    for (const other of this.living) {
      if (other === worker) continue
      if (other.keeper.mayConnect(channel)) this.faults.push(`${channel}: ${worker.name} beside ${other.name}`)
    }
    const load = worker.usedCores / worker.options.cores
    if (load > FULL + 1e-6) this.faults.push(`${worker.name} has ${load} of its capacity`)
  }

  private runs(worker: SimulatedWorker, channel: string): void {
    const before = this.running.get(channel)
    if (before?.alive) this.faults.push(`${channel} runs on ${before.name} and ${worker.name}`)
    if (!worker.keeper.mayConnect(channel)) this.faults.push(`${channel}: ${worker.name} may not connect it`)
    this.running.set(channel, worker)
    this.runningAt.set(channel, this.clock.now())
  }
}

function busiestSecond(statements: readonly Statement[]): number {
  let first = 0
  let most = 0
  for (const [last, { at }] of statements.entries()) {
    while (statements[first]!.at < at - 1000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
