import { Writing, type WritingOptions } from '../record/writing'
import type { Connection } from './destination'
import type { PacketSource } from '../record/packet-source'
import type { PublisherEvents, PublisherStats } from './publisher'

/** A recording as a connection of a target: encoded packets, from a keyframe on. */
export class RecordConnection implements Connection {
  readonly #packets: PacketSource
  readonly #writing: Writing
  /** Its number in the fan-out; 0: it gets no packets. */
  #target = 0
  /** A disk has no opinion of a key. */
  readonly acknowledged = true

  constructor(packets: PacketSource, options: WritingOptions, events: PublisherEvents) {
    this.#packets = packets
    this.#writing = new Writing(options, {
      onReady: listener => {
        this.#target = packets.addTarget(fanout => fanout.listen(listener))
        events.onLive()
      },
      onLost: error => {
        this.#leave(false)
        events.onLost(error)
      },
    })
  }

  start(): Promise<void> {
    return this.#writing.start()
  }

  get queueMs(): number {
    return this.#writing.stats.queueMs
  }

  get stats(): PublisherStats {
    const { packets, bytes, dropped, written } = this.#writing.stats
    return { packets, bytes, dropped, outBytes: written }
  }

  #leave(end: boolean): void {
    if (this.#target) this.#packets.removeTarget(this.#target, end)
    this.#target = 0
  }

  drain(deadline: number): Promise<void> {
    return this.#writing.drain(deadline)
  }

  async goodbye(deadline: number): Promise<void> {
    this.#leave(true)
    await this.#writing.drain(deadline)
  }

  async stop(deadline: number): Promise<void> {
    this.#leave(false)
    await this.#writing.stop(deadline)
  }
}
