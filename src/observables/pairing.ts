import type { Picture } from '../core/frame'
import type { FrameWithAudio } from '../core/types'
import type { NativeAudio } from '../addon/tap'
import { DropCount } from './frames'
import { PairingSegment, type PairingHooks } from './pairing-segment'
import { audioChunk } from './audio'

/**
 * Pairs each frame with its audio, exactly from its timestamp to the next frame's. A pair is complete when the next
 * frame has come (it sets the end of the audio) and the audio reaches that point. A frame does not wait for audio that
 * is more than 0.7 s of media behind, unless some audio came within the last 200 ms and the rest is being decoded. It
 * never waits for audio that is 5 s behind.
 *
 * At a discontinuity (a closed connection, or a pause) the last frame is delivered at once, with the audio of its own
 * duration. The next frame can be hours later: a relay that got the old frame only then would show it, and would lag by
 * the length of the outage. The timestamps of the following media include that length, and it has `discontinuity`.
 */
export class Pairing {
  /** Never empty; only the last segment grows. */
  readonly #segments: PairingSegment[]
  readonly #drops = new DropCount()
  readonly #capacity: number
  readonly #hooks: PairingHooks

  constructor(
    capacity: number,
    private readonly format: { readonly rate: number | null; readonly channels: number | null },
    hooks: Partial<PairingHooks> = {},
  ) {
    this.#hooks = { audioExpected: () => true, onAudioDropped: () => {}, now: () => performance.now(), ...hooks }
    // At least two: one frame to deliver, and one to end its audio.
    this.#capacity = Math.max(2, capacity)
    this.#segments = [this.#newSegment()]
  }

  #newSegment(): PairingSegment {
    return new PairingSegment(this.format, this.#hooks)
  }

  get #last(): PairingSegment {
    return this.#segments[this.#segments.length - 1]!
  }

  get waiting(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.waiting, 0)
  }

  /** Room for frames; it exceeds the capacity while the audio of the first frame is missing. */
  get room(): number {
    return Math.max(this.#capacity - this.waiting, this.#segments[0]!.complete() ? 0 : 1)
  }

  /** Whether it has less audio than its reader needs for a pause. */
  get audioRoom(): boolean {
    return this.#last.audioLength < 5
  }

  addPicture(picture: Picture): void {
    this.#last.addPicture(picture)
  }

  /** For a slow reader: drops frames above the capacity, the oldest first. */
  trim(): void {
    for (;;) {
      const [first] = this.#segments
      const capacity = Math.max(this.#capacity, first!.waitedFor)
      if (this.waiting <= capacity || !first!.complete()) return
      if (first!.waiting > 1) first!.dropSecond()
      else first!.dropFirst()
      this.#tidy()
    }
  }

  addAudio(audio: NativeAudio, format: { readonly rate: number; readonly channels: number }): void {
    this.#last.addAudio(audio, format)
  }

  /** A discontinuity: all media before it has come; the following media is behind it. */
  discontinuity(): void {
    this.#last.end()
    this.#segments.push(this.#newSegment())
    this.#tidy()
  }

  /** The end: the remaining media can be delivered as it is. */
  end(): void {
    this.#last.end()
  }

  /** Removes segments that have ended and are empty. */
  #tidy(): void {
    while (this.#segments.length > 1 && this.#segments[0]!.waiting === 0) this.#segments.shift()
  }

  take(): FrameWithAudio | null {
    const pair = this.#segments[0]!.take()
    if (!pair) return null
    this.#tidy()
    const frame = this.#drops.handle(pair.picture)
    pair.picture.lease.release()
    return {
      frame,
      audio: audioChunk(pair.samples, pair.position, pair.rate, pair.channels, pair.discontinuity, pair.mask),
    }
  }

  clear(): void {
    for (const segment of this.#segments) segment.clear()
  }
}
