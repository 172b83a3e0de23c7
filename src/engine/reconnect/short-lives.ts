import { withMore, type ErrorCode, type RxGstError } from '../../core/errors'

/** Errors with which a peer, or the network, ends a connection. */
const ENDED: ReadonlySet<ErrorCode> = new Set([
  'ERR_CONNECTION_LOST',
  'ERR_STREAM_ENDED',
  'ERR_PUBLISH_REJECTED',
  'ERR_PLAY_REJECTED',
])

/**
 * After this long live, ms, a loss has nothing to do with what was sent. Platforms that do not like a stream, its codec
 * or its bitrate, close within seconds or a few minutes.
 */
const LIKED_MS = 300_000
/** Servers that ask another machine about a key, and take the stream meanwhile, know its answer after so long, ms. */
const KEY_KNOWN_MS = 10_000
/** After this long live, ms, a key is right. */
const KEY_RIGHT_MS = 30_000

/** What the peer of a connection does. */
export interface Peer {
  /** It takes the stream, by its key. */
  readonly takes: boolean
  /** It has acknowledged what it took. */
  readonly acknowledged: boolean
}

/** The connections of one stream that were live for a short time, one after the other; it tells them in the errors. */
export class ShortLives {
  #count = 0
  #liveSince: number | null = null
  #longest = 0

  /** How many connections in a row were short-lived: 0 as soon as one is live for long. */
  count(now: number): number {
    if (this.#liveSince !== null && now - this.#liveSince >= LIKED_MS) this.#count = 0
    return this.#count
  }

  live(now: number): void {
    this.#liveSince = now
  }

  /** The connection is given up without an error of the peer's. */
  leave(now: number): void {
    this.count(now)
    this.#liveSince = null
  }

  /** The connection is over: its error, with a hint where it was short-lived, or where its key is likely wrong. */
  end(error: RxGstError, now: number, { takes, acknowledged }: Peer): RxGstError {
    this.count(now)
    const lived = this.#liveSince === null ? null : now - this.#liveSince
    this.#liveSince = null
    this.#longest = Math.max(this.#longest, lived ?? 0)
    if (!ENDED.has(error.code)) return error
    const short = lived !== null && lived < LIKED_MS
    if (short) this.#count++
    const row = this.#count > 1 ? ` (${this.#count} in a row)` : ''
    if (takes && this.#longest < KEY_RIGHT_MS) {
      const key = 'perhaps the stream key is wrong'
      if (error.code === 'ERR_PUBLISH_REJECTED') return withMore(error, key, 'likelyKey')
      if (short && lived < KEY_KNOWN_MS && !acknowledged) {
        const how = `the server took the stream, and closed the connection after ${seconds(lived)}${row}`
        return withMore(error, `${key}: ${how}`, 'likelyKey')
      }
    }
    return short ? withMore(error, `short-lived: live for ${seconds(lived)}${row}`, 'short-lived') : error
  }
}

function seconds(ms: number): string {
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}
