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
  #watchers = 0
  /** Called when `watched` changes. */
  onWatched: (() => void) | null = null

  /** null: no connection. */
  get now(): PictureTap | null {
    return this.#now
  }

  /** Whether something looks at the stream that takes no media from its queues: a view, a snapshot, a recording. */
  get watched(): boolean {
    return this.#watchers > 0
  }

  /** One more looks, until what it returns is called. */
  watch(): () => void {
    let looks = true
    this.#count(1)
    return () => {
      if (looks) this.#count(-1)
      looks = false
    }
  }

  #count(change: 1 | -1): void {
    const before = this.watched
    this.#watchers += change
    if (this.watched !== before) this.onWatched?.()
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
