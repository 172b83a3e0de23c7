import type { SegmentFeed } from '../../addon/capture'
import type { Clock } from '../../core/clock'
import { asRxGstError, RxGstError } from '../../core/errors'
import type { Logger } from '../../core/types'
import { load, missingPlugin } from '../../engine/prepare'
import { DEMUXERS } from '../../pipelines/inputs/file'
import type { SegmentContainer } from '../../pipelines/inputs/hls'
import type { HttpClient } from './http-client'
import { isNetwork, mayPass } from './http-error'
import {
  MOST_PLAYLIST_BYTES,
  readPlaylistInTurns,
  type MasterPlaylist,
  type MediaPlaylist,
  type Segment,
} from './playlist'
import { behindMs, changeOf, lastOf, reloadAfter, startOf } from './schedule'
import type { Loaded, SegmentSource } from './segment-source'
import { firstClockUs } from './ts-clock'

/** Segments that may wait for the demuxer, and their bytes: one is being downloaded besides. */
const MOST_AHEAD = 3
const MOST_AHEAD_BYTES = 16 * 1024 * 1024
/** Tries of one segment, and the time between them, ms. */
const TRIES = 3
const RETRY_MS = 500
/** The same for a server that does not answer. */
const NETWORK_TRIES = 10
const LONGEST_RETRY_MS = 3000
/** So many lost segments in a row are a lost connection. */
const MOST_LOST = 5
/** Farther ahead than any outage: the numbers began anew. */
const FARTHEST = 100_000
/** Target durations for which a cache may give older playlists. */
const OLDER_FOR = 2

/** A playlist of segments, and where it came from. */
export interface LoadedPlaylist {
  readonly playlist: MediaPlaylist
  readonly url: URL
}

export interface TrackReaderEvents {
  /** The stream cannot go on over this connection. */
  onFailed(error: RxGstError): void
  /** Segments that the stream goes on without. */
  onLost(count: number): void
  /** A request of a segment has failed, and is made again. */
  onRetried(): void
  onLoaded(bytes: number): void
  /** The demuxer begins with this segment, of this playlist. */
  onBegun(sequence: number, playlist: MediaPlaylist): void
}

export interface TrackReaderOptions {
  readonly client: HttpClient
  readonly segments: SegmentSource
  readonly clock: Clock
  readonly logger: Logger
  /** For messages. */
  readonly display: string
  /** For one request, besides the time that its media play. */
  readonly patienceMs: number
  readonly events: TrackReaderEvents
}

/** A playlist of either kind. */
export async function loadPlaylist(
  client: HttpClient,
  url: URL,
  deadlineMs: number,
): Promise<{ readonly playlist: MediaPlaylist | MasterPlaylist; readonly url: URL }> {
  const request = { what: 'the playlist', mostBytes: MOST_PLAYLIST_BYTES, deadlineMs, packed: true }
  const answer = await client.get(url, request)
  const mustRun = (): void => client.mustRun(request.what)
  return { playlist: await readPlaylistInTurns(answer.body.toString('utf8'), mustRun), url: answer.url }
}

/**
 * Reads one playlist: loads its segments in order, a few ahead, and loads the playlist again as long as it grows
 * (RFC 8216, 6.3). Everything here runs on the JS thread.
 */
export class TrackReader {
  readonly #options: TrackReaderOptions
  /** As the server gave it first; a redirect of the playlist is followed each time. */
  readonly #url: URL
  #playlist: MediaPlaylist
  #base: URL
  #next: number
  #loadedAt: number
  #changed = true
  /** Since when a cache gives older playlists; null: it does not. */
  #olderSince: number | null = null
  #failing = false
  #lostInRow = 0
  /** Why the last segment was lost. */
  #lastLoss: RxGstError | null = null
  /** Loaded before the graph was made, which needs to know its container. */
  #ready: Loaded | null = null
  /** The next segment's timestamps begin anew. */
  #renews = false
  /** Segments before the next one are missing. */
  #hole = false
  #last: Loaded | null = null
  #feed: SegmentFeed | null = null
  /** Segments that the demuxer has not begun, and the playlists that named them. */
  readonly #ahead: { readonly sequence: number; readonly playlist: MediaPlaylist }[] = []
  #begun = 0
  /** Number of the segment that the demuxer has begun last. */
  #present: number | null = null
  /** Ends the wait for room, and that for a time. */
  #onRoom: (() => void) | null = null
  #endPause: (() => void) | null = null
  #closed = false

