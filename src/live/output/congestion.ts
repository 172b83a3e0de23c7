/** What one look at a connection tells. */
export interface CongestionLook {
  /** ms, monotonic. */
  readonly now: number
  /** Which connection it is; another one is measured anew. */
  readonly of: unknown
  /** ms of pictures that wait for the network. */
  readonly queueMs: number
  /** That left for it, since any time. */
  readonly outBytes: number
}

export interface CongestionOptions {
  /** bit/s of video: what it has while the network takes it, and what it never goes below. */
  readonly bitrate: number
  readonly min: number
  /** bit/s that go out beside the video. */
  readonly beside: number
  /** ms that one picture lasts. */
  readonly pictureMs: number
}

/** Pictures of this long that wait, ms, are congestion, where one or two of them are a busy moment. */
const CONGESTED = 100
const CONGESTED_PICTURES = 2.5
/** Below this, ms, nothing waits. */
const CLEAR = 50
const CLEAR_PICTURES = 1.5
/** ms over which the network is measured, at least and at most; a change is given the latter before the next one. */
const SHORTEST = 100
const WINDOW = 500
/** Of what the network takes: until the queue is empty, and then. */
const DRAINING = 0.6
const KEEPING = 0.9
/** Of the bitrate before, at least: what was measured in a tenth of a second may be a thread that had to wait. */
const FALL = 0.35
/** ms without congestion before it tries more; twice as long after each try that failed. */
const CALM = 4000
const LONGEST_CALM = 60_000
/** Of the full bitrate, more with each try. */
const STEP = 0.1
/** A try has failed when there is congestion within this, ms. */
const TRIAL = 5000

/**
 * Which bitrate a network can take, from what waits for it: OBS's "dynamic bitrate" is the model. Down at once to what
 * empties the queue, then to a little less than what was measured, then up in steps. Pure: no clock, no timers.
 */
export class Congestion {
  readonly #options: CongestionOptions
  #bitrate: number
  #looks: CongestionLook[] = []
  #changedAt = -Infinity
  #raisedAt = -Infinity
  #calm = CALM
  /** The bitrate that was too much last time. */
  #ceiling = Infinity
  /** Since when something waits, and so the network is what limits. */
  #since: CongestionLook | null = null
  /** The bitrate that was too much, while the queue is being emptied. */
  #tooMuch: number | null = null

  constructor(options: CongestionOptions) {
    this.#options = options
    this.#bitrate = options.bitrate
  }

  /** bit/s of video. */
  get bitrate(): number {
    return this.#bitrate
  }

  /** To be called every 50 ms or so. The new bitrate, or null where it stays. */
  look(look: CongestionLook): number | null {
    const last = this.#looks.at(-1)
    if (last && (look.of !== last.of || look.outBytes < last.outBytes)) {
      this.#looks = []
      this.#since = null
      this.#tooMuch = null
      this.#changedAt = look.now
    }
    this.#looks = [...this.#looks.filter(({ now }) => look.now - now <= WINDOW), look]
    const next = this.#next(look)
    // Where nothing waits the network is not measured: it took what there was, or what its own buffers hold.
    if (look.queueMs > this.#clear) this.#since ??= look
    else [this.#since, this.#looks] = [null, [look]]
    if (next === null || next === this.#bitrate) return null
    this.#bitrate = next
    this.#changedAt = look.now
    return next
  }

  get #clear(): number {
    return Math.max(CLEAR, CLEAR_PICTURES * this.#options.pictureMs)
  }

  #next(look: CongestionLook): number | null {
    const { bitrate, min, pictureMs } = this.#options
    if (look.queueMs > Math.max(CONGESTED, CONGESTED_PICTURES * pictureMs)) return this.#lower(look)
    if (look.queueMs > this.#clear) {
      // Neither: no time to try more.
      if (this.#tooMuch === null) this.#changedAt = Math.max(this.#changedAt, look.now - this.#calm / 2)
      return null
    }
    if (this.#tooMuch !== null) {
      const most = this.#tooMuch * KEEPING
      this.#tooMuch = null
      return this.#since && Math.round(Math.max(min, Math.min(most, this.#video(taken(this.#since, look) * KEEPING))))
    }
    if (this.#bitrate >= bitrate || look.now - this.#changedAt < this.#calm) return null
    // More than what was too much before goes well.
    if (this.#bitrate >= this.#ceiling) this.#calm = CALM
    this.#raisedAt = look.now
    return Math.round(Math.min(bitrate, this.#bitrate + bitrate * STEP))
  }

  #lower(look: CongestionLook): number | null {
    const [first] = this.#looks
    if (look.now - first!.now < SHORTEST || look.now - this.#changedAt < WINDOW) return null
    // It is being emptied already.
    if (this.#tooMuch !== null && look.queueMs < first!.queueMs) return null
    const next = Math.max(
      this.#video(taken(first!, look) * DRAINING),
      Math.round(this.#bitrate * FALL),
      this.#options.min,
    )
    // The network takes more than is sent: something else kept it waiting.
    if (next >= this.#bitrate) return null
    if (look.now - this.#raisedAt < TRIAL) this.#calm = Math.min(LONGEST_CALM, this.#calm * 2)
    this.#raisedAt = -Infinity
    this.#tooMuch ??= this.#bitrate
    this.#ceiling = this.#tooMuch
    return next
  }

  /** What is left of so many bit/s for the video. */
  #video(all: number): number {
    const { bitrate, min, beside } = this.#options
    return Math.round(Math.min(bitrate, Math.max(min, all - beside)))
  }
}

/** bit/s. */
function taken(from: CongestionLook, to: CongestionLook): number {
  return ((to.outBytes - from.outBytes) * 8000) / (to.now - from.now)
}
