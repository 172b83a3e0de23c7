import type { SegmentFeed } from '../../addon/capture'
import type { HlsVariant } from '../../core/addresses/hls'
import type { Clock } from '../../core/clock'
import { RxGstError } from '../../core/errors'
import type { Logger } from '../../core/types'
import type { SegmentContainer } from '../../pipelines/inputs/hls'
import type { AddressRules } from './address-rules'
import { HttpClient } from './http-client'
import type { MasterPlaylist, MediaPlaylist, Variant } from './playlist'
import { continued, startBeside, startOf, type Position } from './schedule'
import { SegmentSource } from './segment-source'
import { loadPlaylist, TrackReader, type LoadedPlaylist, type TrackReaderEvents } from './track-reader'
import { chooseVariant, type SizeLimits } from './variant'

export interface SessionOptions {
  readonly url: URL
  readonly rules: AddressRules
  readonly display: string
  /** 'user:password'; null: none. */
  readonly login: string | null
  readonly variant: HlsVariant
  readonly limits: SizeLimits
  readonly clock: Clock
  readonly logger: Logger
  readonly patienceMs: number
  /** null: there was no connection. */
  readonly position: Position | null
  /** Of the pictures' playlist; `onFailed` of both. */
  readonly events: TrackReaderEvents
}

/** One connection: the playlists, and a reader of each. */
export class HlsSession {
  readonly #options: SessionOptions
  readonly #client: HttpClient
  #video: TrackReader | null = null
  #audio: TrackReader | null = null
  #variant: Variant | null = null
  #containers: readonly [SegmentContainer, SegmentContainer | null] | null = null
  #closed = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.#client = new HttpClient(options)
  }

  /** null: the address is that of a playlist of segments. */
  get variant(): Variant | null {
    return this.#variant
  }

  /** Of the pictures, or of all; and of sound with a playlist of its own. */
  get containers(): readonly [SegmentContainer, SegmentContainer | null] {
    return this.#containers!
  }

  /** Loads playlists and the first segments: all that the graph depends on. */
  async open(): Promise<void> {
    const { url, patienceMs, position } = this.#options
    const top = await loadPlaylist(this.#client, url, patienceMs)
    const master = top.playlist.kind === 'master' ? await this.#choose(top.playlist, top.url) : null
    const [mediaUrl, media] =
      master?.video ?? ([url, { playlist: top.playlist as MediaPlaylist, url: top.url }] as const)
    const start = (position && continued(position, media.playlist)) ?? startOf(media.playlist)
    this.#video = this.#reader(mediaUrl, media, start, true)
    if (master?.audio) {
      const [audioUrl, audio] = master.audio
      this.#audio = this.#reader(audioUrl, audio, startBeside(audio.playlist, media.playlist, start), false)
    }
    this.#containers = await Promise.all([this.#video.begin(), this.#audio?.begin() ?? null])
  }

  async #choose(master: MasterPlaylist, base: URL) {
    const { variant: wanted, limits, rules } = this.#options
    const { variant, audio } = chooseVariant(master, wanted, limits)
    this.#variant = variant
    const videoUrl = rules.resolve(variant.uri, base)
    const audioUrl = audio && rules.resolve(audio.uri!, base)
    const [video, sound] = await Promise.all([this.#media(videoUrl), audioUrl && this.#media(audioUrl)])
    return { video: [videoUrl, video] as const, audio: audioUrl && sound && ([audioUrl, sound] as const) }
  }

  async #media(url: URL): Promise<LoadedPlaylist> {
    const { playlist, url: base } = await loadPlaylist(this.#client, url, this.#options.patienceMs)
    // Playlists that name each other would have no end.
    if (playlist.kind !== 'media')
      throw new RxGstError('ERR_BAD_STREAM', 'the playlist of a variant is again one of variants')
    return { playlist, url: base }
  }

  #reader(url: URL, loaded: LoadedPlaylist, start: number, pictures: boolean): TrackReader {
    const { rules, clock, logger, display, patienceMs, events } = this.#options
    const segments = new SegmentSource(this.#client, rules)
    const own = pictures ? events : { ...events, onBegun: () => {} }
    const reader = new TrackReader(
      { client: this.#client, segments, clock, logger, display, patienceMs, events: own },
      url,
      loaded,
      start,
    )
    if (this.#closed) reader.close()
    return reader
  }

  /** @param audio null: sound has no playlist of its own */
  start(video: SegmentFeed, audio: SegmentFeed | null): void {
    this.#video?.start(video)
    if (audio) this.#audio?.start(audio)
  }

  /** Media from the picture of the moment to the end of the playlist, ms; null: there is no such end, or no picture. */
  get behindMs(): number | null {
    return this.#closed ? null : (this.#video?.behindMs ?? null)
  }

  /** The demuxer of one of the tracks has begun another segment. */
  look(): void {
    this.#video?.look()
    this.#audio?.look()
  }

  close(): void {
    this.#closed = true
    this.#video?.close()
    this.#audio?.close()
    this.#client.close()
  }
}
