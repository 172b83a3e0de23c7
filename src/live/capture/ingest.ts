import { systemClock, type Clock } from '../../core/clock'
import { asRxGstError, RxGstError } from '../../core/errors'
import { decodedFor, type ResolvedCaptureOptions } from '../options'
import type { CaptureInfo } from '../../core/types'
import { native } from '../../addon/binding'
import type { NativeScriptMessage, Timeline } from '../../addon/capture'
import { CHANGE } from '../../addon/js'
import type { PacketProbe } from '../../addon/record'
import { CAPTURE, inputPipeline } from '../../pipelines/capture'
import type { StreamKind } from '../../pipelines/flv-codecs'
import type { Graph } from '../../pipelines/graph/graph'
import type { ChosenDecoder, VideoDecoders } from '../codec/video-decoders'
import type { FrameBudget } from '../../engine/sinks/frame-budget'
import { ownGraph } from '../own-graph'
import { isPrepared, prepare } from '../../engine/prepare'
import { Runner } from '../../engine/runner'
import { loadAudioDecoders } from '../codec/audio-decoders'
import type { MediaSource } from '../../observables/media-source'
import { noKeyframe, undecodable, withoutPad, withoutSound } from './codec-error'
import { Ending, type Leaving } from './ending'
import { IngestProbes, type Demand } from './ingest-probes'
import { NO_STATS, type IngestStats } from './ingest-stats'
import { IngestDecoders } from './ingest-decoders'
import { IngestWatch } from './ingest-watch'
import { SrtLook } from './inputs/srt-stats'
import { backlog, stalled } from './standing-still'
import type { CaptureOutlets } from './outlets'
import { StreamTracks } from './stream-tracks'
import type { CaptureInput, CaptureTransport, OpenInput } from './inputs/input'

export interface IngestEvents extends CaptureOutlets {
  /** Media may be there. Before the connection is live. */
  onMedia(): void
  /** Bits of CHANGE of a live connection, before its pictures and sound are handed out. */
  onChange?(changes: number): void
  /** The connection is over: an error, or null for the end of the stream. */
  onLost(error: RxGstError | null): void
  /** The bytes of a live connection stand still; they may move again: then onFlow() is called. */
  onStall(error: RxGstError): void
  onFlow(): void
  /** Its packets, before they flow; null: no more come. */
  onPackets?(packets: PacketProbe | null): void
  /** Script data of the stream. */
  onData?(messages: readonly NativeScriptMessage[]): void
}

/** A device that hangs does not react to stop() either, and another decoder waits to begin. */
const HANGING_STOP_MS = 500

/**
 * One connection of a capture to its server: its pipeline from the network to the taps. Each attempt makes a new one.
 */
export class Ingest {
  readonly transport: CaptureTransport
  readonly #options: ResolvedCaptureOptions
  readonly #input: CaptureInput
  readonly #events: IngestEvents
  #runner: Runner | null = null
  #timeline: Timeline | null = null
  #probes: IngestProbes | null = null
  #open: OpenInput | null = null
  #watch: IngestWatch | null = null
  readonly #tracks = new StreamTracks()
  #demand: Demand = { pictures: false, audio: false }
  #live = false
  #over = false
  readonly #stopping = new AbortController()
  readonly #decoders: IngestDecoders
  #hangs = false
  /** Codec of sound that is left out. */
  #unknownSound: string | null = null
  readonly #srt = new SrtLook()
  readonly #ending: Ending

  /**
   * @param decoders the capture's video decoders, which are asked when the connection begins
   * @param budget bounds the memory of the capture's frames
   * @param previous timeline of the capture's last connection, which goes on
   */
  constructor(
    input: CaptureInput,
    options: ResolvedCaptureOptions,
    events: IngestEvents,
    decoders: VideoDecoders,
    private readonly budget: FrameBudget,
    private readonly previous: Timeline | null = null,
    private readonly clock: Clock = systemClock,
  ) {
    const leaving = (): Leaving => this.#probes ?? { blocked: false, decoded: 0 }
    this.#ending = new Ending(clock, leaving, error => this.#lose(error))
    this.#decoders = new IngestDecoders(decoders, input.transport, options)
    this.#input = input
    this.transport = input.transport
    this.#options = options
    this.#events = events
  }

