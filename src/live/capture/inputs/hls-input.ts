import { native } from '../../../addon/binding'
import type { SegmentFeed, SegmentLevels } from '../../../addon/capture'
import type { HlsStats } from '../../../core/addresses/hls-stats'
import { parseNetworkAddress } from '../../../core/addresses/network-address'
import { systemClock } from '../../../core/clock'
import { onAbort } from '../../../core/deadline'
import { RxGstError, type ErrorCode } from '../../../core/errors'
import type { GstFault } from '../../../engine/fault'
import { CAPTURE } from '../../../pipelines/capture'
import { APART, hlsInput } from '../../../pipelines/inputs/hls'
import { INPUT } from '../../../pipelines/inputs/input-graph'
import { AddressRules } from '../../hls/address-rules'
import type { Position } from '../../hls/schedule'
import { HlsSession } from '../../hls/session'
import type { ResolvedCaptureOptions } from '../../options'
import { inputFault } from './faults'
import type { CaptureInput, FeedProgress, Feeds, FedTracks, OpenInput } from './input'

const SOURCES = new Set(['appsrc'])

const progressOf = ({ passed, over }: SegmentLevels): FeedProgress => (over ? 'over' : passed > 0 ? 'further' : 'first')

/**
 * A playlist of HLS, with its segments in MPEG-TS or fragmented MP4. The JS thread fetches, by a client of our own:
 * GStreamer's hlsdemux opens whatever a playlist names.
 */
export class HlsInput implements CaptureInput {
  readonly display: string
  readonly secrets: readonly string[]
  readonly transport = 'hls'
  readonly tracks = INPUT.demux
  readonly atEnd = 'end'
  readonly settled = false
  readonly paced: boolean
  position: Position | null = null
  readonly #url: URL
  readonly #login: string | null
  readonly #rules: AddressRules
  /** The present connection, from settle() on. */
  #session: HlsSession | null = null
  /** Where it tells that it cannot go on. */
  #fail: ((error: RxGstError) => void) | null = null
  #segments = 0
  #bytes = 0
  #retries = 0
  #lost = 0
  #bandwidth: number | null = null

  constructor(address: string, { pace, hosts }: Pick<ResolvedCaptureOptions, 'pace' | 'hosts'>) {
    const { display, secrets, host, username, password } = parseNetworkAddress(address, 'HLS')
    if (host === '') throw new RxGstError('ERR_URL', 'invalid HLS URL: the host is missing')
    this.display = display
    this.secrets = secrets
    this.paced = pace === 'realtime'
    this.#login = username === null ? null : `${username}:${password ?? ''}`
    if (!URL.canParse(address)) throw new RxGstError('ERR_URL', 'invalid HLS URL: it does not parse')
    this.#url = new URL(address)
    this.#url.username = this.#url.password = ''
    this.#rules = new AddressRules(this.#url, hosts, display)
  }

  /** Whether sound has a playlist of its own. */
  get apart(): boolean {
    return this.#session !== null && this.#session.containers[1] !== null
  }

  /** Segments of tsdemux begin at the first picture, whichever that is; those of qtdemux have edit lists. */
  get followsSegments(): boolean {
    return this.#session?.containers[0] === 'mp4'
  }

  async settle(options: ResolvedCaptureOptions, stopped: AbortSignal): Promise<void> {
    const { variant, maxWidth, maxHeight, logger, connectTimeout } = options
    const session: HlsSession = new HlsSession({
      url: this.#url,
      rules: this.#rules,
      display: this.display,
      login: this.#login,
      variant,
      limits: { maxWidth, maxHeight },
      clock: systemClock,
      logger,
      patienceMs: connectTimeout,
      position: this.position,
      events: {
        onFailed: error => session === this.#session && this.#fail?.(this.#named(error)),
        onLost: count => void (this.#lost += count),
        onRetried: () => void this.#retries++,
        onLoaded: bytes => {
          this.#segments++
          this.#bytes += bytes
        },
        onBegun: (begun, playlist) => {
          if (session === this.#session) this.position = { begun, playlist }
        },
      },
    })
    const unsubscribe = onAbort(stopped, () => session.close())
    try {
      await session.open()
    } catch (error) {
      session.close()
      throw error instanceof RxGstError ? this.#named(error) : error
    } finally {
      unsubscribe()
    }
    if (stopped.aborted) return session.close()
    this.#session?.close()
    this.#session = session
    this.#bandwidth = session.variant?.bandwidth || null
  }

  /** The same error, whose message names the address. */
  #named(error: RxGstError): RxGstError {
    const { code, message, element, retryable, cause } = error
    if (message.includes(this.display)) return error
    return new RxGstError(code, `${this.display}: ${message}`, { element, retryable, cause })
  }

  open(): OpenInput {
    const session = this.#session!
    return {
      graph: hlsInput(...session.containers),
      built: (_, fail) => void (this.#fail = fail),
      close: () => session.close(),
    }
  }

  feed({ element, gate, timeline, onOver }: FedTracks): Feeds {
    const session = this.#session!
    const [pictures, sound] = [element(CAPTURE.videoInput), element(CAPTURE.audioInput)]
    const make = (source: string, demux: string, video: boolean, audio: boolean): SegmentFeed =>
      new (native().SegmentFeed)(
        element(source),
        element(demux),
        gate,
        timeline,
        video ? pictures : null,
        audio ? sound : null,
        () => {
          session.look()
          if (feeds.some(feed => feed?.levels().over)) onOver()
        },
      )
    const { apart } = this
    const video = make(INPUT.source, INPUT.demux, true, !apart)
    const audio = apart ? make(APART.source, APART.demux, false, true) : null
    const feeds = [video, audio]
    session.start(video, audio)
    return {
      received: () => this.#bytes,
      progress: kind => (audio ? progressOf((kind === 'video' ? video : audio).levels()) : null),
      close: () => {
        session.close()
        for (const feed of feeds) feed?.close()
      },
    }
  }

  fault(fault: GstFault, wasLive: boolean): ErrorCode | null {
    return inputFault(fault, wasLive, SOURCES)
  }

  overdue(): null {
    return null
  }

  async explain(): Promise<null> {
    return null
  }

  /** A blocked event loop fetches nothing. */
  readonly fetches = true

  hls(): HlsStats {
    return {
      bandwidth: this.#bandwidth,
      segments: this.#segments,
      bytes: this.#bytes,
      retries: this.#retries,
      lost: this.#lost,
      behindMs: this.#session?.behindMs ?? null,
    }
  }
}
