import type { PadCounter } from '../../addon/pipeline'
import type { TransportStats } from '../../addon/rtmp'
import type { VideoTap } from '../../addon/tap'
import type { Clock } from '../../core/clock'
import { Ticker } from '../../core/ticker'
import { Watchdog, type Observation } from '../../core/watchdog'
import type { Transport } from '../../pipelines/transport'
import type { ResolvedCaptureOptions } from '../options'
import { DecoderWatch } from './decoder-watch'

/** What is looked at of a connection. */
export interface WatchedIngest {
  readonly transport: Transport
  /** Of what the source gives out. */
  readonly flow: PadCounter
  /** Compressed pictures, and sound of whichever codec. */
  readonly videoPackets: PadCounter
  readonly audioInput: PadCounter
  /** null: nothing is decoded. */
  readonly video: VideoTap | null
  /** Of the source's socket; librtmp does not tell. */
  socket(): TransportStats | null
  /** A reader that holds the stream back on purpose ('block') is no stall. */
  blocked(): boolean
  /** Whether a device decodes, and whether it is being opened, as far as anybody can wait for it. */
  readonly device: boolean
  readonly opening: boolean
}

export interface IngestWatchEvents {
  /** A kind of packets has come, where nothing is decoded: taps tell by themselves. */
  onMedia(): void
  /** A live connection whose bytes stand still; they may move again. */
  onStall(): void
  onFlow(): void
  onEnd(): void
  /** Bytes come, and no media that the transport accepts. */
  onNotUnderstood(): void
  /** A live connection has brought so many pictures, and none to begin with. Once. */
  onNoKeyframe(count: number): void
  onDecoderHangs(how: string): void
}

/** ms. */
const INTERVAL = 100
/** Of a live connection that is not decoded: of hundreds of them, each look counts. ms. */
const IDLE_INTERVAL = 500
/** Looks for which the first kind of packets waits for the other, so that `info` is whole. */
const SECOND_KIND_LOOKS = 2
/**
 * rtmp2src makes a buffer of every media message it accepts. A server whose bytes grew in this many looks, past what
 * handshake and commands take, without one is not understood. Pings come too seldom to count this far in time.
 */
const NOT_UNDERSTOOD_LOOKS = 6
const NOT_UNDERSTOOD_BYTES = 5_000
/** A device that is opened, ms. */
const OPENING_DEADLINE = 3000

interface FlowObservation extends Observation {
  readonly buffers: number
  readonly blocked: boolean
}

/**
 * Looks at what no element of a capture reports: bytes that do not move, bytes that mean nothing, a decoder that hangs,
 * and where nothing is decoded what comes at all. JS thread, ten looks a second.
 */
export class IngestWatch {
  readonly #watched: WatchedIngest
  readonly #events: IngestWatchEvents
  readonly #options: Pick<ResolvedCaptureOptions, 'decode' | 'stallTimeout' | 'connectTimeout'>
  readonly #clock: Clock
  readonly #decoder: DecoderWatch | null
  readonly #begun: number
  #ticker: Ticker
  /** Of a live connection; null before. */
  #flow: Watchdog<FlowObservation> | null = null
  #lastBuffers = 0
  #lastBytes = 0
  #grown = 0
  #kinds = 0
  #waited = 0
  #stalled = false
  #opening: boolean
  #warned = false
  /** A picture has come out of the decoder: none to begin with is waited for any more. */
  #decodes = false
  /** Packets that came before the first keyframe; null: it has not come. */
  #undecodable: number | null = null
  #over = false

  constructor(
    watched: WatchedIngest,
    events: IngestWatchEvents,
    options: Pick<ResolvedCaptureOptions, 'decode' | 'stallTimeout' | 'connectTimeout'>,
    clock: Clock,
  ) {
    this.#watched = watched
    this.#events = events
    this.#options = options
    this.#clock = clock
    this.#decoder = watched.device ? new DecoderWatch(options.stallTimeout) : null
    this.#opening = watched.opening
    this.#begun = clock.now()
    this.#ticker = new Ticker(clock, INTERVAL, () => this.look(), { keepsAlive: true }).start()
  }

  /** The pipeline plays: the device is open. */
  opened(): void {
    this.#opening = false
  }

