import { abortError, onAbort } from '../core/deadline'
import type { Picture } from '../core/frame'
import type { AudioChunk, FrameWithAudio, VideoFrame } from '../core/types'
import type { NativeAudio } from '../addon/tap'
import { DropCount } from './frames'
import type { MediaHub } from './media-hub'
import type { Consumer } from './media-source'
import type { Pairing } from './pairing'
import { QUEUE_SECONDS, SampleQueue } from './sample-queue'
import { audioChunk } from './audio'
import { Turns } from './turns'

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

/** Of all readers. */
const turns = new Turns()

/** Time of one blocking wait before the bus is read again, ms. */
const SYNC_WAIT = 50

/**
 * Pulls values from a hub: `take` finds the next value in the received media, or null. The rest is the same for frames,
 * audio and both: waiters in order, an AbortSignal for each, the blocking form, the end.
 */
export abstract class Reader<T> {
  readonly #waiters: Waiter<T>[] = []
  #ended: { readonly error: Error | null } | null = null

  constructor(
    protected readonly hub: MediaHub,
    private readonly kind: 'picture' | 'audio',
  ) {}

  protected abstract readonly consumer: Consumer
  protected abstract take(): T | null
  protected abstract drop(): void

  get asked(): boolean {
    return this.#waiters.length > 0 || this.#blocking
  }
  #blocking = false

  /** The next value; null after stop(); rejects after any other end of the stream. */
  async next(signal?: AbortSignal): Promise<T | null> {
    if (signal?.aborted) throw abortError(signal)
    if (this.#waiters.length === 0) {
      const turn = turns.overdue
      if (turn) {
        await turn
        if (signal?.aborted) throw abortError(signal)
      }
    }
    if (this.#waiters.length === 0) {
      const ready = this.take()
      if (ready !== null) return ready
    }
    if (this.#ended) return this.#finish(this.#ended.error)
    return new Promise<T | null>((resolve, reject) => {
      const forget = onAbort(signal, () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter as Waiter<T>), 1)
        reject(abortError(signal!))
      })
      const waiter: Waiter<T | null> = {
        resolve: value => (forget(), resolve(value)),
        reject: error => (forget(), reject(error)),
      }
      this.#waiters.push(waiter as Waiter<T>)
      this.hub.pump()
    })
  }

  /** The same as next(), but blocks the thread. */
  nextSync(): T | null {
    this.#blocking = true
    try {
      for (;;) {
        this.hub.pump()
        const ready = this.take()
        if (ready !== null) return ready
        if (this.#ended) return this.#finish(this.#ended.error)
        this.hub.wait(SYNC_WAIT, this.kind)
      }
    } finally {
      this.#blocking = false
    }
  }

  #finish(error: Error | null): null {
    if (error) throw error
    return null
  }

  /** Gives received media to the waiters. */
  protected serve(): void {
    while (this.#waiters.length > 0) {
      const value = this.take()
      if (value === null) return
      this.#waiters.shift()!.resolve(value)
    }
  }

  protected finish(error: Error | null): void {
    this.#ended = { error }
    this.serve()
    for (const waiter of this.#waiters.splice(0)) {
      if (error) waiter.reject(error)
      else (waiter as Waiter<T | null>).resolve(null)
    }
  }

  open(): this {
    this.hub.add(this.consumer)
    return this
  }

  close(): void {
    this.hub.remove(this.consumer)
    this.finish(null)
    this.drop()
  }
}

/** Reads frames: keeps the newest `capacity` of them, unless a single reader leaves them in the native queue. */
export class FrameReader extends Reader<VideoFrame> {
  readonly #queue: Picture[] = []
  readonly #drops = new DropCount()

  constructor(
    hub: MediaHub,
    private readonly capacity: number,
    private readonly keepOld: boolean,
    /** Whether it holds a 'block' stream back without a waiter: an iterator does, between two turns of its loop. */
    private readonly holds: boolean,
  ) {
    super(hub, 'picture')
  }

  protected readonly consumer: Consumer = ((reader: FrameReader) => ({
    get holds(): boolean {
      return reader.holds || reader.asked
    },
    // A reader asks for one frame at a time; it keeps, within its limit, the frames that came for other readers.
    get room(): number {
      return reader.asked && reader.#queue.length === 0 ? 1 : 0
    },
    picture(picture: Picture): void {
      picture.lease.retain()
      reader.#queue.push(picture)
      reader.serve()
      // At the end of a stream, the last frames come at once; to drop some of them would help no consumer.
      while (reader.#queue.length > reader.capacity && !reader.hub.ended) {
        const dropped = reader.keepOld ? reader.#queue.pop() : reader.#queue.shift()
        dropped!.lease.release()
      }
    },
    end(error: Error | null): void {
      reader.finish(error)
    },
  }))(this)

  protected take(): VideoFrame | null {
    const picture = this.#queue.shift()
    if (!picture) return null
    const frame = this.#drops.handle(picture)
    picture.lease.release()
    return frame
  }

