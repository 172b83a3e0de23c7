import { native } from '../../addon/binding'
import type { FanoutStats, TargetStats } from '../../addon/output'
import type { PacketListener } from '../../addon/record'
import type { RelayFanout } from '../../addon/relay'
import { RxGstError } from '../../core/errors'
import type { PacketSource, StreamFanout } from '../record/packet-source'
import type { RelayWire } from './wire'

/** What a relay copies, for its recordings and peers of SRT. */
export class RelayPackets implements PacketSource {
  readonly #wire: RelayWire
  /** null: no such target has begun. */
  #fanout: RelayFanout | null = null
  #closed = false

  constructor(wire: RelayWire) {
    this.#wire = wire
  }

  addTarget(add: (fanout: StreamFanout) => number): number {
    this.#fanout ??= new (native().RelayFanout)(this.#wire.packets)
    return add(this.#fanout)
  }

  /** For a listener that is no target; returns how it leaves. ERR_NOT_RUNNING. */
  join(listener: PacketListener): () => void {
    if (this.#closed) throw new RxGstError('ERR_NOT_RUNNING', 'the relay was stopped, or has failed')
    const id = this.addTarget(fanout => fanout.listen(listener))
    return () => void this.removeTarget(id, false)
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
    this.#closed = true
    this.#fanout?.close()
    this.#fanout = null
  }
}