  /** From now on silence means a stalled connection. */
  setLive(): void {
    const { decode, stallTimeout } = this.#options
    this.#flow = new Watchdog({
      patience: stallTimeout,
      isWell: ({ buffers, blocked }, last) => blocked || buffers !== last.buffers,
    })
    this.#flow.overdue({ now: this.#clock.now(), buffers: this.#lastBuffers, blocked: false })
    if (decode || this.#over) return
    this.#ticker.stop()
    this.#ticker = new Ticker(this.#clock, IDLE_INTERVAL, () => this.look(), { keepsAlive: true }).start()
  }

  stop(): void {
    this.#over = true
    this.#ticker.stop()
  }

  /** Called by its timer; and by whoever blocks the event loop. */
  look(): void {
    if (this.#over) return
    const now = this.#clock.now()
    const buffers = this.#watched.flow.buffers()
    const moved = buffers !== this.#lastBuffers
    this.#lastBuffers = buffers
    if (!this.#options.decode) this.#lookAtPackets()
    if (!this.#over) this.#lookAtBytes(buffers)
    if (!this.#over) this.#lookAtDecoder(now)
    if (this.#over || !this.#flow) return
    this.#lookAtKeyframe()
    this.#lookAtFlow(this.#flow, { now, buffers, blocked: !moved && this.#watched.blocked() }, moved)
  }

  #lookAtFlow(flow: Watchdog<FlowObservation>, look: FlowObservation, moved: boolean): void {
    const stands = flow.overdue(look) !== null
    if (moved && this.#stalled) {
      this.#stalled = false
      this.#events.onFlow()
    } else if (!this.#stalled && stands) {
      this.#stalled = true
      this.#events.onStall()
    }
  }

  /** Of a stream that its sound made live, before pictures came: they must not be waited for without a word. */
  #lookAtKeyframe(): void {
    if (this.#warned || this.#decodes || !this.#watched.video) return
    const { keyframeWait, incomplete, width } = this.#watched.video.stats()
    this.#decodes = width > 0
    if (keyframeWait / 1000 < this.#options.connectTimeout) return
    this.#warned = true
    this.#events.onNoKeyframe(incomplete)
  }

  /** A device that hangs raises no error: compressed pictures go in, or wait before it, and none comes out. */
  #lookAtDecoder(now: number): void {
    const { video, videoPackets } = this.#watched
    if (!this.#decoder || !video) return
    if (this.#opening && now - this.#begun >= OPENING_DEADLINE)
      return this.#events.onDecoderHangs('cannot be opened: its driver does not return')
    if (this.#watched.blocked()) return
    const { inBytes: taken = 0, received = 0 } = this.#watched.socket() ?? {}
    const packets = videoPackets.buffers()
    if (this.#undecodable === null && videoPackets.read().keyframes > 0) this.#undecodable = packets - 1
    const look = {
      now,
      decoded: video.stats().decoded,
      packets: packets - (this.#undecodable ?? packets),
      taken,
      received: received ?? 0,
    }
    if (this.#decoder.hangs(look)) this.#events.onDecoderHangs('gives no pictures any more')
  }

  /** What comes off the network and means nothing; librtmp does not tell it. */
  #lookAtBytes(buffers: number): void {
    // The first buffer is the FLV header, which the source makes itself.
    if (this.#flow || buffers > 1 || this.#watched.transport !== 'rtmp2') return
    const { inBytes = 0 } = this.#watched.socket() ?? {}
    if (inBytes > this.#lastBytes) this.#grown++
    this.#lastBytes = inBytes
    if (inBytes > NOT_UNDERSTOOD_BYTES && this.#grown >= NOT_UNDERSTOOD_LOOKS) this.#events.onNotUnderstood()
  }

  /** What the taps tell by themselves where there are some: a kind that has come, and the end. */
  #lookAtPackets(): void {
    const counters = [this.#watched.videoPackets, this.#watched.audioInput]
    const came = this.#kinds === 2 ? counters : counters.filter(counter => counter.buffers() > 0)
    if (came.length === 1 && this.#kinds === 0 && this.#waited++ < SECOND_KIND_LOOKS) return
    if (came.length > this.#kinds) {
      this.#kinds = came.length
      this.#events.onMedia()
    }
    if (came.length > 0 && came.every(counter => counter.ended())) this.#events.onEnd()
  }
}
