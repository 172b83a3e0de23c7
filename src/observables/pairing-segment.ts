import type { Picture } from '../core/frame'
import type { NativeSound } from '../addon/tap'
import { QUEUE_SECONDS, SampleQueue } from './sample-queue'

const US = 1_000_000
/** Sound that is this far behind the newest picture is not coming: servers interleave within a few pictures. µs. */
const SOUND_LAG = 700_000
/**
 * Unless it was there a moment ago: where much comes at once (after a freeze, from a file), pictures and sound are
 * decoded side by side, and either may be ahead of the other by seconds of media. ms.
 */
const SOUND_MOMENT = 200
/** However it comes: what is this far behind is another programme's. µs. */
const LONGEST_LAG = 5 * US
/**
 * A picture that lacks more sound than this up to the next, s, is the last one before a hole: it gets the sound of its
 * own duration, and the timeline jumps. Silence for all of a hole would be memory, as much as the hole is long.
 */
const LONGEST_SILENCE = 5
/** What silence is made of where a stream has no sound and its reader asked for no format. */
const SILENT_RATE = 44_100
const SILENT_CHANNELS = 2

export interface Pair {
  /** The caller owns its handle. */
  readonly picture: Picture
  readonly samples: Float32Array
  /** Of the first sample. */
  readonly position: number
  readonly rate: number
  readonly channels: number
  readonly mask: number | undefined
  readonly discontinuity: boolean
}

export interface PairingHooks {
  /** Whether sound may still come to a stream that has had none. */
  readonly soundExpected: () => boolean
  /** Samples per channel that a full queue lost. */
  readonly onSoundDropped: (samples: number) => void
  /** ms, from any start. */
  readonly now: () => number
}

/** Pictures and sound between two seams; see Pairing. */
export class PairingSegment {
  readonly #pictures: Picture[] = []
  readonly #sound: SampleQueue
  /** No sound came in time; until some does, pictures do not wait for it. */
  #soundAbsent = false
  /** When sound came last, or the wait for it began. ms. */
  #soundAt: number | null = null
  /** How many pictures came while their sound had not; as many may wait. */
  #waitedFor = 0
  #ended = false
  #seam = true

  constructor(
    private readonly format: { readonly rate: number | null; readonly channels: number | null },
    private readonly hooks: PairingHooks,
  ) {
    this.#sound = new SampleQueue(QUEUE_SECONDS, hooks.onSoundDropped)
  }

  get waiting(): number {
    return this.#pictures.length
  }

  /** Pictures that wait for their sound, not for their reader: they may all stay. */
  get waitedFor(): number {
    return this.#waitedFor
  }

  /** Seconds of sound that wait. */
  get soundLength(): number {
    return this.#sound.length
  }

  /** Takes a handle of its own. */
  addPicture(picture: Picture): void {
    const awaited = !this.complete()
    picture.lease.retain()
    this.#soundAt ??= this.hooks.now()
    this.#pictures.push(picture)
    if (awaited) this.#waitedFor = this.#pictures.length
  }

  addSound(
    { samples, position, discontinuity, mask }: NativeSound,
    { rate, channels }: { readonly rate: number; readonly channels: number },
  ): void {
    this.#soundAbsent = false
    this.#soundAt = this.hooks.now()
    this.#sound.push(samples, position, rate, channels, discontinuity, mask)
  }

  /** No more comes: what is there may be given as it is. */
  end(): void {
    this.#ended = true
  }

  /** Loses the picture behind the first, so that the sound stays whole: the first one's just lasts longer. */
  dropSecond(): void {
    this.#pictures.splice(1, 1)[0]?.lease.release()
  }

  dropFirst(): void {
    this.#pictures.shift()?.lease.release()
  }

  #rate(): number {
    return this.#sound.rate || this.format.rate || SILENT_RATE
  }

  /**
   * Where the sound of the first picture ends, µs: at the next one, or where there is none, or a hole, with its own
   * time.
   */
  #endOfFirst(): number {
    const [first, next] = this.#pictures
    const own = first!.timestamp + Math.min(first!.duration, LONGEST_SILENCE * US)
    if (!next) return own
    if (next.timestamp - first!.timestamp <= LONGEST_SILENCE * US) return next.timestamp
    const rate = this.#rate()
    const missing = this.#sound.missing(
      Math.round((first!.timestamp * rate) / US),
      Math.round((next.timestamp * rate) / US),
    )
    return missing > LONGEST_SILENCE * rate ? own : next.timestamp
  }

  complete(): boolean {
    const [first, next] = this.#pictures
    if (!first) return false
    if (this.#ended) return true
    if (!next) return false
    if (this.#soundAbsent) return true
    const [reached, rate] = [this.#sound.endTime, this.#rate()]
    if (reached !== null && Math.round((reached * rate) / US) >= Math.round((next.timestamp * rate) / US)) return true
    if (!this.hooks.soundExpected()) return true
    const newest = this.#pictures[this.#pictures.length - 1]!
    const lag = newest.timestamp - next.timestamp
    if (lag < SOUND_LAG || (lag < LONGEST_LAG && this.hooks.now() - this.#soundAt! < SOUND_MOMENT)) return false
    this.#soundAbsent = true
    return true
  }

  take(): Pair | null {
    if (!this.complete()) return null
    // The format is that of the sound beside this picture, not of what waits behind it.
    this.#sound.skipBefore(this.#pictures[0]!.timestamp)
    const end = this.#endOfFirst()
    const picture = this.#pictures.shift()!
    if (this.#waitedFor > 0) this.#waitedFor--
    const rate = this.#rate()
    const channels = this.#sound.channels || this.format.channels || SILENT_CHANNELS
    const position = Math.round((picture.timestamp * rate) / US)
    const { mask } = this.#sound
    const { samples, discontinuity } = this.#sound.take(position, Math.round((end * rate) / US), channels)
    const pair = { picture, samples, position, rate, channels, mask, discontinuity: discontinuity || this.#seam }
    this.#seam = (this.#pictures[0]?.timestamp ?? end) > end
    return pair
  }

  clear(): void {
    for (const picture of this.#pictures.splice(0)) picture.lease.release()
  }
}
