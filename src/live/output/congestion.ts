/** One observation of a connection. */
export interface CongestionObservation {
  /** Monotonic, ms. */
  readonly now: number
  /** Identity of the connection; on another one the measurement begins again. */
  readonly connection: unknown
  /** Milliseconds of pictures that wait for the network. */
  readonly queueMs: number
  /** Counter of the bytes that have left. */
  readonly outBytes: number
}

export interface CongestionOptions {
  /** Full bitrate of the video, bit/s. */
  readonly bitrate: number
  /** Lowest bitrate of the video, bit/s. */
  readonly min: number
  /** Bitrate of everything else on the connection, bit/s. */
  readonly beside: number
  /** Duration of one picture. */
  readonly pictureMs: number
}

/** A longer queue is congestion, if it also holds more pictures than CONGESTED_PICTURES: one or two are normal. */
const CONGESTED_MS = 100
const CONGESTED_PICTURES = 2.5
/** A queue below both limits is empty. */
const CLEAR_MS = 50
const CLEAR_PICTURES = 1.5
/** Shortest time over which the network is measured. */
const SHORTEST_WINDOW_MS = 100
/** Longest time over which it is measured, and shortest time between two changes. */
const WINDOW_MS = 500
/** Share of the measured throughput that is used until the queue is empty. */
const DRAINING_SHARE = 0.6
/** Share of it that is used afterwards. */
const KEEPING_SHARE = 0.9
/** Lowest share of the old bitrate in one step: a measurement over 0.1 s may have hit a thread that had to wait. */
const LOWEST_STEP = 0.35
/** Time without congestion before the bitrate rises; each rise that fails doubles it. */
const CALM_MS = 4000
const LONGEST_CALM_MS = 60_000
/** Size of a rise, as a share of the full bitrate. */
const RISE_SHARE = 0.1
/** A rise has failed when congestion follows within this time. */
const RISE_TRIAL_MS = 5000

/**
 * The bitrate that a network can take, derived from the queue before it, as OBS's "dynamic bitrate" does: down at once
 * until the queue is empty, then to a little less than the measured throughput, then up in steps. No clock, no timers.
 */
export class Congestion {
  readonly #options: CongestionOptions
  #bitrate: number
  #observations: CongestionObservation[] = []
  #changedAt = -Infinity
  #raisedAt = -Infinity
  #calm = CALM_MS
  /** The bitrate that caused the last congestion. */
  #ceiling = Infinity
  /** The first observation with a queue: since then the network is the limit. */
  #since: CongestionObservation | null = null
  /** The bitrate that caused the congestion, until the queue is empty again; else null. */
  #tooMuch: number | null = null

  constructor(options: CongestionOptions) {
    this.#options = options
    this.#bitrate = options.bitrate
  }

  /** Bitrate of the video now, bit/s. */
  get bitrate(): number {
    return this.#bitrate
  }

  /** Takes an observation, about every 50 ms. Returns the new bitrate; null: it stays. */
  observe(seen: CongestionObservation): number | null {
    const last = this.#observations.at(-1)
    if (last && (seen.connection !== last.connection || seen.outBytes < last.outBytes)) {
      this.#observations = []
      this.#since = null
      this.#tooMuch = null
      this.#changedAt = seen.now
    }
    this.#observations = [...this.#observations.filter(({ now }) => seen.now - now <= WINDOW_MS), seen]
    const next = this.#next(seen)
    // An empty queue measures nothing: the network takes all there is, or its buffers do.
    if (seen.queueMs > this.#clear) this.#since ??= seen
    else [this.#since, this.#observations] = [null, [seen]]
    if (next === null || next === this.#bitrate) return null
    this.#bitrate = next
    this.#changedAt = seen.now
    return next
  }

  get #clear(): number {
    return Math.max(CLEAR_MS, CLEAR_PICTURES * this.#options.pictureMs)
  }

  #next(seen: CongestionObservation): number | null {
    const { bitrate, min, pictureMs } = this.#options
    if (seen.queueMs > Math.max(CONGESTED_MS, CONGESTED_PICTURES * pictureMs)) return this.#lower(seen)
    if (seen.queueMs > this.#clear) {
      // Neither congested nor clear: not the time for a rise.
      if (this.#tooMuch === null) this.#changedAt = Math.max(this.#changedAt, seen.now - this.#calm / 2)
      return null
    }
    if (this.#tooMuch !== null) {
      const most = this.#tooMuch * KEEPING_SHARE
      this.#tooMuch = null
      return (
        this.#since &&
        Math.round(Math.max(min, Math.min(most, this.#video(throughput(this.#since, seen) * KEEPING_SHARE))))
      )
    }
    if (this.#bitrate >= bitrate || seen.now - this.#changedAt < this.#calm) return null
    // The bitrate that was too much before goes well now.
    if (this.#bitrate >= this.#ceiling) this.#calm = CALM_MS
    this.#raisedAt = seen.now
    return Math.round(Math.min(bitrate, this.#bitrate + bitrate * RISE_SHARE))
  }

  #lower(seen: CongestionObservation): number | null {
    const [first] = this.#observations
    if (seen.now - first!.now < SHORTEST_WINDOW_MS || seen.now - this.#changedAt < WINDOW_MS) return null
    // The queue gets shorter already.
    if (this.#tooMuch !== null && seen.queueMs < first!.queueMs) return null
    const next = Math.max(
      this.#video(throughput(first!, seen) * DRAINING_SHARE),
      Math.round(this.#bitrate * LOWEST_STEP),
      this.#options.min,
    )
    // The network takes more than is sent, so something else caused the queue.
    if (next >= this.#bitrate) return null
    if (seen.now - this.#raisedAt < RISE_TRIAL_MS) this.#calm = Math.min(LONGEST_CALM_MS, this.#calm * 2)
    this.#raisedAt = -Infinity
    this.#tooMuch ??= this.#bitrate
    this.#ceiling = this.#tooMuch
    return next
  }

  /** The video's part of a bitrate for everything. */
  #video(all: number): number {
    const { bitrate, min, beside } = this.#options
    return Math.round(Math.min(bitrate, Math.max(min, all - beside)))
  }
}

/** Throughput between two observations, bit/s. */
function throughput(from: CongestionObservation, to: CongestionObservation): number {
  return ((to.outBytes - from.outBytes) * 8000) / (to.now - from.now)
}
