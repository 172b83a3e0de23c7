/** The store over a network: each statement takes its time, is counted, and goes nowhere from a worker that is dead. */
import type { Heartbeat, HeldLease, LeaseStore, Standing, StoreChange, Worker } from '../../../src/fleet/lease-store.js'
import type { EventClock } from './event-clock.js'

export interface Statement {
  readonly at: number
  readonly kind: 'register' | 'acquire' | 'renew' | 'release' | 'read'
  /** Written, or read. */
  readonly rows: number
}

export interface Network {
  readonly clock: EventClock
  readonly random: () => number
  /** Of a statement, there and back, at the least and at the most. */
  readonly latencyMs: readonly [number, number]
  onStatement(statement: Statement): void
}

export class SimulatedStore implements LeaseStore {
  private dead = false

  constructor(
    private readonly inner: LeaseStore,
    private readonly network: Network,
  ) {}

  /** Nothing that it sends arrives any more, and no answer. */
  kill(): void {
    this.dead = true
  }

  register(worker: Worker, previous: readonly string[], heartbeat: Heartbeat) {
    return this.send(
      'register',
      () => this.inner.register(worker, previous, heartbeat),
      () => 1,
    )
  }

  acquire(worker: Worker, channel: string, standing: Standing) {
    return this.send(
      'acquire',
      () => this.inner.acquire(worker, channel, standing),
      ({ granted }) => (granted ? 1 : 0),
    )
  }

  renew(worker: Worker, leases: readonly HeldLease[], heartbeat: Heartbeat) {
    return this.send(
      'renew',
      () => this.inner.renew(worker, leases, heartbeat),
      () => leases.length + 1,
    )
  }

  release(worker: Worker, lease: HeldLease, successor: string | null) {
    return this.send(
      'release',
      () => this.inner.release(worker, lease, successor),
      () => 1,
    )
  }

  leave(worker: Worker) {
    return this.inner.leave(worker)
  }

  leases() {
    return this.send(
      'read',
      () => this.inner.leases(),
      ({ length }) => length,
    )
  }

  workers() {
    return this.send(
      'read',
      () => this.inner.workers(),
      ({ length }) => length,
    )
  }

  watch(onChange: (change: StoreChange | null) => void) {
    return this.inner.watch(onChange)
  }

  close() {
    return this.inner.close()
  }

  private async send<T>(kind: Statement['kind'], ask: () => Promise<T>, rows: (answer: T) => number): Promise<T> {
    const { clock, random, latencyMs, onStatement } = this.network
    const [least, most] = latencyMs
    const ms = least + random() * (most - least)
    await clock.wait(ms / 2)
    await this.living()
    const answer = await ask()
    onStatement({ at: clock.now(), kind, rows: rows(answer) })
    await clock.wait(ms / 2)
    await this.living()
    return answer
  }

  private living(): Promise<void> {
    return this.dead ? new Promise(() => {}) : Promise.resolve()
  }
}
