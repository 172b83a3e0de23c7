import type { Picture } from '../core/frame'
import type { FrameWithAudio } from '../core/types'
import type { NativeSound } from '../addon/tap'
import { DropCount } from './frames'
import { PairingSegment, type PairingHooks } from './pairing-segment'
import { audioChunk } from './sounds'

/**
 * Pictures and the sound that belongs to each, exactly from its timestamp to the next one's. An item is complete when
 * the next picture is there (it says where the sound ends) and the sound reaches that far. A picture does not wait for
 * sound that is missing by more than 0.7 s of media, unless some came within the last 200 ms and the rest is being
 * decoded; never for what is missing by 5 s.
 *
 * At a seam (a connection that is gone, or a pause) the last picture is given at once, with the sound of its own
 * duration: the next one may be hours away, and a relay that got the old one then would show it, and lie behind by as
 * much as the outage lasted. What follows has timestamps that say how long that was, and `discontinuity`.
 */
export class Pairing {
  /** Never empty; only the last one grows. */
  readonly #segments: PairingSegment[]
  readonly #drops = new DropCount()
  readonly #capacity: number
  readonly #hooks: PairingHooks

  constructor(
    capacity: number,
    private readonly format: { readonly rate: number | null; readonly channels: number | null },
    hooks: Partial<PairingHooks> = {},
  ) {
    this.#hooks = { soundExpected: () => true, onSoundDropped: () => {}, now: () => performance.now(), ...hooks }
    // Two at least: one to give, one to say where it ends.
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

  /** Room for pictures; more than it holds while the sound of its first is still to come. */
  get room(): number {
    return Math.max(this.#capacity - this.waiting, this.#segments[0]!.complete() ? 0 : 1)
  }

  /** Whether more sound than a pause of its reader needs is waiting. */
  get soundRoom(): boolean {
    return this.#last.soundLength < 5
  }

  addPicture(picture: Picture): void {
    this.#last.addPicture(picture)
  }

  /** For a reader that is slow: what is above the capacity goes, the oldest first. */
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

  addSound(sound: NativeSound, format: { readonly rate: number; readonly channels: number }): void {
    this.#last.addSound(sound, format)
  }

  /** All before the seam has come; what comes now is behind it. */
  seam(): void {
    this.#last.end()
    this.#segments.push(this.#newSegment())
    this.#tidy()
  }

  /** No more comes: what is there may be given as it is. */
  end(): void {
    this.#last.end()
  }

  /** Segments that are over and empty are gone. */
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
