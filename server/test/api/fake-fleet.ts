/** A stand-in for the fleet of a server: four workers, of which one is away, and the channels of the fake port. */
import type { FleetChannelView, FleetEventView, FleetPort, FleetView, FleetWorkerView } from '../../src/core/fleet.js'
import type { Problem } from '../../src/core/problem.js'

const TTL_MS = 15_000
const RING = 1000

const worker = (name: string, more: Partial<FleetWorkerView> = {}): FleetWorkerView => ({
  ...{ name, self: false, version: '0.1.0', load: 0.25, capacityCores: 8, channels: 0 },
  ...{ draining: false, silentMs: 800, away: false, ...more },
})

const channel = (id: string, more: Partial<FleetChannelView> = {}): FleetChannelView => ({
  ...{ id, title: null, enabled: true, worker: null, standby: null, epoch: null },
  ...{ preferredWorker: null, costCores: 1.2, waitsFor: null, ...more },
})

export class FakeFleet implements FleetPort {
  workers: readonly FleetWorkerView[] = [
    worker('studio-1', { self: true, load: 0.62, channels: 2 }),
    worker('studio-2'),
    worker('studio-3', { draining: true, load: 0.05 }),
    worker('studio-4', { away: true, silentMs: 93_000, load: 0 }),
  ]
  channels: readonly FleetChannelView[] = [
    channel('studio', { title: 'Studio 1', worker: 'studio-1', epoch: '1795000000123' }),
    channel('chapel', { worker: 'studio-1', epoch: '7', standby: { worker: 'studio-2', ready: true } }),
    channel('archive-loop', { enabled: false, costCores: null }),
    channel('sports', { waitsFor: 'no worker has 4.5 cores free', costCores: 4.5 }),
  ]
  storeLost = false
  ageMs = 400
  /** What the store says no with; null: it answers. */
  fault: Problem | null = null
  readonly #events: FleetEventView[] = []
  #nextId = 9_007_199_254_740_993n

  constructor() {
    this.note('studio-1', 'worker-joined', null, null, 'studio-1 has joined the fleet')
    this.note('studio-2', 'worker-joined', null, null, 'studio-2 has joined the fleet')
    this.note('studio-1', 'lease-acquired', 'studio', null, 'studio runs on studio-1')
    this.note('studio-1', 'lease-acquired', 'chapel', null, 'chapel runs on studio-1')
  }

  view(): FleetView {
    const { workers, channels, storeLost, ageMs } = this
    return { worker: 'studio-1', ttlMs: TTL_MS, ageMs, storeLost, workers, channels }
  }

  async setDrain(name: string, drain: boolean, user: string): Promise<void> {
    this.#answer()
    this.workers = this.workers.map(known => (known.name === name ? { ...known, draining: drain } : known))
    this.note(name, drain ? 'drain' : 'undrain', null, user, `${name} is ${drain ? '' : 'no longer '}being drained`)
  }

  async move(id: string, to: string | null, user: string): Promise<void> {
    this.#answer()
    this.channels = this.channels.map(known => {
      if (known.id !== id) return known
      const standby = to === null || to === known.worker ? null : { worker: to, ready: false }
      return { ...known, preferredWorker: to, standby }
    })
    this.note('studio-1', 'move', id, user, `${id} goes to ${to ?? 'any worker'}`)
  }

  async events(afterId: string | null, limit: number): Promise<readonly FleetEventView[]> {
    this.#answer()
    if (afterId === null) return this.#events.slice(-limit)
    return this.#events.filter(({ id }) => BigInt(id) > BigInt(afterId)).slice(0, limit)
  }

  note(name: string, type: string, channel: string | null, user: string | null, message: string): void {
    this.#events.push({
      id: String(this.#nextId++),
      at: Date.now(),
      worker: name,
      type,
      channel,
      user,
      message,
      data: {},
    })
    if (this.#events.length > RING) this.#events.shift()
  }

  #answer(): void {
    if (this.fault) throw this.fault
  }
}
