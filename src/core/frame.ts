import './dispose'
import { RxGstError } from './errors'
import type { PixelAspectRatio, PixelFormat, VideoFrame } from './types'

/** The data that all handles on one frame share. */
export interface Picture
  extends Omit<VideoFrame, 'data' | 'droppedBefore' | 'clone' | 'close' | typeof Symbol.dispose> {
  readonly lease: Lease
}

/**
 * The memory of one frame, with a count of open handles. When the last handle closes, `end` gives the memory back. If
 * the garbage collector takes all handles, it also takes the ArrayBuffer, whose finaliser gives the memory back.
 */
export class Lease {
  #handles = 0
  #bytes: Uint8Array | null
  readonly #end: () => void

  constructor(bytes: Uint8Array, end: () => void) {
    this.#bytes = bytes
    this.#end = end
  }

  get bytes(): Uint8Array {
    if (!this.#bytes) throw new RxGstError('ERR_FRAME_CLOSED', 'the pixels of this frame were given back')
    return this.#bytes
  }

  retain(): void {
    this.#handles++
  }

  release(): void {
    if (--this.#handles > 0 || !this.#bytes) return
    this.#bytes = null
    this.#end()
  }
}

/** A handle on a frame. `droppedBefore` belongs to the consumer of the handle. */
export class LeasedFrame implements VideoFrame {
  readonly #picture: Picture
  #open = true

  constructor(
    picture: Picture,
    readonly droppedBefore: number,
  ) {
    this.#picture = picture
    picture.lease.retain()
  }

  get data(): Uint8Array {
    if (!this.#open) throw new RxGstError('ERR_FRAME_CLOSED', 'this frame was closed')
    return this.#picture.lease.bytes
  }
  get width(): number {
    return this.#picture.width
  }
  get height(): number {
    return this.#picture.height
  }
  get pixelAspectRatio(): PixelAspectRatio {
    return this.#picture.pixelAspectRatio
  }
  get format(): PixelFormat {
    return this.#picture.format
  }
  get timestamp(): number {
    return this.#picture.timestamp
  }
  get duration(): number {
    return this.#picture.duration
  }
  get sequence(): number {
    return this.#picture.sequence
  }
  get arrivalTime(): number {
    return this.#picture.arrivalTime
  }
  get discontinuity(): boolean {
    return this.#picture.discontinuity
  }

  clone(): VideoFrame {
    if (!this.#open) throw new RxGstError('ERR_FRAME_CLOSED', 'a closed frame cannot be cloned')
    return new LeasedFrame(this.#picture, this.droppedBefore)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#picture.lease.release()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** For console.log, which does not show getters. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return (
      `VideoFrame { ${this.width}×${this.height} ${this.format}, timestamp ${this.timestamp} µs, ` +
      `sequence ${this.sequence}${this.#open ? '' : ', closed'} }`
    )
  }
}
