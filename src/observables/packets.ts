import { Observable } from 'rxjs'
import type { Packet } from '../core/pipeline-types'

/** Packets per turn of the event loop, so that the loop can do other work. */
const MOST_PACKETS = 256

interface Taker {
  packet(packet: Packet): void
  end(error: Error | null): void
}

/**
 * Distributes the packets of one source to its subscribers; packets without a subscriber stay in the source's queue.
 */
export class PacketHub {
  readonly #takers = new Set<Taker>()
  #ended: { readonly error: Error | null } | null = null
  #pumping = false

  /** |@param read takes at most this many packets from the source */
  constructor(
    private readonly read: (max: number) => readonly Packet[],
    private readonly onDemand: (wanted: boolean) => void,
  ) {}

  /** All subscribers get the same packets and must not change their bytes. Hot; ends with the stream. */
  readonly packets$ = new Observable<Packet>(subscriber => {
    const taker: Taker = {
      packet: packet => subscriber.next(packet),
      end: error => (error ? subscriber.error(error) : subscriber.complete()),
    }
    if (this.#ended) {
      taker.end(this.#ended.error)
      return
    }
    subscriber.add(() => {
      if (this.#takers.delete(taker) && this.#takers.size === 0) this.onDemand(false)
    })
    this.#takers.add(taker)
    if (this.#takers.size === 1) this.onDemand(true)
  })

  /**
   * Returns whether more packets can wait. Not re-entrant: the loop serves a subscriber that asks for more meanwhile.
   */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#takers.size > 0) {
        const packets = this.read(MOST_PACKETS)
        if (packets.length === 0) return
        for (const packet of packets) for (const taker of [...this.#takers]) taker.packet(packet)
      }
    } finally {
      this.#pumping = false
    }
  }

  end(error: Error | null): void {
    if (this.#ended) return
    this.#ended = { error }
    const takers = [...this.#takers]
    this.#takers.clear()
    for (const taker of takers) taker.end(error)
  }
}
