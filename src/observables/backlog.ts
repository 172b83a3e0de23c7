import type { Picture } from '../core/frame'
import type { NativeAudio } from '../addon/tap'

/** Limit of waiting audio, s: the native queue's. */
const AUDIO_SECONDS = 10

/**
 * Media that closed connections left in their queues, until the consumers have taken it. The limits are those of the
 * queues: `capacity` frames, ten seconds of audio. One handle holds each frame.
 */
export class Backlog {
  #pictures: Picture[] = []
  #audio: NativeAudio[] = []

  constructor(
    private readonly capacity: number,
    /** true: a full backlog drops the newest frames ('newest' and 'block'); false: the oldest. */
    private readonly keepOld: boolean,
  ) {}

  get pictures(): number {
    return this.#pictures.length
  }

  get audio(): number {
    return this.#audio.length
  }

  /** Takes over frames, with the handle that the reader of a source owns, and audio. */
  add(pictures: readonly Picture[], audio: readonly NativeAudio[]): void {
    for (const picture of pictures) picture.lease.retain()
    this.#pictures.push(...pictures)
    while (this.#pictures.length > this.capacity) {
      const gone = this.keepOld ? this.#pictures.pop() : this.#pictures.shift()
      gone!.lease.release()
    }
    this.#audio.push(...audio)
    while (this.#audio.length > 1 && secondsOf(this.#audio) > AUDIO_SECONDS) {
      if (this.keepOld) this.#audio.pop()
      else this.#audio.shift()
    }
  }

  /** The caller owns one handle on each frame. */
  takePictures(max: number): Picture[] {
    return this.#pictures.splice(0, max)
  }

  takeAudio(): NativeAudio[] {
    return this.#audio.splice(0)
  }

  /** For consumers that come one by one after the end: nothing is removed. */
  peek(): { readonly pictures: readonly Picture[]; readonly audio: readonly NativeAudio[] } {
    return { pictures: this.#pictures, audio: this.#audio }
  }

  drop(): void {
    for (const picture of this.#pictures.splice(0)) picture.lease.release()
    this.#audio = []
  }
}

function secondsOf(audio: readonly NativeAudio[]): number {
  return audio.reduce((sum, { samples, rate, channels }) => sum + samples.length / channels / rate, 0)
}
