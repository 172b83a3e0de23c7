/** The last picture of a channel, and whether its process is told that somebody looks. Times: ms, monotonic. */

/** A thumbnail that is older says nothing of the channel: one is taken every 5 s, and that takes a while. */
const FRESH_MS = 8000
/** The process is told no more often that somebody looks; it takes thumbnails for longer. */
const ASK_MS = 5000

export interface Picture {
  readonly jpeg: Uint8Array
  /** Unix ms. */
  readonly at: number
}

export class Thumbnail {
  private picture: Picture | null = null
  private takenMs = 0
  private askedMs = Number.NEGATIVE_INFINITY

  put(picture: Picture, nowMs: number): void {
    this.picture = picture
    this.takenMs = nowMs
  }

  /** null: there is none of now. */
  get(nowMs: number): Picture | null {
    if (nowMs - this.takenMs > FRESH_MS) this.picture = null
    return this.picture
  }

  /** Somebody looks. Returns whether the process is to be told. */
  ask(nowMs: number): boolean {
    if (nowMs - this.askedMs < ASK_MS) return false
    this.askedMs = nowMs
    return true
  }

  /** The process has ended. */
  ended(): void {
    this.picture = null
    this.askedMs = Number.NEGATIVE_INFINITY
  }
}
