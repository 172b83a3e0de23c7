import type { KeyframeKeeper } from '../../addon/stills'
import type { FrameAccount, VideoTap } from '../../addon/tap'
import type { PictureCodec } from '../../pipelines/video-codecs'

/** Where one connection of a capture gives pictures: one of the two. */
export interface PictureTap {
  /** null: no pictures are decoded. */
  readonly video: VideoTap | null
  /** The last keyframe, where no pictures are decoded. */
  readonly keeper: KeyframeKeeper | null
  /** Bounds the memory of the capture's frames. */
  readonly account: FrameAccount
  /** null: no picture has come. */
  codec(): PictureCodec | null
}

/** The picture taps of a capture: that of the present connection, for views and snapshots, which outlive it. */
export class PictureTaps {
  #now: PictureTap | null = null
  readonly #followers = new Set<(tap: PictureTap) => void>()

  /** null: no connection. */
  get now(): PictureTap | null {
    return this.#now
  }

  /** A connection has this one, until it closes what it gets. */
  connect(tap: PictureTap): { close(): void } {
    this.#now = tap
    for (const follower of this.#followers) follower(tap)
    return {
      close: () => {
        if (this.#now === tap) this.#now = null
      },
    }
  }

  /** Calls with the present connection and with each later one, until what it returns is called. */
  follow(follower: (tap: PictureTap) => void): () => void {
    this.#followers.add(follower)
    if (this.#now) follower(this.#now)
    return () => void this.#followers.delete(follower)
  }
}
