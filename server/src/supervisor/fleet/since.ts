/** Since when a worker has seen channels free, and their successors appointed, by its own clock. */
import type { WantedChannel } from '../../fleet/duties.js'
import type { LeaseView } from '../../fleet/lease-store.js'

export class Since {
  private readonly free = new Map<string, number>()
  private readonly appointed = new Map<string, { readonly worker: string; readonly at: number }>()

  constructor(private readonly now: () => number) {}

  /** What was read last. */
  look(channels: ReadonlyMap<string, WantedChannel>, leases: ReadonlyMap<string, LeaseView>): void {
    const at = this.now()
    for (const name of [...this.free.keys(), ...this.appointed.keys()]) if (!channels.has(name)) this.forget(name)
    for (const { name, nextWorker } of channels.values()) {
      const lease = leases.get(name)
      const isFree = !lease || lease.expiresInMs <= 0 || (lease.holder === null && lease.reservedFor === null)
      if (!isFree) this.free.delete(name)
      else if (!this.free.has(name)) this.free.set(name, at)
      if (nextWorker === null) this.appointed.delete(name)
      else if (this.appointed.get(name)?.worker !== nextWorker) this.appointed.set(name, { worker: nextWorker, at })
    }
  }

  /** Its lease is this worker's: both begin anew. */
  forget(channel: string): void {
    this.free.delete(channel)
    this.appointed.delete(channel)
  }

  freeMs(channel: string): number {
    return this.now() - (this.free.get(channel) ?? this.now())
  }

  appointedMs(channel: string): number {
    return this.now() - (this.appointed.get(channel)?.at ?? this.now())
  }
}