  /**
   * Begins to connect; events report the rest. `blocking`: the event loop does not turn, so that nothing may wait for
   * it. An earlier connection has loaded the plugins then.
   */
  start(blocking = false): void {
    if (!this.#decoders.settled) {
      if (!blocking) {
        this.#decoders
          .settle()
          .then(() => this.#start(false))
          .catch((error: unknown) => this.#notBuilt(error))
        return
      }
      this.#decoders.settleNow()
    }
    this.#start(blocking)
  }

  #start(blocking: boolean): void {
    if (this.#over) return
    // An earlier connection has settled it where nothing may wait.
    if (this.#input.settled || blocking) return this.#prepare(blocking)
    this.#input.settle(this.#options, this.#stopping.signal).then(
      () => this.#prepare(false),
      (error: unknown) => this.#notBuilt(error),
    )
  }

  #prepare(blocking: boolean): void {
    if (this.#over) return
    const options = this.#options
    try {
      this.#decoders.choose()
      this.#open = this.#input.open(options)
    } catch (error) {
      return this.#notBuilt(error)
    }
    const graph = inputPipeline(this.#open.graph, {
      decode: options.decode,
      video: options.video,
      audio: options.audio,
      analyse: options.analyse,
      decoder: this.#decoders.of('h264')?.factory ?? '',
      ...this.#decoders.speed,
      audioSampleRate: options.audioSampleRate,
      audioChannels: options.audioChannels,
    })
    const begin = (): void => {
      try {
        if (!this.#over) this.#begin(graph, blocking)
      } catch (error) {
        this.#notBuilt(error)
      }
    }
    if (blocking && isPrepared(graph)) return begin()
    // prepare() comes last: the graph is built in the turn that it gives.
    Promise.resolve(decodedFor(options).sound ? loadAudioDecoders() : undefined)
      .then(() => prepare(graph))
      .then(begin, (error: unknown) => this.#notBuilt(error))
  }

  #begin(graph: Graph, blocking: boolean): void {
    const options = this.#options
    const timeline = new (native().Timeline)(this.previous ?? undefined, this.#input.tracks !== null)
    this.#timeline = timeline
    const runner = new Runner(ownGraph(graph, options.logger), {
      secrets: this.#input.secrets,
      clock: this.clock,
      logger: options.logger,
      peer: this.#input.display,
      faultOf: (fault, wasLive) => this.#input.fault(fault, wasLive),
      timeline,
      ...(this.transport === 'librtmp' && { stopWhenIdle: CAPTURE.source }),
      wasLive: () => this.#live,
      onError: error => this.#onError(error),
      onEos: () => this.#end(),
      // Behind rxrtmpsrc the gate tells more.
      ...(this.transport !== 'rxrtmp' && {
        onUnlinked: (pad, caps) => options.logger.warn(withoutPad(this.#input.display, pad, caps)),
      }),
      onTrack: (kind, id, codec) => this.#tracks.add(kind, id, codec),
      onSaid: event => event === 'publisher-gone' && this.#watch?.publisherLeft(),
      onCodec: (kind, codec, refused) => this.#onCodec(kind, codec, refused),
    })
    this.#runner = runner
    this.#open?.built?.(runner.element(CAPTURE.source), error => this.#onError(error))
    const probes = new IngestProbes(runner, timeline, {
      options,
      input: this.#input,
      isHardware: this.#decoders.isDevice('h264'),
      pictures: this.#decoders.rows(),
      account: this.budget.account,
      meters: this.#events.meters,
      taps: this.#events.taps,
      captions: this.#events.captions,
      onData: messages => this.#events.onData?.(messages),
      events: { onChange: this.#onChange, onEnded: () => this.#checkEnd() },
    })
    this.#probes = probes
    this.#events.onPackets?.(probes.packets)
    probes.setDemand(this.#demand)
    this.#watch = this.#newWatch(runner, probes, blocking)
    void runner.setState('PLAYING').then(ok => {
      this.#watch?.opened()
      // Most often the bus has the reason of a failed start; else this error is all that is known.
      runner.poll()
      if (!ok)
        this.#lose(
          new RxGstError('ERR_STATE_CHANGE', 'the capture pipeline did not start', { element: CAPTURE.source }),
        )
    })
  }

  /** From the moment on when the connection is live, the hub itself listens to the taps. */
  readonly #onChange = (changes: number): void => {
    if (!this.#live) this.#events.onMedia()
    else if (changes & ~(CHANGE.frames | CHANGE.audio)) this.#events.onChange?.(changes)
  }

  /** The taps as a hub reads them; null where nothing is decoded. */
  get media(): MediaSource | null {
    return this.#probes?.media ?? null
  }

  /** Milliseconds of pictures that wait for consumers; null: nobody takes pictures. */
  get queueMs(): number | null {
    return this.#demand.pictures ? (this.#probes?.queueMs ?? null) : null
  }

  /** Pictures that were lost because open frames hold all memory. */
  get held(): number {
    return this.#probes?.video?.stats().droppedHeld ?? 0
  }

  /** Pictures whose time no reordering explains. */
  get mistimed(): number {
    return this.#probes?.mistimed ?? 0
  }

  /** Timeline that the next connection continues. */
  get timeline(): Timeline | null {
    return this.#timeline ?? this.previous
  }

  /** Whether media is there, so that the connection may go live. */
  get ready(): boolean {
    return this.#probes?.ready ?? false
  }

  /** Why the connection is not live although something comes; null: nothing does. */
  get overdue(): RxGstError | null {
    if (this.#unknownSound !== null && !this.#probes?.hasPicture) return undecodable('audio', this.#unknownSound)
    const video = this.#probes?.video?.stats()
    if (video && video.incomplete > 0 && video.width === 0) return noKeyframe(this.#input.display, video.incomplete)
    const source = this.#runner?.element(CAPTURE.source)
    return source ? this.#input.overdue(source) : null
  }

  get stopped(): boolean {
    return this.#over && (this.#runner?.stopped ?? true)
  }

  /** Does what the next wake-ups would: reads changes, the bus and the byte counters. */
  poll(): void {
    this.#probes?.poll()
    this.#pollBus()
  }

  #pollBus(): void {
    this.#runner?.poll()
    this.#watch?.look()
  }

  /** The connection is live: from now on an error means a lost connection, and silence a stalled one. */
  setLive(): void {
    this.#live = true
    this.#watch?.setLive()
  }

  /** Blocks the JS thread until media of this kind is there, at most `ms`, and reads the bus. */
  wait(ms: number, kind: 'picture' | 'audio'): void {
    this.#probes?.wait(ms, kind)
    this.#pollBus()
    this.#checkEnd()
  }

  /** Sets what consumers take. */
  setDemand(demand: Demand): void {
    this.#demand = demand
    this.#probes?.setDemand(demand)
  }

  info(): CaptureInfo {
    const info = this.#probes?.info(codec => this.#decoders.info(codec))
    const { video = null, audio = null } = info ?? {}
    return { transport: this.transport, tracks: this.#tracks.all({ video, audio }), video, audio }
  }

  /** The decoder of the pictures that come; that of H.264 before any has come. null: nothing is decoded. */
  get decoder(): ChosenDecoder | null {
    return this.#decoders.of(this.#probes?.pictureCodec ?? 'h264')
  }

  stats(): IngestStats {
    const stats = this.#probes?.stats() ?? NO_STATS
    const srt = this.transport === 'srt' ? this.#srt.at(this.#over ? null : this.#runner) : null
    return { ...stats, srt, hls: this.#input.hls?.() ?? null }
  }

  async stop(): Promise<void> {
    this.#over = true
    this.#stopping.abort()
    this.#watch?.stop()
    if (this.#probes) this.#events.onPackets?.(null)
    this.#probes?.close()
    this.#open?.close?.()
    await this.#runner?.stop(this.#hangs ? HANGING_STOP_MS : undefined)
  }

  #newWatch(runner: Runner, probes: IngestProbes, blocking: boolean): IngestWatch {
    const source = runner.element(CAPTURE.source)
    return new IngestWatch(
      {
        transport: this.transport,
        secure: this.#input.secure ?? false,
        flow: probes.flow,
        videoPackets: probes.videoPackets,
        audioInput: probes.audioInput,
        video: probes.video,
        socket: () => native().transportStats(source),
        backlog: this.#input.tracks === null ? undefined : () => backlog(this.transport, probes, this.stats().srt),
        blocked: () => probes.blocked,
        // Only librtmp connects before the pipeline plays; of the others only a device that opens keeps it waiting.
        opening: this.#decoders.isDevice('h264') && !blocking && this.transport !== 'librtmp',
        device: () => this.#decoders.hasDevice && this.#decoders.isDevice(probes.pictureCodec ?? 'h264'),
      },
      {
        onMedia: () => this.#onChange(CHANGE.info | CHANGE.mistimed),
        onStall: left => this.#events.onStall(stalled(left, this.#input.display, this.#options.stallTimeout)),
        onFlow: () => this.#events.onFlow(),
        onEnd: () => this.#end(),
        onNotUnderstood: () => {
          const text = "bytes arrive but no media that rtmp2src accepts: transport 'auto' may"
          this.#lose(new RxGstError('ERR_BAD_STREAM', text, { element: 'rtmp2src' }))
        },
        onNoKeyframe: count => {
          const { code, message } = noKeyframe(this.#input.display, count)
          this.#options.logger.warn(`${code}: ${message}`)
        },
        onDecoderHangs: how => {
          this.#hangs = true
          const element = this.decoder?.factory ?? CAPTURE.decoder
          this.#lose(new RxGstError('ERR_DECODE', `${element} ${how}`, { element }))
        },
      },
      this.#options,
      this.clock,
    )
  }

  #onError(error: RxGstError): void {
    const came = (this.#probes?.flow.buffers() ?? 0) > 0
    // What follows is a consequence, as the "Internal data stream error" of a base class.
    if (this.#ending.reason) return
    if (came && error.code === 'ERR_CONNECTION_LOST') this.#ending.begin(error)
    else this.#lose(error)
  }

  /** The stream has a codec that is not decoded. `refused`: so the stream cannot be shown at all. */
  #onCodec(kind: StreamKind, codec: string, refused: boolean): void {
    // A codec that even rxrtmpsrc does not know never gets to the gate.
    const hopeless = kind === 'video' && !this.#probes?.hasPicture
    if (refused || hopeless) return this.#lose(undecodable(kind, codec))
    if (kind === 'video') return
    this.#options.logger.warn(withoutSound(this.#input.display, codec))
    this.#unknownSound = codec
    this.#probes?.leaveOutAudio()
  }

  #end(): void {
    this.#lose(this.#ending.reason)
  }

  /** The pipeline posts end-of-stream when all its sinks have got it; a kind that never came has none to give. */
  #checkEnd(): void {
    if (!this.#probes?.endedAlone) return
    this.#runner?.poll() // the bus may hold the reason, as pictures of an unknown codec
    this.#end()
  }

  #notBuilt(error: unknown): void {
    this.#lose(asRxGstError(error, 'the capture could not be built'))
  }

  /** null: the end of the stream. */
  #lose(error: RxGstError | null): void {
    if (this.#over) return
    this.#over = true
    this.#ending.stop()
    this.#watch?.stop()
    this.#events.onLost(error)
  }
}
