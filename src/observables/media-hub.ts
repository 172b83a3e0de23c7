import type { Picture } from '../core/frame'
import type { NativeSound } from '../native/binding'
import type { Consumer, MediaSource } from './media-source'

export interface MediaHubOptions {
  /** Whether a consumer without room holds the stream back ('block'). */
  readonly block: boolean
  /** The consumers changed: the engine sets the taps' policies by it. */
  onDemand(demand: { readonly pictures: boolean; readonly sound: boolean }): void
}

/** More than any burst of a server, so that one turn of the event loop stays short. */
const MOST_PICTURES = 32
/** No queue holds more (`bufferSize`). */
const MOST_LEFT = 1000

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
  /** Pictures here are held by one handle, until they are given or dropped. */
  #rest: { pictures: Picture[]; sounds: NativeSound[]; format: MediaSource['audioFormat'] } | null = null

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
      this.#giveRest(consumer)
      if (consumer.picture) this.dropRest()
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
    if (this.#soundWanted()) {
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

  #soundWanted(): boolean {
    const takers = [...this.#consumers].filter((consumer) => consumer.sound)
    if (takers.length === 0) return false
    return !this.#options.block || takers.every((consumer) => consumer.soundRoom ?? true)
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

  /**
   * The stream is over. What still waits is handed out first, room or not; where nobody is there to take it, it is kept
   * for those who come after the end of a stream (not after stop()).
   */
  end(error: Error | null): void {
    if (this.#ended) return
    this.pump()
    const source = this.#source
    this.#source = null
    this.#ended = { error }
    const consumers = [...this.#consumers]
    this.#consumers.clear()
    if (source && error) {
      const pictures = source.readPictures(MOST_LEFT)
      for (const picture of pictures) picture.lease.retain()
      this.#rest = { pictures, sounds: source.readSounds(), format: source.audioFormat }
      for (const consumer of consumers) this.#giveRest(consumer)
      if (consumers.some((consumer) => consumer.picture)) this.dropRest()
    }
    for (const consumer of consumers) consumer.end(error)
  }

  #giveRest(consumer: Consumer): void {
    if (!this.#rest) return
    const { pictures, sounds, format } = this.#rest
    if (format) for (const sound of sounds) consumer.sound?.(sound, format)
    for (const picture of pictures) consumer.picture?.(picture)
  }

  /** What an ended stream left behind goes back to the pool. */
  dropRest(): void {
    for (const picture of this.#rest?.pictures ?? []) picture.lease.release()
    this.#rest = null
  }

  #tellDemand(): void {
    const all = [...this.#consumers]
    this.#options.onDemand({ pictures: all.some((consumer) => consumer.picture), sound: all.some((consumer) => consumer.sound) })
  }
}
