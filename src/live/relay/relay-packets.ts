import { native } from '../../addon/binding'
import type { FanoutStats, TargetStats } from '../../addon/output'
import type { RelayFanout } from '../../addon/relay'
import type { PacketSource, StreamFanout } from '../record/packet-source'
import type { RelayWire } from './wire'

/** What a relay copies, for its recordings and peers of SRT. */
export class RelayPackets implements PacketSource {
  readonly #wire: RelayWire
  /** null: no such target has begun. */
  #fanout: RelayFanout | null = null

  constructor(wire: RelayWire) {
    this.#wire = wire
  }

  addTarget(add: (fanout: StreamFanout) => number): number {
    this.#fanout ??= new (native().RelayFanout)(this.#wire.packets)
    return add(this.#fanout)
  }

  removeTarget(id: number, end: boolean): number {
    return this.#fanout?.remove(id, end) ?? 0
  }

  targetStats(id: number): TargetStats | null {
    return this.#fanout?.stats(id) ?? null
  }

  stats(): Pick<FanoutStats, 'videoPackets'> {
    return { videoPackets: this.#wire.packets.packets() }
  }

  /** A copy makes no pictures. */
  fillAfter(): void {}

  close(): void {
    this.#fanout?.close()
    this.#fanout = null
  }
}
