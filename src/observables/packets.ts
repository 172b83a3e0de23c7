import { Observable } from 'rxjs'
import type { Packet } from '../core/pipeline-types'

/** Packets in one call: more than wait in most turns of the event loop. */
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
  #asked = false

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
   * Hands out what waits. What comes meanwhile wakes JavaScript anew, in another turn of the event loop: subscribers
   * that are slower than their stream would never end this one. Not re-entrant: the loop serves a subscriber that asks
   * for more meanwhile.
   */
  pump(): void {
    this.#asked = true
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#asked && this.#takers.size > 0) {
        this.#asked = false
        const packets = this.read(MOST_PACKETS)
        for (const packet of packets) for (const taker of [...this.#takers]) taker.packet(packet)
        if (packets.length === MOST_PACKETS) this.#asked = true
      }
    } finally {
      this.#pumping = false
    }
  }

  /** The source goes, and another one follows. */
  lose(): void {
    this.pump()
  }

  end(error: Error | null): void {
    if (this.#ended) return
    this.#ended = { error }
    const takers = [...this.#takers]
    this.#takers.clear()
    for (const taker of takers) taker.end(error)
  }
}
