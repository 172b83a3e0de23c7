import { Observable, type Subscriber } from 'rxjs'
import { checkInteger, checkNumber, checkOneOf, checkRecord } from '../../core/check'
import { LeasedFrame } from '../../core/frame'
import { PIXEL_FORMATS } from '../../core/pixel-format'
import type { PixelFormat, VideoFrame } from '../../core/types'
import { MAX_BUFFER, MAX_FPS, MAX_SIDE } from '../../core/video-options'
import { native } from '../../addon/binding'
import type { Changes } from '../../addon/js'
import type { VideoView, VideoViewOptions } from '../../addon/tap'
import { FRAME_NUMBERS, frameFromNative } from '../../engine/sinks/frame-from-native'
import { DropCount } from '../../observables/frames'
import { ifDecoded } from '../capture/readers'
import type { PictureTaps } from './picture-taps'

/** Options of a view; an absent one is as the stream has it. */
export interface ViewOptions {
  /** Width, pixels. With only one of width and height, the other one keeps the shape on the screen. */
  width?: number
  /** Height, rows; see `width`. */
  height?: number
  /** At most so many frames a second: those nearest to every 1/fps. */
  fps?: number
  /** Default 'RGB'. */
  format?: PixelFormat
  /** Frames that wait for JavaScript; a newer one replaces the oldest. Default 1. */
  bufferSize?: number
}

/** Frames in one call of the addon. */
const MOST_READ = 16

/**
 * A view of a capture: its pictures in another size, rate or format, converted from the same decoded pictures, and only
 * while somebody subscribes.
 */
export interface CaptureView {
  /**
   * The frames from the subscription on, as the capture's own frames$: a handle for each subscriber, who closes it. The
   * newest frame wins: `droppedBefore` counts those that nobody came to fetch. ERR_NOT_DECODED with `decode: false` or
   * `video: false`.
   */
  readonly frames$: Observable<VideoFrame>
  /** Frames that newer ones have replaced, and those for which there was no memory, since the view exists. */
  readonly dropped: number
}

/** A view of the taps of a capture. */
export class TapView implements CaptureView {
  readonly frames$: Observable<VideoFrame>
  readonly #options: VideoViewOptions
  readonly #taps: PictureTaps
  readonly #ends: () => Observable<unknown>
  readonly #subscribers = new Map<Subscriber<VideoFrame>, DropCount>()
  readonly #fields: Float64Array
  #view: VideoView | null = null
  #changes: Changes | null = null
  #leave: (() => void) | null = null
  #dropped = 0
  #giving = false
  /** What all subscribers are told when those frames are given that were there before the end. */
  #last: ((subscriber: Subscriber<VideoFrame>) => void) | null = null

  /**
   * @param ends completes, or fails, with the capture
   * @param decoded whether there are pictures at all
   */
  constructor(options: VideoViewOptions, taps: PictureTaps, ends: () => Observable<unknown>, decoded: boolean) {
    this.#options = options
    this.#taps = taps
    this.#ends = ends
    this.#fields = new Float64Array(1 + MOST_READ * FRAME_NUMBERS)
    const frames$ = new Observable<VideoFrame>(subscriber => {
      this.#subscribers.set(subscriber, new DropCount())
      subscriber.add(() => {
        this.#subscribers.delete(subscriber)
        if (this.#subscribers.size === 0) this.#close()
      })
      if (this.#subscribers.size === 1) this.#open()
    })
    this.frames$ = ifDecoded(frames$, decoded)
  }

  get dropped(): number {
    return this.#dropped + (this.#view?.dropped() ?? 0)
  }

  #open(): void {
    const unfollow = this.#taps.follow(({ video, account }) => {
      if (!video) return
      this.#changes ??= new (native().Changes)(() => this.#read())
      this.#view ??= new (native().VideoView)(this.#options, this.#changes, account)
      this.#view.attach(video)
    })
    const ending = this.#ends().subscribe({
      error: (error: unknown) => this.#end(subscriber => subscriber.error(error)),
      complete: () => this.#end(subscriber => subscriber.complete()),
    })
    const unwatch = this.#taps.watch()
    this.#leave = () => {
      unwatch()
      unfollow()
      ending.unsubscribe()
    }
    // It may have ended before.
    if (this.#subscribers.size === 0) this.#close()
  }

  /** Not re-entrant: a subscriber may stop the capture, and the numbers of the frames behind it are still in use. */
  #read(): void {
    if (this.#giving) return
    this.#giving = true
    try {
      for (let left = 1; left > 0 && this.#view; left = this.#fields[0]!) {
        const buffers = this.#view.read(MOST_READ, this.#fields)
        for (const [i, buffer] of buffers.entries()) this.#give(buffer, 1 + i * FRAME_NUMBERS)
      }
    } finally {
      this.#giving = false
    }
    const last = this.#last
    this.#last = null
    if (last) for (const subscriber of [...this.#subscribers.keys()]) last(subscriber)
  }

  #give(buffer: ArrayBuffer, at: number): void {
    const picture = frameFromNative(buffer, this.#fields, at)
    // Gives the memory back where everybody has left meanwhile.
    using own = new LeasedFrame(picture, 0)
    for (const [subscriber, drops] of [...this.#subscribers])
      if (!subscriber.closed) subscriber.next(drops.handle(picture))
    void own
  }

  #end(tell: (subscriber: Subscriber<VideoFrame>) => void): void {
    this.#last = tell
    this.#read()
  }

  #close(): void {
    this.#leave?.()
    this.#leave = null
    this.#dropped += this.#view?.dropped() ?? 0
    this.#view?.close()
    this.#changes?.close()
    this.#view = null
    this.#changes = null
  }
}

export function resolveView(options: unknown = {}): VideoViewOptions {
  const given = checkRecord('options', options, ['width', 'height', 'fps', 'format', 'bufferSize'])
  return {
    ...resolveSizeAndRate(given),
    format: checkOneOf('format', given.format ?? 'RGB', PIXEL_FORMATS),
    capacity: checkInteger('bufferSize', given.bufferSize ?? 1, 1, MAX_BUFFER),
  }
}

/** What is absent is 0: as the stream has it. */
export function resolveSizeAndRate(
  given: Readonly<Record<string, unknown>>,
): Pick<VideoViewOptions, 'width' | 'height' | 'fps'> {
  const side = (name: 'width' | 'height'): number =>
    given[name] == null ? 0 : checkInteger(name, given[name], 1, MAX_SIDE)
  return {
    width: side('width'),
    height: side('height'),
    fps: given.fps == null ? 0 : checkNumber('fps', given.fps, 0.01, MAX_FPS),
  }
}