  /** @param url address of the playlist, before redirects */
  constructor(options: TrackReaderOptions, url: URL, loaded: LoadedPlaylist, start: number) {
    this.#options = options
    this.#url = url
    this.#playlist = loaded.playlist
    this.#base = loaded.url
    this.#next = start
    this.#loadedAt = options.clock.now()
  }

  /** Loads the first segment, and tells its container. */
  async begin(): Promise<SegmentContainer> {
    while (this.#ready === null) {
      const segment = await this.#segment()
      if (segment === null)
        throw this.#lastLoss ?? new RxGstError('ERR_STREAM_ENDED', `${this.#options.display} has no further segment`)
      this.#ready = await this.#load(segment)
      if (this.#ready === null) this.#next++
    }
    return this.#ready.container
  }

  /** Feeds this and all further segments, until the stream ends. */
  start(feed: SegmentFeed): void {
    this.#feed = feed
    this.#run(feed).catch((error: unknown) => {
      if (!this.#closed) this.#options.events.onFailed(asRxGstError(error, 'the playlist could not be read'))
    })
  }

  /** The demuxer has begun another segment. */
  look(): void {
    const begun = this.#feed?.levels().begun ?? 0
    for (; this.#begun < begun; this.#begun++) {
      const one = this.#ahead.shift()
      if (!one) continue
      this.#present = one.sequence
      this.#options.events.onBegun(one.sequence, one.playlist)
    }
    this.#onRoom?.()
  }

  /** As `HlsStats` tells it. */
  get behindMs(): number | null {
    return this.#present === null ? null : behindMs(this.#playlist, this.#present)
  }

  close(): void {
    // What the demuxer has begun since the last wake-up is not to come again over the next connection.
    this.look()
    this.#closed = true
    this.#feed = null
    this.#onRoom?.()
    this.#endPause?.()
  }

