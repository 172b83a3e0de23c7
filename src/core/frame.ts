import './dispose'
import { RxGstError } from './errors'
import {
  resolveJPEG,
  resolvePNG,
  type FrameStills,
  type JPEGOptions,
  type PNGOptions,
  type ResolvedStill,
} from './pictures/still-options'
import type { TransferredFrame } from './pictures/transferred-frame'
import type { PixelAspectRatio, PixelFormat, VideoFrame } from './types'

/** The data that all handles on one frame share. */
export interface Picture
  extends Omit<
    VideoFrame,
    keyof FrameStills | 'transfer' | 'data' | 'captions' | 'droppedBefore' | 'clone' | 'close' | typeof Symbol.dispose
  > {
  readonly lease: Lease
  /** The colours of YUV as the addon's number; absent: not known. */
  readonly color?: number
}

/** What is done with pixels off the JS thread, by the addon. */
export interface PictureWork {
  /** The pixels are held until it is done. */
  encode(picture: Picture, bytes: Uint8Array, options: ResolvedStill): Promise<Uint8Array>
  /** Captions that go with this memory; null: none. */
  captions(lease: number): Uint8Array | null
  /** Puts the memory on its way to another thread of JavaScript. */
  move(picture: Picture, droppedBefore: number): TransferredFrame
}

/**
 * The memory of one frame, with a count of open handles. When the last handle closes, `end` gives the memory back. If
 * the garbage collector takes all handles, it also takes the ArrayBuffer, whose finaliser gives the memory back.
 */
export class Lease {
  #handles = 0
  #bytes: Uint8Array | null
  readonly #end: () => void

  /**
   * @param work null: there is no addon behind these bytes
   * @param number the addon's own of this lease
   */
  constructor(
    bytes: Uint8Array,
    end: () => void,
    private readonly work: PictureWork | null = null,
    readonly number = 0,
  ) {
    this.#bytes = bytes
    this.#end = end
  }

  get bytes(): Uint8Array {
    if (!this.#bytes) throw new RxGstError('ERR_FRAME_CLOSED', 'the pixels of this frame were given back')
    return this.#bytes
  }

  /** ERR_OPTION: the frame was made by a program. */
  get worker(): PictureWork {
    if (!this.work) throw new RxGstError('ERR_OPTION', 'this frame was not made by rxgst')
    return this.work
  }

  /** Captions of the picture; null: it has none. */
  get captions(): Uint8Array | null {
    return this.work?.captions(this.number) ?? null
  }

  /** Whether only one handle is open: nobody else sees the pixels. */
  get alone(): boolean {
    return this.#handles === 1
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
  get captions(): Uint8Array | null {
    return this.#open ? this.#picture.lease.captions : null
  }

  clone(): VideoFrame {
    if (!this.#open) throw new RxGstError('ERR_FRAME_CLOSED', 'a closed frame cannot be cloned')
    return new LeasedFrame(this.#picture, this.droppedBefore)
  }

  async toJPEG(options?: JPEGOptions): Promise<Uint8Array> {
    return this.#encode(resolveJPEG(options))
  }

  async toPNG(options?: PNGOptions): Promise<Uint8Array> {
    return this.#encode(resolvePNG(options))
  }

  transfer(): TransferredFrame {
    if (!this.#open) throw new RxGstError('ERR_FRAME_CLOSED', 'this frame was closed')
    const moved = this.#picture.lease.worker.move(this.#picture, this.droppedBefore)
    this.close()
    return moved
  }

  /** What the handles of a frame share; null: it is closed, or another object. */
  static pictureOf(frame: VideoFrame): Picture | null {
    return #picture in frame && frame.#open ? frame.#picture : null
  }

  /** A handle of its own tells everybody else that these pixels are in use. */
  async #encode(options: ResolvedStill): Promise<Uint8Array> {
    const held = new LeasedFrame(this.#picture, 0)
    try {
      return await this.#picture.lease.worker.encode(this.#picture, this.data, options)
    } finally {
      held.close()
    }
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
