import { native } from '../../../addon/binding'
import type { NativePacer, PacerStats } from '../../../addon/output'
import { badValue } from '../../../core/check'
import type { Clock } from '../../../core/clock'
import type { RxGstError } from '../../../core/errors'
import type { PixelBytes } from '../../../core/types'
import { checkSlate, type ResolvedOutputOptions } from '../../options'
import { pacerOptions } from '../encoding-options'
import type { PacerWrite } from '../write'
import { WriteQueue } from '../write-queue'

/**
 * The pacing of an output: its pacer, which gives the same pictures and audio to all groups, and the writes on their
 * way there. It starts once and ends once.
 */
export class Pacing {
  readonly #options: ResolvedOutputOptions
  readonly #clock: Clock
  readonly #writes: WriteQueue
  readonly #listeners = new Set<() => void>()
  #pacer: NativePacer | null = null
  #over = false
  #lastWrite: { video: number | null; audio: number | null } = { video: null, audio: null }
  /** Those of the end, when nothing counts any more. */
  #final: (PacerStats & { dropped: number }) | null = null

  constructor(options: ResolvedOutputOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#writes = new WriteQueue(options)
  }

  /** Makes the pacer at the first call, when GStreamer has begun; null: it is over. */
  open(): NativePacer | null {
    if (this.#pacer || this.#over) return this.#pacer
    this.#pacer = new (native().Pacer)(pacerOptions(this.#options), () => this.#onPacer())
    this.#writes.open(this.#pacer)
    return this.#pacer
  }

  /** null: before open() and after close(). */
  get pacer(): NativePacer | null {
    return this.#pacer
  }

  /** Hears of news until the returned function is called: an encoder takes nothing, the stream has ended. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #onPacer(): void {
    if (!this.#pacer) return
    this.#writes.resume()
    for (const listener of [...this.#listeners]) listener()
  }

  /** The size of the pictures that come. */
  get shape(): { readonly width: number; readonly height: number } {
    return this.#options
  }

  /** `performance.now()` of the last picture and of the last sound that were written. */
  get lastWrite(): { readonly video: number | null; readonly audio: number | null } {
    return this.#lastWrite
  }

  /** Shows another slate from the next fill on. ERR_OPTION, ERR_FRAME_SIZE. */
  setSlate(slate: PixelBytes): void {
    const { pixelFormat, width, height, fill } = this.#options
    if (fill !== 'slate') throw badValue("fill: 'slate'", 'slate', '…')
    this.#pacer?.setSlate(checkSlate(slate, pixelFormat, width, height), pixelFormat)
  }

  /** Starts the fill when no picture has been written within `ms`. Without this call nothing is filled. */
  fillAfter(ms: number): void {
    this.#pacer?.fillAfter(ms)
  }

  /**
   * Resolves with true when the write's memory has been copied, with false when the write was dropped. Waits while the
   * queue is full, with the policy 'block'.
   */
  write(write: PacerWrite): Promise<boolean> {
    const now = this.#clock.now()
    if (write.pixels) this.#lastWrite.video = now
    if (write.samples) this.#lastWrite.audio = now
    return this.#writes.write(write)
  }

  /** Whether a write would have to wait now. */
  get full(): boolean {
    return this.#writes.full
  }

  /** `dropped`: writes that the full queue did not take. */
  stats(): (PacerStats & { dropped: number }) | null {
    if (this.#final) return this.#final
    const stats = this.#pacer?.stats()
    return stats ? { ...stats, dropped: this.#writes.dropped } : null
  }

  /** Nothing is taken any more: rejects the writes that wait with `reason`. The first call decides. */
  end(reason: RxGstError): void {
    if (this.#over) return
    this.#over = true
    this.#pacer?.reject(reason)
    this.#writes.close(reason)
  }

  close(): void {
    const last = this.stats()
    this.#final = last && { ...last, queued: 0 }
    this.#pacer?.close()
    this.#pacer = null
  }
}
