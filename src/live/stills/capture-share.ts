import type { Observable } from 'rxjs'
import { badOption, badValue, checkInteger, checkOneOf, checkRecord } from '../../core/check'
import '../../core/dispose'
import { RxGstError } from '../../core/errors'
import { native } from '../../addon/binding'
import type { Changes } from '../../addon/js'
import {
  SHARE_FORMATS,
  type NativeShareOptions,
  type PictureShare,
  type ShareFormat,
  type ShareStats,
} from '../../addon/tap'
import { resolveSizeAndRate } from './capture-view'
import type { PictureTaps } from './picture-taps'

/** Options of a share; an absent one is as the stream has it. */
export interface ShareOptions {
  /** Width, pixels. With only one of width and height, the other one keeps the shape on the screen. */
  width?: number
  /** Height, rows; see `width`. */
  height?: number
  /** At most so many pictures a second: those nearest to every 1/fps. */
  fps?: number
  /** Default 'RGB'; OpenCV's is 'BGR'. */
  format?: 'RGB' | 'BGR' | 'GRAY8' | 'I420' | 'RGBA'
  /**
   * Pictures in the ring, 2 to 16, default 4: a reader has the time of all but one of them, before the picture that it
   * looks at is overwritten.
   */
  slots?: number
}

/** A capture's pictures in shared memory, for other processes. */
export interface CaptureShare extends Disposable {
  /** Name of the share. */
  readonly name: string
  /** File of the shared memory, which shm_open() finds as '/rxgst-<name>'. */
  readonly path: string
  /** Whether it has ended: by close(), or with its capture. */
  readonly closed: boolean
  /** Its counters. */
  stats(): ShareStats
  /** Frees name and memory; readers are told that it is the end. Idempotent. */
  close(): void
}

interface ShareHost {
  readonly taps: PictureTaps
  /** Completes, or fails, with the capture. */
  readonly ends: Observable<unknown>
  warn(text: string): void
}

const SHARED_MEMORY = '/dev/shm/rxgst-'

/** A share of the taps of a capture. */
export class TapShare implements CaptureShare {
  readonly name: string
  readonly #share: PictureShare
  readonly #changes: Changes
  readonly #leave: (() => void)[]
  #closed = false

  /** ERR_NAME_TAKEN; ERR_SHARE: there is no shared memory. */
  constructor(name: string, options: NativeShareOptions, { taps, ends, warn }: ShareHost) {
    this.name = name
    this.#changes = new (native().Changes)(() => {
      const { error } = this.#share.stats()
      if (error !== null) warn(`${this.path}: pictures are not shared: ${error}`)
    })
    this.#share = new (native().PictureShare)(options, this.#changes)
    const failure = this.#share.claim(name)
    if (failure) {
      this.#changes.close()
      if (failure.taken) throw new RxGstError('ERR_NAME_TAKEN', `another share has the name ${name}`)
      throw new RxGstError('ERR_SHARE', `${this.path} cannot be made: ${failure.text}`)
    }
    const unwatch = taps.watch()
    const unfollow = taps.follow(({ video }) => video && this.#share.attach(video))
    this.#leave = [unwatch, unfollow]
    const ending = ends.subscribe({ error: () => this.close(), complete: () => this.close() })
    this.#leave.push(() => ending.unsubscribe())
  }

  get path(): string {
    return SHARED_MEMORY + this.name
  }

  get closed(): boolean {
    return this.#closed
  }

  stats(): ShareStats {
    return this.#share.stats()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const leave of this.#leave) leave()
    this.#share.close()
    this.#changes.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

export function checkShareName(name: unknown): string {
  if (typeof name !== 'string') throw badOption('a name', 'name', name)
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw badValue("1 to 64 of A-Z, a-z, 0-9, '_' and '-'", 'name', name)
  return name
}

export function resolveShare(options: unknown = {}): NativeShareOptions {
  const given = checkRecord('options', options, ['width', 'height', 'fps', 'format', 'slots'])
  return {
    ...resolveSizeAndRate(given),
    format: checkOneOf<ShareFormat>('format', given.format ?? 'RGB', SHARE_FORMATS),
    slots: checkInteger('slots', given.slots ?? 4, 2, 16),
  }
}
