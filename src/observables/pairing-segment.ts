import type { Picture } from '../core/frame'
import type { NativeAudio } from '../addon/tap'
import { QUEUE_SECONDS, SampleQueue } from './sample-queue'

const US = 1_000_000
/** Audio that is this far behind the newest frame, µs, will not come: servers interleave within a few frames. */
const AUDIO_LAG = 700_000
/**
 * Exception to SOUND_LAG: audio arrived within the last ms given here. After a freeze, or from a file, much media comes
 * at once, frames and audio are decoded in parallel, and one can be ahead of the other by seconds.
 */
const AUDIO_MOMENT = 200
/** Audio that is this far behind, µs, belongs to another programme in any case. */
const LONGEST_LAG = 5 * US
/**
 * A frame that lacks more audio than this up to the next frame, s, is the last one before a gap: it gets the audio of
 * its own duration, and the timeline jumps. Silence for the whole gap would take memory in proportion to its length.
 */
const LONGEST_SILENCE = 5
/** Sample rate of silence if the stream has no audio and its reader asked for no format, Hz. */
const SILENT_RATE = 44_100
const SILENT_CHANNELS = 2

export interface Pair {
  /** The caller owns its handle. */
  readonly picture: Picture
  readonly samples: Float32Array
  /** Position of the first sample. */
  readonly position: number
  readonly rate: number
  readonly channels: number
  readonly mask: number | undefined
  readonly discontinuity: boolean
}

export interface PairingHooks {
  /** Whether a stream without any audio so far can still get some. */
  readonly audioExpected: () => boolean
  /** Called with the samples per channel that a full queue dropped. */
  readonly onAudioDropped: (samples: number) => void
  /** ms, from any start. */
  readonly now: () => number
}

/** Frames and audio between two discontinuities; see Pairing. */
export class PairingSegment {
  readonly #pictures: Picture[] = []
  readonly #audio: SampleQueue
  /** true: no audio came in time; frames do not wait until some comes. */
  #audioAbsent = false
  /** Time of the last audio, or of the start of the wait for it, ms. */
  #audioAt: number | null = null
  /** Number of frames that came before their audio; as many may wait. */
  #waitedFor = 0
  #ended = false
  #discontinuity = true

  constructor(
    private readonly format: { readonly rate: number | null; readonly channels: number | null },
    private readonly hooks: PairingHooks,
  ) {
    this.#audio = new SampleQueue(QUEUE_SECONDS, hooks.onAudioDropped)
  }

  get waiting(): number {
    return this.#pictures.length
  }

  /** Frames that wait for their audio, not for their reader: all of them may stay. */
  get waitedFor(): number {
    return this.#waitedFor
  }

  /** Seconds of waiting audio. */
  get audioLength(): number {
    return this.#audio.length
  }

  /** Takes its own handle. */
  addPicture(picture: Picture): void {
    const awaited = !this.complete()
    picture.lease.retain()
    this.#audioAt ??= this.hooks.now()
    this.#pictures.push(picture)
    if (awaited) this.#waitedFor = this.#pictures.length
  }

  addAudio(
    { samples, position, discontinuity, mask }: NativeAudio,
    { rate, channels }: { readonly rate: number; readonly channels: number },
  ): void {
    this.#audioAbsent = false
    this.#audioAt = this.hooks.now()
    this.#audio.push(samples, position, rate, channels, discontinuity, mask)
  }

  /** The end of the segment: the remaining media can be delivered as it is. */
  end(): void {
    this.#ended = true
  }

  /** Drops the second frame, so that the audio stays complete: the first frame's audio becomes longer. */
  dropSecond(): void {
    this.#pictures.splice(1, 1)[0]?.lease.release()
  }

  dropFirst(): void {
    this.#pictures.shift()?.lease.release()
  }

  #rate(): number {
    return this.#audio.rate || this.format.rate || SILENT_RATE
  }

  /**
   * End of the first frame's audio, µs: the next frame, or the frame's own duration if there is no next frame, or a
   * gap.
   */
  #endOfFirst(): number {
    const [first, next] = this.#pictures
    const own = first!.timestamp + Math.min(first!.duration, LONGEST_SILENCE * US)
    if (!next) return own
    if (next.timestamp - first!.timestamp <= LONGEST_SILENCE * US) return next.timestamp
    const rate = this.#rate()
    const missing = this.#audio.missing(
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
    if (this.#audioAbsent) return true
    const [reached, rate] = [this.#audio.endTime, this.#rate()]
    if (reached !== null && Math.round((reached * rate) / US) >= Math.round((next.timestamp * rate) / US)) return true
    if (!this.hooks.audioExpected()) return true
    const newest = this.#pictures[this.#pictures.length - 1]!
    const lag = newest.timestamp - next.timestamp
    if (lag < AUDIO_LAG || (lag < LONGEST_LAG && this.hooks.now() - this.#audioAt! < AUDIO_MOMENT)) return false
    this.#audioAbsent = true
    return true
  }

  take(): Pair | null {
    if (!this.complete()) return null
    // The format is that of the audio of this frame, not of the audio behind it.
    this.#audio.skipBefore(this.#pictures[0]!.timestamp)
    const end = this.#endOfFirst()
    const picture = this.#pictures.shift()!
    if (this.#waitedFor > 0) this.#waitedFor--
    const rate = this.#rate()
    const channels = this.#audio.channels || this.format.channels || SILENT_CHANNELS
    const position = Math.round((picture.timestamp * rate) / US)
    const { mask } = this.#audio
    const { samples, discontinuity } = this.#audio.take(position, Math.round((end * rate) / US), channels)
    const pair = {
      picture,
      samples,
      position,
      rate,
      channels,
      mask,
      discontinuity: discontinuity || this.#discontinuity,
    }
    this.#discontinuity = (this.#pictures[0]?.timestamp ?? end) > end
    return pair
  }

  clear(): void {
    for (const picture of this.#pictures.splice(0)) picture.lease.release()
  }
}
