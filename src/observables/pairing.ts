import type { Picture } from '../core/frame'
import type { FrameWithAudio } from '../core/types'
import type { NativeSound } from '../native/binding'
import { DropCount } from './frames'
import { QUEUE_SECONDS, SampleQueue } from './sample-queue'
import { audioChunk } from './sounds'

const US = 1_000_000
/** Sound that is this far behind the newest picture is not coming: servers interleave within a few pictures. µs. */
const SOUND_LAG = 700_000
/**
 * Longest sound of one picture, s. Where the next picture is further away (an outage, a peer whose timestamps leap), the rest
 * of it is not made: hours of silence would be gigabytes, at a stranger's word.
 */
const LONGEST = 10
/** What silence is made of where a stream has no sound and its reader asked for no format. */
const SILENT_RATE = 44_100
const SILENT_CHANNELS = 2

/**
 * Pictures and the sound that belongs to each, exactly from its timestamp to the next one's. An item is complete when
 * the next picture is there (it says where the sound ends) and the sound reaches that far. Decides by the data alone,
 * without a clock: a picture never waits for sound that is missing by more than 0.7 s of media.
 */
export class Pairing {
  readonly #pictures: Picture[] = []
  readonly #sound = new SampleQueue(QUEUE_SECONDS)
  readonly #drops = new DropCount()
  readonly #capacity: number
  readonly #format: { rate: number | null; channels: number | null }
  /** No sound came in time; until some does, pictures do not wait for it. */
  #soundAbsent = false
  /** How many pictures came while their sound had not; as many may wait. */
  #waitedFor = 0
  #ended = false
  #seam = true

  /** @param soundExpected whether sound may still come to a stream that has had none */
  constructor(
    capacity: number,
    format: { rate: number | null; channels: number | null },
    private readonly soundExpected: () => boolean = () => true,
  ) {
    // Two at least: one to give, one to say where it ends.
    this.#capacity = Math.max(2, capacity)
    this.#format = format
  }

  get waiting(): number {
    return this.#pictures.length
  }

  /** Room for pictures; more than it holds while the sound of its first is still to come. */
  get room(): number {
    return Math.max(this.#capacity - this.#pictures.length, this.#complete() ? 0 : 1)
  }

  /** Whether more sound than a pause of its reader needs is waiting. */
  get soundRoom(): boolean {
    return this.#sound.length < 5
  }

  addPicture(picture: Picture): void {
    const awaited = !this.#complete()
    picture.lease.retain()
    this.#pictures.push(picture)
    // These wait for their sound (or for this one), not for their reader: they may all stay.
    if (awaited) this.#waitedFor = this.#pictures.length
  }

  /**
   * For a reader that is slow: what is above the capacity goes, from the picture behind the first on, so that the sound
   * stays whole; the first one's just lasts longer.
   */
  trim(): void {
    const capacity = Math.max(this.#capacity, this.#waitedFor)
    while (this.#pictures.length > capacity && this.#complete()) this.#pictures.splice(1, 1)[0]!.lease.release()
  }

  addSound(sound: NativeSound, format: { readonly rate: number; readonly channels: number }): void {
    this.#soundAbsent = false
    this.#sound.push(sound.samples, sound.position, format.rate, format.channels, sound.discontinuity)
  }

  /** No more comes: what is there may be given as it is. */
  end(): void {
    this.#ended = true
  }

  #rate(): number {
    return this.#sound.rate || this.#format.rate || SILENT_RATE
  }

  #complete(): boolean {
    const [first, next] = this.#pictures
    if (!first) return false
    if (this.#ended) return true
    if (!next) return false
    if (this.#soundAbsent) return true
    const needed = Math.round((next.timestamp * this.#rate()) / US)
    if (this.#sound.end !== null && this.#sound.end >= needed) return true
    if (!this.soundExpected()) return true
    const newest = this.#pictures[this.#pictures.length - 1]!
    if (newest.timestamp - next.timestamp < SOUND_LAG) return false
    this.#soundAbsent = true
    return true
  }

  take(): FrameWithAudio | null {
    if (!this.#complete()) return null
    const first = this.#pictures.shift()!
    if (this.#waitedFor > 0) this.#waitedFor--
    const rate = this.#rate()
    const channels = this.#sound.channels || this.#format.channels || SILENT_CHANNELS
    const from = Math.round((first.timestamp * rate) / US)
    const end = this.#pictures[0]?.timestamp ?? first.timestamp + first.duration
    const to = Math.min(Math.round((end * rate) / US), from + LONGEST * rate)
    const { samples, discontinuity } = this.#sound.take(from, to, channels)
    const frame = this.#drops.handle(first)
    first.lease.release()
    const audio = audioChunk(samples, from, rate, channels, discontinuity || this.#seam)
    this.#seam = false
    return { frame, audio }
  }

  clear(): void {
    for (const picture of this.#pictures.splice(0)) picture.lease.release()
  }
}