  async #run(feed: SegmentFeed): Promise<void> {
    for (;;) {
      const segment = await this.#segment()
      if (this.#closed) return
      if (segment === null) return feed.end()
      await this.#room(feed)
      if (this.#closed) return
      const loaded = this.#ready ?? (await this.#load(segment))
      this.#ready = null
      if (this.#closed) return
      this.#next++
      if (loaded !== null) await this.#push(feed, segment, loaded)
    }
  }

  /** The next segment, when there is one; null: the stream has ended. */
  async #segment(): Promise<Segment | null> {
    for (;;) {
      this.#mustRun()
      const { segments, first, ended } = this.#playlist
      if (this.#next < first) {
        this.#fallBack()
        continue
      }
      const segment = segments[this.#next - first]
      if (segment?.gap) {
        this.#skipGaps()
        continue
      }
      if (segment) return segment
      if (ended) return null
      await this.#reload()
    }
  }

  /** What comes next has left the playlist: the capture was too slow, or not there. */
  #fallBack(): void {
    const from = Math.max(this.#playlist.first, startOf(this.#playlist))
    const missed = from - this.#next
    if (missed > FARTHEST) this.#beginAnew()
    else this.#lose(missed, 'they have left the playlist')
    this.#next = from
  }

  /** All that follow each other at once: a playlist may have no end of them, and each would be a line of the log. */
  #skipGaps(): void {
    const { segments, first } = this.#playlist
    const from = this.#next
    for (let gap = segments[from - first]; gap?.gap; gap = segments[this.#next - first]) {
      // A hole in its timestamps is no reason to forget that they begin anew.
      if (gap.discontinuity) this.#renews = true
      this.#next++
    }
    this.#lose(this.#next - from, 'the playlist has a gap')
  }

  #lose(count: number, why: string): void {
    const { logger, display, events } = this.#options
    logger.warn(`${display} goes on without ${count === 1 ? 'a segment' : `${count} segments`}: ${why}`)
    events.onLost(count)
    this.#hole = true
  }

  async #reload(): Promise<void> {
    const { client, clock, patienceMs } = this.#options
    const wait = this.#loadedAt + reloadAfter(this.#playlist, this.#changed) - clock.now()
    await this.#pause(wait)
    this.#loadedAt = clock.now()
    this.#changed = false
    try {
      const { playlist, url } = await loadPlaylist(client, this.#url, patienceMs)
      if (playlist.kind !== 'media') throw new RxGstError('ERR_BAD_STREAM', 'the playlist has become one of variants')
      this.#failing = false
      this.#update(playlist, url)
    } catch (error) {
      const known = asRxGstError(error, 'the playlist could not be read')
      if (this.#closed || !mayPass(known)) throw known
      // It is loaded again and again; where that goes on for too long, the stream stalls.
      if (!this.#failing) this.#options.logger.warn(`${known.code}: ${known.message}`)
      this.#failing = true
    }
  }

  #update(playlist: MediaPlaylist, url: URL): void {
    const now = this.#options.clock.now()
    let change = changeOf(this.#playlist, playlist)
    if (change === 'older') {
      this.#olderSince ??= now
      if (now - this.#olderSince < OLDER_FOR * playlist.targetMs) return
      change = 'restarted'
    }
    this.#olderSince = null
    this.#changed = lastOf(playlist) !== lastOf(this.#playlist) || playlist.ended
    this.#playlist = playlist
    this.#base = url
    if (change !== 'restarted') return
    this.#options.logger.info(`${this.#options.display} has begun anew`)
    this.#next = startOf(playlist)
    this.#beginAnew()
  }

  #beginAnew(): void {
    this.#renews = true
    this.#options.segments.forget()
  }

  /** null: it is lost, and the stream goes on without it. */
  async #load(segment: Segment): Promise<Loaded | null> {
    const { segments, events, patienceMs } = this.#options
    if (segment.discontinuity) this.#renews = true
    for (let tries = 1; ; tries++) {
      try {
        const deadlineMs = patienceMs + 3 * this.#playlist.targetMs
        const loaded = await segments.load(segment, this.#base, deadlineMs)
        events.onLoaded(loaded.bytes.length)
        this.#lostInRow = 0
        return loaded
      } catch (error) {
        const known = asRxGstError(error, 'a segment could not be loaded')
        if (this.#closed || !mayPass(known)) throw known
        if (tries < this.#triesOf(known)) {
          events.onRetried()
          await this.#pause(Math.min(LONGEST_RETRY_MS, RETRY_MS * tries))
          continue
        }
        // Before anything has come, the reconnect rules decide what follows.
        if (this.#feed === null && isNetwork(known)) throw known
        this.#lastLoss = known
        if (++this.#lostInRow >= MOST_LOST) throw known
        this.#lose(1, known.message)
        return null
      }
    }
  }

  #triesOf(error: RxGstError): number {
    // What came and is none of a segment will not be another thing a moment later.
    if (error.code === 'ERR_BAD_STREAM') return 1
    // The server has not said that the segment is missing: meanwhile the stream stalls, and may begin anew.
    return this.#feed !== null && isNetwork(error) ? NETWORK_TRIES : TRIES
  }

  async #push(feed: SegmentFeed, { sequence }: Segment, loaded: Loaded): Promise<void> {
    const last = this.#last
    const renews = last !== null && this.#renews
    const other = last !== null && (loaded.init !== last.init || loaded.container !== last.container)
    // tsdemux makes holes short, and two of them would not agree.
    const hole = last !== null && this.#hole && loaded.container === 'ts'
    const anew = renews || other || hole
    const base = last !== null && !anew ? null : loaded.container === 'ts' ? firstClockUs(loaded.bytes) : 0
    const demuxer = DEMUXERS[loaded.container]
    if (last !== null && loaded.container !== last.container) {
      const [missing] = await load([demuxer])
      if (missing !== undefined) throw missingPlugin(missing)
      if (this.#closed) return
    }
    const whole = loaded.init && (last === null || anew) ? Buffer.concat([loaded.init, loaded.bytes]) : loaded.bytes
    this.#ahead.push({ sequence, playlist: this.#playlist })
    feed.push(whole, anew ? demuxer : '', renews, base)
    this.#renews = this.#hole = false
    this.#last = { ...loaded, bytes: Buffer.alloc(0) }
  }

  async #room(feed: SegmentFeed): Promise<void> {
    for (;;) {
      const { segments, bytes } = feed.levels()
      if (this.#closed || (segments < MOST_AHEAD && bytes < MOST_AHEAD_BYTES)) return
      await new Promise<void>(resolve => (this.#onRoom = resolve))
      this.#onRoom = null
    }
  }

  #mustRun(): void {
    if (this.#closed) throw new RxGstError('ERR_ABORTED', `${this.#options.display}: the capture was stopped`)
  }

  /** Ends early with close(). */
  async #pause(ms: number): Promise<void> {
    if (ms <= 0 || this.#closed) return
    const { clock } = this.#options
    await new Promise<void>(resolve => {
      const timer = clock.setTimeout(resolve, ms)
      this.#endPause = () => {
        clock.clearTimeout(timer)
        resolve()
      }
    })
    this.#endPause = null
    this.#mustRun()
  }
}
