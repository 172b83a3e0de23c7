import type { Picture } from '../core/frame'
import type { NativeSound } from '../addon/tap'

/** Limit of waiting audio, s: the native queue's. */
const SOUND_SECONDS = 10

/**
 * Media that closed connections left in their queues, until the consumers have taken it. The limits are those of the
 * queues: `capacity` frames, ten seconds of audio. One handle holds each frame.
 */
export class LeftOver {
  #pictures: Picture[] = []
  #sounds: NativeSound[] = []

  constructor(
    private readonly capacity: number,
    /** true: a full backlog drops the newest frames ('newest' and 'block'); false: the oldest. */
    private readonly keepOld: boolean,
  ) {}

  get pictures(): number {
    return this.#pictures.length
  }

  get sounds(): number {
    return this.#sounds.length
  }

  /** Takes over frames, with the handle that the reader of a source owns, and audio. */
  add(pictures: readonly Picture[], sounds: readonly NativeSound[]): void {
    for (const picture of pictures) picture.lease.retain()
    this.#pictures.push(...pictures)
    while (this.#pictures.length > this.capacity) {
      const gone = this.keepOld ? this.#pictures.pop() : this.#pictures.shift()
      gone!.lease.release()
    }
    this.#sounds.push(...sounds)
    while (this.#sounds.length > 1 && secondsOf(this.#sounds) > SOUND_SECONDS) {
      if (this.keepOld) this.#sounds.pop()
      else this.#sounds.shift()
    }
  }

  /** The caller owns one handle on each frame. */
  takePictures(max: number): Picture[] {
    return this.#pictures.splice(0, max)
  }

  takeSounds(): NativeSound[] {
    return this.#sounds.splice(0)
  }

  /** For consumers that come one by one after the end: nothing is removed. */
  peek(): { readonly pictures: readonly Picture[]; readonly sounds: readonly NativeSound[] } {
    return { pictures: this.#pictures, sounds: this.#sounds }
  }

  drop(): void {
    for (const picture of this.#pictures.splice(0)) picture.lease.release()
    this.#sounds = []
  }
}

function secondsOf(sounds: readonly NativeSound[]): number {
  return sounds.reduce((sum, { samples, rate, channels }) => sum + samples.length / channels / rate, 0)
}
