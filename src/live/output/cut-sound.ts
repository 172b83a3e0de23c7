import type { Clock } from '../../core/clock'

/** Sound is looked at for so long at a time, ms: a source that begins again, or one gap, is over within it. */
const WINDOW_MS = 5000
/** Windows in a row of which a warning tells. */
const WINDOWS = 2
/** Share of a window's time that is heard as missing. */
const LEAST_SHARE = 0.05
/** Shortest time between two warnings, ms. */
const AGAIN_MS = 600_000

/**
 * The watch of an output's sound, of which a part may be cut for long: nothing fails then, and a listener hears gaps.
 * It looks when sound is written, since none is cut that was not written.
 */
export class CutSoundWatch {
  readonly #clock: Clock
  readonly #rate: number
  readonly #warn: (text: string) => void
  #from: number | null = null
  /** Samples that were cut up to the present window. */
  #before = 0
  #windows = 0
  #cut = 0
  #toldAt: number | null = null

  /**
   * @param rate samples per second
   * @param warn gets the text of a warning
   */
  constructor(clock: Clock, rate: number, warn: (text: string) => void) {
    this.#clock = clock
    this.#rate = rate
    this.#warn = warn
  }

  /** @param count gives all samples per channel that were cut so far */
  look(count: () => number): void {
    const now = this.#clock.now()
    const from = (this.#from ??= now)
    if (now - from < WINDOW_MS) return
    const all = count()
    const cut = ((all - this.#before) / this.#rate) * 1000
    this.#from = now
    this.#before = all
    if (cut < LEAST_SHARE * (now - from)) {
      this.#windows = this.#cut = 0
      return
    }
    this.#windows++
    this.#cut += cut
    const again = this.#toldAt === null || now - this.#toldAt >= AGAIN_MS
    if (this.#windows < WINDOWS || !again) return
    this.#toldAt = now
    this.#warn(
      `${(this.#cut / 1000).toFixed(1)} s of sound were cut, and more is (stats().trimmed): it comes late, far from ` +
        'its pictures, or faster than time. Give the output sound and pictures of one source (framesWithAudio$) with ' +
        'their timestamps; sound that belongs to no pictures goes to writeAudio(), and each call is awaited',
    )
    this.#windows = this.#cut = 0
  }
}
