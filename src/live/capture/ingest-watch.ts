import type { PadCounter } from '../../addon/pipeline'
import type { TransportStats } from '../../addon/rtmp'
import type { VideoTap } from '../../addon/tap'
import type { Clock } from '../../core/clock'
import { Ticker } from '../../core/ticker'
import { Watchdog, type Observation } from '../../core/watchdog'
import type { ResolvedCaptureOptions } from '../options'
import { DecoderWatch, type DecoderObservation } from './decoder-watch'
import type { CaptureTransport } from './inputs/input'

/** The watch's view of a connection. */
export interface WatchedIngest {
  readonly transport: CaptureTransport
  /** With TLS, the socket's bytes include those of certificates. */
  readonly secure: boolean
  /** Buffers that the source gives out. */
  readonly flow: Pick<PadCounter, 'buffers'>
  /** Encoded pictures, and sound of any codec. */
  readonly videoPackets: PadCounter
  readonly audioInput: PadCounter
  /** null: nothing is decoded. */
  readonly video: VideoTap | null
  /** Counters of the source's socket; null: unknown, as for librtmp. */
  socket(): TransportStats | null
  /** What waits before the decoder, of an input whose source has no such counters. */
  readonly backlog?: (() => Backlog) | undefined
  /** Whether a consumer holds the stream up on purpose ('block'), which is no stall. */
  blocked(): boolean
  /** Whether a device decodes the pictures that come. */
  device(): boolean
  /** Whether opening the device is all that the pipeline still waits for. */
  readonly opening: boolean
}

/** The input before a decoder, for DecoderWatch. */
export type Backlog = Pick<DecoderObservation, 'taken' | 'received' | 'endless'>

export interface IngestWatchEvents {
  /** A kind of packets has come. Only where nothing is decoded: taps report it themselves. */
  onMedia(): void
  /**
   * The bytes of a live connection stand still; they may move again: then onFlow() is called.
   * @param left whether the server says that its publisher has left
   */
  onStall(left: boolean): void
  onFlow(): void
  onEnd(): void
  /** Bytes come, but no media that the transport accepts. */
  onNotUnderstood(): void
  /** So many pictures have come on a live connection, and none to begin with. Called once. */
  onNoKeyframe(count: number): void
  onDecoderHangs(how: string): void
}

const INTERVAL_MS = 100
/** Interval on a live connection that is not decoded: a process may have hundreds of those, and each look costs. */
const IDLE_INTERVAL_MS = 500
/** Looks for which the first kind of packets waits for the other, so that `info` is complete. */
const SECOND_KIND_LOOKS = 2
/**
 * rtmp2src makes a buffer of every media message that it accepts. A server is not understood when no buffer comes,
 * while its bytes grow in this many looks and pass the size of handshake and commands. Pings are too rare to get there.
 */
const NOT_UNDERSTOOD_LOOKS = 6
const NOT_UNDERSTOOD_BYTES = 5_000
/** A longer gap between two looks counts as so many intervals: bytes of the server may be in the socket. */
const MOST_GAP_INTERVALS = 2
/** Longest time that a device may take to open. */
const OPENING_DEADLINE_MS = 3000

interface FlowObservation extends Observation {
  readonly buffers: number
  readonly blocked: boolean
}

/**
 * The watch of a connection, for faults that no element reports: bytes that do not move, bytes without media, a decoder
 * that hangs. Where nothing is decoded it also tells what packets come. JS thread, ten looks a second.
 */
export class IngestWatch {
  readonly #watched: WatchedIngest
  readonly #events: IngestWatchEvents
  readonly #options: Pick<ResolvedCaptureOptions, 'decode' | 'video' | 'audio' | 'stallTimeout' | 'connectTimeout'>
  readonly #clock: Clock
  readonly #decoder: DecoderWatch
  readonly #begun: number
  #ticker: Ticker
  /** Watch of a live connection; null before it is live. */
  #flow: Watchdog<FlowObservation> | null = null
  #lastBuffers = 0
  #lastBytes = 0
  #grown = 0
  #kinds = 0
  #waited = 0
  #stalled = false
  #opening: boolean
  #warned = false
  /** Since when pictures have come to the parser of a live connection; null: none has. */
  #picturesSince: number | null = null
  /** Whether the decoder has given a picture out; then a missing keyframe is no longer possible. */
  #decodes = false
  /** Packets before the first keyframe; null: no keyframe has come. */
  #undecodable: number | null = null
  #over = false

  constructor(
    watched: WatchedIngest,
    events: IngestWatchEvents,
    options: Pick<ResolvedCaptureOptions, 'decode' | 'video' | 'audio' | 'stallTimeout' | 'connectTimeout'>,
    clock: Clock,
  ) {
    this.#watched = watched
    this.#events = events
    this.#options = options
    this.#clock = clock
    this.#decoder = new DecoderWatch(options.stallTimeout)
    this.#opening = watched.opening
    this.#begun = clock.now()
    this.#ticker = new Ticker(clock, INTERVAL_MS, () => this.look(), { keepsAlive: true }).start()
  }

  /** The pipeline plays, so the device is open. */
  opened(): void {
    this.#opening = false
  }

