import { setImmediate } from 'node:timers'
import type { NativeAudio } from '../addon/tap'
import { Backlog } from './backlog'
import type { Consumer, MediaSource } from './media-source'

export interface MediaHubOptions {
  /** Whether a consumer without room holds the stream back ('block'). */
  readonly block: boolean
  /** Number of frames that a closed connection may leave behind, and whether the older ones stay if there are more. */
  readonly capacity?: number
  readonly keepOld?: boolean
  /** How a blocking reader waits for media, at most `ms`; absent: on the source. */
  readonly wait?: (ms: number, kind: 'picture' | 'audio') => void
  /** Called when the consumers change: the engine sets the taps' policies by it. */
  onDemand(demand: { readonly pictures: boolean; readonly audio: boolean }): void
}

/** Frames per turn of the event loop: more than any burst of a server, and still a short turn. */
const MOST_PICTURES = 32
/** Upper limit of `bufferSize`: no queue holds more frames. */
const MOST_LEFT = 1000

/**
 * Distributes the frames and the audio of one stream to its consumers, across all its connections. Media that no
 * consumer takes stays in the native queues, which have limits and drop by their policy. So a single slow reader has
 * exactly one queue.
 */
export class MediaHub {
  readonly #options: MediaHubOptions
  readonly #consumers = new Set<Consumer>()
  /** Those of them that take pictures, and sound. Made anew with each change, so that a loop over one goes on. */
  #viewers: readonly Consumer[] = []
  #hearers: readonly Consumer[] = []
  #source: MediaSource | null = null
  #ended: { readonly error: Error | null } | null = null
  #pumping = false
  /** Pictures so far. */
  #handedOut = 0
  #goesOn = false
  readonly #left: Backlog
  /** true: a connection has closed, and its consumers have not received all of its media yet. */
  #discontinuity = false

  constructor(options: MediaHubOptions) {
    this.#options = options
    this.#left = new Backlog(options.capacity ?? MOST_LEFT, options.keepOld ?? options.block)
  }

  /** From now on what waits there is pumped when it comes; what waits already, with the next pump(). */
  setSource(source: MediaSource | null): void {
    this.#leaveSource()
    this.#source = source
    if (!source) return
    this.#ended = null
    source.listen(() => this.pump())
  }

