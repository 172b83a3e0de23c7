import type { Picture } from '../core/frame'
import type { NativeSound } from '../addon/tap'

/** What a queue of sound holds, s: the native one's bound. */
const SOUND_SECONDS = 10

/**
 * What connections that are gone left in their queues, until their consumers have taken it. As bounded as those queues
 * were: `capacity` pictures, ten seconds of sound. Pictures here are held by one handle.
 */
export class LeftOver {
  #pictures: Picture[] = []
  #sounds: NativeSound[] = []

  constructor(
    private readonly capacity: number,
    /** Which end goes where it is too much: with 'newest' and 'block' what came later. */
    private readonly keepOld: boolean,
  ) {}

  get pictures(): number {
    return this.#pictures.length
  }

  get sounds(): number {
    return this.#sounds.length
  }

  /** Takes over pictures, with the handle that the reader of a source owns, and sound. */
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

  /** The caller owns one handle on each. */
  takePictures(max: number): Picture[] {
    return this.#pictures.splice(0, max)
  }

  takeSounds(): NativeSound[] {
    return this.#sounds.splice(0)
  }

  /** For those who come one by one when all is over: nothing is taken. */
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