  protected drop(): void {
    for (const picture of this.#queue.splice(0)) picture.lease.release()
  }
}

export class FrameWithAudioReader extends Reader<FrameWithAudio> {
  constructor(
    hub: MediaHub,
    private readonly pairing: Pairing,
    private readonly holds: boolean,
  ) {
    super(hub, 'picture')
  }

  protected readonly consumer: Consumer = ((reader: FrameWithAudioReader) => ({
    get holds(): boolean {
      return reader.holds || reader.asked
    },
    // Pairing needs the next frame too, and the queue of a second reader would only delay: it takes as many as it has
    // room for.
    get room(): number {
      return reader.asked || reader.pairing.waiting < 2 ? reader.pairing.room : 0
    },
    picture(picture: Picture): void {
      reader.pairing.addPicture(picture)
      reader.serve()
      if (!reader.hub.ended) reader.pairing.trim()
    },
    get audioRoom(): boolean {
      return reader.pairing.audioRoom
    },
    audio(audio: NativeAudio, format: { readonly rate: number; readonly channels: number }): void {
      reader.pairing.addAudio(audio, format)
      reader.serve()
    },
    discontinuity(): void {
      reader.pairing.discontinuity()
      reader.serve()
    },
    end(error: Error | null): void {
      reader.pairing.end()
      reader.finish(error)
    },
  }))(this)

  protected take(): FrameWithAudio | null {
    return this.pairing.take()
  }

  protected drop(): void {
    this.pairing.clear()
  }
}

/** Segments that wait besides the first and the growing one belong to short connections and are dropped. */
const MOST_SEGMENTS = 2

/**
 * Reads audio in the lengths that its caller asks for, without gaps between calls. A length across a discontinuity or a
 * change of format is filled with silence; the next call starts where the audio continues.
 */
export class AudioReader extends Reader<AudioChunk> {
  /** Audio between two discontinuities, in one format; never empty, only the last segment grows. */
  readonly #segments: SampleQueue[]
  #discontinuity = false
  /** One entry per waiting call, in order. */
  readonly #wanted: { readonly seconds: number }[] = []

  /** |@param onDrop called with the samples per channel that the limit dropped */
  constructor(
    hub: MediaHub,
    private readonly onDrop: (samples: number) => void = () => {},
  ) {
    super(hub, 'audio')
    this.#segments = [this.#newQueue()]
  }

  #newQueue(): SampleQueue {
    return new SampleQueue(QUEUE_SECONDS, this.onDrop)
  }

  protected readonly consumer: Consumer = ((reader: AudioReader) => ({
    room: 0,
    // The requested audio and a little more; the rest waits in the native queue.
    get audioRoom(): boolean {
      const waiting = reader.#segments.reduce((sum, segment) => sum + segment.length, 0)
      return waiting < Math.max(1, reader.#wanted[0]?.seconds ?? 0)
    },
    audio(audio: NativeAudio, { rate, channels }: { readonly rate: number; readonly channels: number }): void {
      reader
        .#queueFor(rate, channels)
        .push(audio.samples, audio.position, rate, channels, audio.discontinuity, audio.mask)
      reader.serve()
    },
    discontinuity(): void {
      reader.#discontinuity = true
    },
    end(error: Error | null): void {
      reader.finish(error)
    },
  }))(this)

  #queueFor(rate: number, channels: number): SampleQueue {
    const last = this.#segments[this.#segments.length - 1]!
    const same = last.rate === rate && last.channels === channels && !this.#discontinuity
    this.#discontinuity = false
    if (same || last.start === null) return last
    const next = this.#newQueue()
    this.#segments.push(next)
    if (this.#segments.length > MOST_SEGMENTS) this.onDrop(this.#segments.shift()!.skipTo(Infinity))
    return next
  }

  /** Reads the next `seconds` of audio. */
  async read(seconds: number, signal?: AbortSignal): Promise<AudioChunk | null> {
    const wanted = { seconds }
    this.#wanted.push(wanted)
    try {
      return await this.next(signal)
    } finally {
      // A served request is removed already; an aborted one is removed here.
      const index = this.#wanted.indexOf(wanted)
      if (index >= 0) this.#wanted.splice(index, 1)
    }
  }

  protected take(): AudioChunk | null {
    if (this.#segments.length > 1 && this.#segments[0]!.start === null) this.#segments.shift()
    const { start, end, rate, channels, mask } = this.#segments[0]!
    const wanted = this.#wanted[0]
    if (start === null || end === null || wanted === undefined) return null
    const count = Math.round(wanted.seconds * rate)
    if (end - start < count && this.#segments.length === 1) return null
    this.#wanted.shift()
    const { samples, discontinuity } = this.#segments[0]!.take(start, start + count, channels)
    return audioChunk(samples, start, rate, channels, discontinuity, mask)
  }

  protected drop(): void {
    for (const segment of this.#segments) segment.skipTo(Infinity)
  }
}