  #leaveSource(): MediaSource | null {
    const source = this.#source
    this.#source = null
    source?.listen(null)
    return source
  }

  get source(): MediaSource | null {
    return this.#source
  }

  /** Set after the end of the stream, when no media is left. */
  get ended(): { readonly error: Error | null } | null {
    return this.#ended
  }

  /** Blocks the JS thread until media of this kind arrives, at most `ms`. */
  wait(ms: number, kind: 'picture' | 'audio'): void {
    if (this.#options.wait) this.#options.wait(ms, kind)
    else this.#source?.wait(ms, kind)
  }

  /** Marks a pause: media after it may jump in time. Only the source knows the place of the jump. */
  pause(): void {
    this.#pumpAll()
    this.#discontinuity = true
    this.pump()
  }

  add(consumer: Consumer): void {
    if (this.#ended) {
      this.#giveLeft(consumer)
      if (consumer.picture) this.dropRest()
      consumer.end(this.#ended.error)
      return
    }
    this.#consumers.add(consumer)
    this.#sort()
    this.#tellDemand()
    this.pump()
  }

  remove(consumer: Consumer): void {
    if (!this.#consumers.delete(consumer)) return
    this.#sort()
    this.#tellDemand()
    // It may have been the one that held a full queue, from which no wake-up comes.
    this.pump()
  }

  #sort(): void {
    const all = [...this.#consumers]
    this.#viewers = all.filter(consumer => consumer.picture)
    this.#hearers = all.filter(consumer => consumer.audio)
  }

  /**
   * Moves waiting media to the consumers; after many pictures it goes on in the next turn of the event loop, since
   * consumers that are slower than their stream would never end this one. Not re-entrant: the loop serves a consumer
   * that asks for more meanwhile.
   */
  pump(): void {
    this.#pumpUpTo(MOST_PICTURES)
  }

  #pumpUpTo(most: number): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      const last = this.#handedOut + most
      while (this.#pumpOnce() && this.#handedOut < last);
      if (this.#handedOut >= last) this.#goOn()
    } finally {
      this.#pumping = false
    }
  }

  #goOn(): void {
    if (this.#goesOn) return
    this.#goesOn = true
    setImmediate(() => {
      this.#goesOn = false
      this.pump()
    })
  }

  /** The same, of all that has come: what follows must be behind it, and the wake-up for it may be still to come. */
  #pumpAll(): void {
    this.#source?.lookAgain()
    this.#pumpUpTo(Infinity)
  }

  #pumpOnce(): boolean {
    if (this.#consumers.size === 0) return false
    const left = this.#takenUp() ? null : this.#left
    if (!left && this.#discontinuity) {
      this.#discontinuity = false
      for (const consumer of [...this.#consumers]) consumer.discontinuity?.()
    }
    const source = this.#source
    if (!left && !source) return false
    let moved = false
    if ((left ? left.audio > 0 : source!.audioWaits) && this.#audioWanted()) {
      for (const audio of left ? left.takeAudio() : source!.readAudio()) {
        moved = true
        this.#hear(audio)
      }
    }
    const room = (left ? left.pictures > 0 : source!.picturesWait) ? Math.min(this.#room(), MOST_PICTURES) : 0
    if (room > 0) {
      const pictures = left ? left.takePictures(room) : source!.readPictures(room)
      // Held during the distribution: the first consumer can close its handle at once.
      if (!left) for (const picture of pictures) picture.lease.retain()
      for (const picture of pictures) {
        moved = true
        this.#handedOut++
        for (const consumer of this.#viewers) if (this.#consumers.has(consumer)) consumer.picture?.(picture)
        picture.lease.release()
      }
    }
    return moved || (left !== null && this.#takenUp())
  }

  #hear(audio: NativeAudio): void {
    for (const consumer of this.#hearers) if (this.#consumers.has(consumer)) consumer.audio?.(audio, audio)
  }

  /** Whether no media of an earlier connection waits for a present consumer. */
  #takenUp(): boolean {
    if (this.#left.pictures === 0 && this.#left.audio === 0) return true
    const { pictures, audio } = this.#left
    return !(pictures > 0 && this.#viewers.length > 0) && !(audio > 0 && this.#hearers.length > 0)
  }

  #audioWanted(): boolean {
    if (this.#hearers.length === 0) return false
    return !this.#options.block || this.#hearers.every(consumer => consumer.audioRoom ?? true)
  }

  /**
   * 'block': the room of the fullest consumer. Otherwise the room of the emptiest; the others drop frames themselves.
   */
  #room(): number {
    const takers = this.#viewers
    if (takers.length === 0) return 0
    if (!this.#options.block) return takers.reduce((most, { room }) => Math.max(most, room), 0)
    const holders = takers.filter(consumer => consumer.holds ?? true)
    return (holders.length > 0 ? holders : takers).reduce((least, { room }) => Math.min(least, room), Infinity)
  }

  /**
   * Handles the close of a connection; another one can follow. Its media is delivered first while there is room, and
   * the rest waits here. Then the consumers get the discontinuity.
   */
  lose(): void {
    this.#pumpAll()
    this.#absorb()
    this.#discontinuity = true
    this.pump()
  }

  #absorb(): void {
    const source = this.#leaveSource()
    if (source) this.#left.add(source.readPictures(MOST_LEFT), source.readAudio())
  }

  /**
   * Handles the end of the stream. Waiting media is delivered first, with or without room. Without a consumer, it is
   * kept for late ones (not after stop()).
   * @param keep whether media that has no room is kept for its consumers
   */
  end(error: Error | null, keep = error !== null): void {
    if (this.#ended) return
    this.#pumpAll()
    if (keep) this.#absorb()
    this.#leaveSource()
    this.#ended = { error }
    const consumers = [...this.#consumers]
    this.#consumers.clear()
    this.#sort()
    if (keep) {
      for (const consumer of consumers) this.#giveLeft(consumer)
      if (consumers.some(consumer => consumer.picture)) this.dropRest()
    }
    for (const consumer of consumers) consumer.end(error)
  }

  #giveLeft(consumer: Consumer): void {
    const { pictures, audio } = this.#left.peek()
    for (const chunk of audio) consumer.audio?.(chunk, chunk)
    for (const picture of pictures) consumer.picture?.(picture)
  }

  /** Gives the memory of an ended stream's media back. */
  dropRest(): void {
    this.#left.drop()
  }

  #tellDemand(): void {
    this.#options.onDemand({ pictures: this.#viewers.length > 0, audio: this.#hearers.length > 0 })
  }
}
