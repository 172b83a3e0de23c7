import type { Consumer, MediaSource } from './media-source'

export interface MediaHubOptions {
  /** Whether a consumer without room holds the stream back ('block'). */
  readonly block: boolean
  /** The consumers changed: the engine sets the taps' policies by it. */
  onDemand(demand: { readonly pictures: boolean; readonly sound: boolean }): void
}

/** More than any burst of a server, so that one turn of the event loop stays short. */
const MOST_PICTURES = 32

/**
 * Hands the pictures and the sound of one stream to its consumers. What nobody takes stays in the native queues, which
 * are bounded and drop by their policy; so a lone slow reader sees exactly one queue.
 */
export class MediaHub {
  readonly #options: MediaHubOptions
  readonly #consumers = new Set<Consumer>()
  #source: MediaSource | null = null
  #ended: { readonly error: Error | null } | null = null
  #pumping = false

  constructor(options: MediaHubOptions) {
    this.#options = options
  }

  setSource(source: MediaSource | null): void {
    this.#source = source
    if (source) this.#ended = null
  }

  get source(): MediaSource | null {
    return this.#source
  }

  /** Whether there is nothing more to come. */
  get ended(): { readonly error: Error | null } | null {
    return this.#ended
  }

  add(consumer: Consumer): void {
    if (this.#ended) {
      consumer.end(this.#ended.error)
      return
    }
    this.#consumers.add(consumer)
    this.#tellDemand()
    this.pump()
  }

  remove(consumer: Consumer): void {
    if (this.#consumers.delete(consumer)) this.#tellDemand()
  }

  /** Moves what waits to those who take it. Not re-entrant: a consumer that asks for more is served by the loop. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#pumpOnce());
    } finally {
      this.#pumping = false
    }
  }

  #pumpOnce(): boolean {
    const source = this.#source
    if (!source || this.#consumers.size === 0) return false
    let moved = false
    const wantSound = [...this.#consumers].some((consumer) => consumer.sound)
    if (wantSound) {
      const sounds = source.readSounds()
      const format = source.audioFormat
      if (format) {
        for (const sound of sounds) {
          moved = true
          for (const consumer of [...this.#consumers]) consumer.sound?.(sound, format)
        }
      }
    }
    const room = this.#room()
    if (room > 0) {
      for (const picture of source.readPictures(Math.min(room, MOST_PICTURES))) {
        moved = true
        // Held while it is handed round: the first consumer may close its handle at once.
        picture.lease.retain()
        for (const consumer of [...this.#consumers]) if (this.#consumers.has(consumer)) consumer.picture?.(picture)
        picture.lease.release()
      }
    }
    return moved
  }

  /** 'block': as many as the fullest consumer takes. Otherwise as many as the emptiest: the others drop by themselves. */
  #room(): number {
    const takers = [...this.#consumers].filter((consumer) => consumer.picture)
    if (takers.length === 0) return 0
    const rooms = (consumers: readonly Consumer[]): number[] => consumers.map((consumer) => consumer.room)
    if (!this.#options.block) return Math.max(...rooms(takers))
    const holders = takers.filter((consumer) => consumer.holds ?? true)
    return Math.min(...rooms(holders.length > 0 ? holders : takers))
  }

  /** What waits is handed out first; then every consumer is told. */
  end(error: Error | null): void {
    if (this.#ended) return
    this.pump()
    this.#ended = { error }
    this.#source = null
    const consumers = [...this.#consumers]
    this.#consumers.clear()
    for (const consumer of consumers) consumer.end(error)
  }

  #tellDemand(): void {
    const all = [...this.#consumers]
    this.#options.onDemand({ pictures: all.some((consumer) => consumer.picture), sound: all.some((consumer) => consumer.sound) })
  }
}
