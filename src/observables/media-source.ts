import type { Picture } from '../core/frame'
import type { NativeAudio } from '../addon/tap'

/** The source of a running stream's frames and audio: the engine's current connection. */
export interface MediaSource {
  /** The hub that reads this source is called when more waits; null: it reads another one now. */
  listen(listener: (() => void) | null): void
  /** From now on both may wait: more may have come than the listener was called for. */
  lookAgain(): void
  /** Whether pictures, or sound, may wait. False: none do, or the listener is still to be called for them. */
  readonly picturesWait: boolean
  readonly audioWaits: boolean
  readPictures(max: number): Picture[]
  /** All sound that waits now; what comes during the call may stay. */
  readAudio(): NativeAudio[]
  /** false: no audio will come, so frames need not wait for it. */
  readonly audioExpected: boolean
  /** Blocks the JS thread until media of this kind arrives, at most `ms`. */
  wait(ms: number, kind: 'picture' | 'audio'): void
}

/** A consumer of a stream; the hub feeds it. */
export interface Consumer {
  /** Number of frames that it takes now; with 0, frames stay in the source's queue. */
  readonly room: number
  /** Whether a full consumer holds a 'block' stream back, even if others have room; absent: yes. */
  readonly holds?: boolean
  /** Whether it takes more audio now; absent: always. Without room, it holds a 'block' stream back. */
  readonly audioRoom?: boolean
  picture?(picture: Picture): void
  audio?(audio: NativeAudio, format: { readonly rate: number; readonly channels: number }): void
  /**
   * A discontinuity: all media of a connection has come. The following media is of another connection, or after a
   * pause, and its timestamps jump.
   */
  discontinuity?(): void
  /** The end: null after stop(), else the error. */
  end(error: Error | null): void
}