  /** The connection is live: from now on silence means a stall. */
  setLive(): void {
    const { decode, stallTimeout } = this.#options
    this.#flow = new Watchdog({
      patience: stallTimeout,
      mostGap: MOST_GAP_INTERVALS * (decode ? INTERVAL_MS : IDLE_INTERVAL_MS),
      isWell: ({ buffers, blocked }, last) => blocked || buffers !== last.buffers,
    })
    this.#flow.overdue({ now: this.#clock.now(), buffers: this.#lastBuffers, blocked: false })
    if (decode || this.#over) return
    this.#ticker.stop()
    this.#ticker = new Ticker(this.#clock, IDLE_INTERVAL_MS, () => this.look(), { keepsAlive: true }).start()
  }

  /** The server says that the publisher of a live connection has left: nobody waits for the time-out of a stall. */
  publisherLeft(): void {
    if (this.#over || this.#stalled || !this.#flow) return
    this.#lastBuffers = this.#watched.flow.buffers()
    this.#stalled = true
    this.#events.onStall(true)
  }

  stop(): void {
    this.#over = true
    this.#ticker.stop()
  }

  /** One look. Called by the timer, and by blocking iterators. */
  look(): void {
    if (this.#over) return
    const now = this.#clock.now()
    const buffers = this.#watched.flow.buffers()
    const moved = buffers !== this.#lastBuffers
    this.#lastBuffers = buffers
    if (!this.#options.video || !this.#options.audio) this.#lookAtPackets()
    if (!this.#over) this.#lookAtBytes(buffers)
    if (!this.#over) this.#lookAtDecoder(now)
    if (this.#over || !this.#flow) return
    this.#lookAtKeyframe(now)
    this.#lookAtFlow(this.#flow, { now, buffers, blocked: !moved && this.#watched.blocked() }, moved)
  }

  #lookAtFlow(flow: Watchdog<FlowObservation>, look: FlowObservation, moved: boolean): void {
    const stands = flow.overdue(look) !== null
    if (moved && this.#stalled) {
      this.#stalled = false
      this.#events.onFlow()
    } else if (!this.#stalled && stands) {
      this.#stalled = true
      this.#events.onStall(false)
    }
  }

  /** Warns when sound has made the stream live, and its pictures bring no keyframe. */
  #lookAtKeyframe(now: number): void {
    if (this.#warned || this.#decodes || !this.#watched.video) return
    const { keyframeWait, incomplete, width } = this.#watched.video.stats()
    this.#decodes = width > 0
    const came = this.#watched.videoPackets.buffers()
    if (came > 0) this.#picturesSince ??= now
    // The gate behind the parser does not know of what the parser leaves out: all of AV1 without a sequence header.
    const waited = Math.max(keyframeWait / 1000, now - (this.#picturesSince ?? now))
    if (this.#decodes || waited < this.#options.connectTimeout) return
    this.#warned = true
    this.#events.onNoKeyframe(Math.max(incomplete, came))
  }

  /** A device that hangs raises no error: encoded pictures go in, or wait before it, and no picture comes out. */
  #lookAtDecoder(now: number): void {
    const { video, videoPackets } = this.#watched
    if (!video || !(this.#opening || this.#watched.device())) return
    if (this.#opening && now - this.#begun >= OPENING_DEADLINE_MS)
      return this.#events.onDecoderHangs('cannot be opened: its driver does not return')
    if (this.#watched.blocked()) return
    const packets = videoPackets.buffers()
    if (this.#undecodable === null && videoPackets.read().keyframes > 0) this.#undecodable = packets - 1
    const look = {
      now,
      decoded: video.stats().decoded,
      packets: packets - (this.#undecodable ?? packets),
      ...(this.#watched.backlog?.() ?? this.#ofSocket()),
    }
    if (this.#decoder.hangs(look)) this.#events.onDecoderHangs('gives no pictures any more')
  }

  #ofSocket(): Backlog {
    const { inBytes = 0, received = 0 } = this.#watched.socket() ?? {}
    // rxrtmpsrc reads on while its decoder hangs, and its pads stand still.
    if (this.#watched.transport === 'rxrtmp') return { taken: this.#watched.flow.buffers(), received: inBytes }
    return { taken: inBytes, received: received ?? 0 }
  }

  /** Notices bytes without media; only rtmp2src counts its bytes. */
  #lookAtBytes(buffers: number): void {
    // The first buffer is the FLV header, which the source makes itself.
    if (this.#flow || buffers > 1 || this.#watched.transport !== 'rtmp2') return
    // rtmp2src counts from the answer to `play` on, and some servers give it in a way that it does not hear.
    const { inBytes = 0, received } = this.#watched.socket() ?? {}
    const bytes = this.#watched.secure ? inBytes : Math.max(inBytes, received ?? 0)
    if (bytes > this.#lastBytes) this.#grown++
    this.#lastBytes = bytes
    if (bytes > NOT_UNDERSTOOD_BYTES && this.#grown >= NOT_UNDERSTOOD_LOOKS) this.#events.onNotUnderstood()
  }

  /** Notices kinds that come and are not decoded; where nothing is, also the end. Taps report the rest. */
  #lookAtPackets(): void {
    const counters = [this.#watched.videoPackets, this.#watched.audioInput]
    const came = this.#kinds === 2 ? counters : counters.filter(counter => counter.buffers() > 0)
    if (came.length === 1 && this.#kinds === 0 && this.#waited++ < SECOND_KIND_LOOKS) return
    if (came.length > this.#kinds) {
      this.#kinds = came.length
      this.#events.onMedia()
    }
    if (!this.#options.decode && came.length > 0 && came.every(counter => counter.ended())) this.#events.onEnd()
  }
}
