import { availableParallelism } from 'node:os'
import { systemClock, type Clock } from '../../core/clock'
import { asRxGstError, RxGstError } from '../../core/errors'
import type { ResolvedCaptureOptions } from '../options'
import type { CaptureInfo } from '../../core/types'
import type { RtmpUrl } from '../../core/url'
import { native } from '../../addon/binding'
import type { CodecGate, InputLimits, AudioSwitch, FrameSkipper, Timeline, VideoFacts } from '../../addon/capture'
import { CHANGE } from '../../addon/js'
import type { PadCounter } from '../../addon/pipeline'
import type { AudioLayout } from '../../addon/pixels'
import type { RtmpRelay } from '../../addon/rtmp'
import type { AudioTap, VideoTap } from '../../addon/tap'
import { CAPTURE, capturePipeline } from '../../pipelines/capture'
import { codecName, type StreamKind } from '../../pipelines/flv-codecs'
import type { Graph } from '../../pipelines/graph/graph'
import { audioCodecName, WATCHED_AUDIO } from '../../pipelines/audio-codecs'
import type { Transport } from '../../pipelines/transport'
import type { CodecChoice } from '../codec/codec-choice'
import type { FrameBudget } from '../../engine/sinks/frame-budget'
import type { DropCounts, Meters } from '../../meter/meters'
import { ownGraph } from '../own-graph'
import { isPrepared, prepare } from '../../engine/prepare'
import { reach } from '../../engine/reach'
import { relayFor } from '../../engine/librtmp-relay'
import { Runner } from '../../engine/runner'
import { loadAudioDecoders, audioDecoders, audioDecodersLoaded } from '../codec/audio-decoders'
import type { MediaSource } from '../../observables/media-source'
import type { IngestStats } from './ingest-stats'
import { IngestWatch } from './ingest-watch'
import { audioInfo, videoInfo } from './stream-info'
import { TapSource } from '../../engine/sinks/tap-source'

export interface IngestEvents {
  /** Before it is live: media may be there. */
  onMedia(): void
  /** Of a live one, before its pictures and sound are handed out: bits of CHANGE. */
  onChange?(changes: number): void
  /** The connection is over: an error, or null for the end of the stream. */
  onLost(error: RxGstError | null): void
  /** A live one whose bytes stand still; they may move again. */
  onStall(error: RxGstError): void
  onFlow(): void
  /** Who measures the stream looks here. */
  readonly meters?: Meters
}

/** Which kinds somebody takes. */
export interface Demand {
  readonly pictures: boolean
  readonly audio: boolean
}

/**
 * Of one message, in bytes. The largest picture that is taken, at ten times the bits that its level allows, has less.
 * What waits beside it is counted in the addon (native/rtmp/flood_rules.h), where a blocked event loop stops no count.
 */
const LARGEST_MESSAGE = 8 * 1024 * 1024

/** A device that does not return will not do so for being asked to stop; another decoder waits to begin. ms. */
const HANGING_STOP = 500
/** By how many pictures encoders of live streams reorder, and one more; x264 by 2 at most unless told otherwise. */
const REORDERED = 3

/** One connection to a server, decoded. Made anew for every attempt. */
export class Ingest {
  readonly transport: Transport
  readonly #options: ResolvedCaptureOptions
  readonly #url: RtmpUrl
  readonly #events: IngestEvents
  #runner: Runner | null = null
  #timeline: Timeline | null = null
  /** Absent where nothing is decoded. */
  #taps: TapSource | null = null
  #video: VideoTap | null = null
  #audio: AudioTap | null = null
  #limits: InputLimits | null = null
  #gate: CodecGate | null = null
  #audioSwitch: AudioSwitch | null = null
  #audioLayout: AudioLayout | null = null
  #relay: RtmpRelay | null = null
  #facts: VideoFacts | null = null
  #frameSkipper: FrameSkipper | null = null
  #flow: PadCounter | null = null
  #videoPackets: PadCounter | null = null
  /** Behind AAC's parser. */
  #audioPackets: PadCounter | null = null
  /** Of whichever codec. */
  #audioInput: PadCounter | null = null
  /** Of what the decoder makes of it. */
  #audioDecoded: PadCounter | null = null
  #watch: IngestWatch | null = null
  #demand: Demand = { pictures: false, audio: false }
  #live = false
  #over = false
  #notUnderstood = false
  #unmeter: (() => void) | null = null
  readonly #choice: CodecChoice
  /** What decodes this connection. */
  #decoder = ''
  #hangs = false

  /**
   * @param decoder the capture's; asked when the connection begins
   * @param budget the capture's: what its frames may hold
   * @param previous the capture's last connection, whose time goes on
   */
  constructor(
    url: RtmpUrl,
    transport: Transport,
    options: ResolvedCaptureOptions,
    events: IngestEvents,
    decoder: CodecChoice,
    private readonly budget: FrameBudget,
    private readonly previous: Timeline | null = null,
    private readonly clock: Clock = systemClock,
  ) {
    this.#choice = decoder
    this.#url = url
    this.transport = transport
    this.#options = options
    this.#events = events
  }

  /**
   * Begins to connect; everything else comes by the events. With `blocking` the event loop does not turn: nothing waits
   * for it then, and plugins have been loaded by an earlier connection.
   */
  start(blocking = false): void {
    if (this.#options.decode && !this.#choice.settled) {
      if (!blocking) {
        this.#choice
          .settle()
          .then(() => this.#start(false))
          .catch((error: unknown) => this.#notBuilt(error))
        return
      }
      this.#choice.settleNow()
    }
    this.#start(blocking)
  }

  #start(blocking: boolean): void {
    if (this.#over) return
    const options = this.#options
    if (options.decode) this.#decoder = this.#choice.factory
    try {
      this.#relay = relayFor(this.#url, this.transport, options.connectTimeout)
    } catch (error) {
      return this.#notBuilt(error)
    }
    const graph = capturePipeline({
      url: this.#url,
      via: this.#relay?.port() ?? null,
      transport: this.transport,
      timeout: Math.max(1, Math.ceil(options.connectTimeout / 1000)),
      decode: options.decode,
      decoder: this.#decoder,
      throughput: options.dropPolicy === 'block',
      cores: availableParallelism(),
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
    // librtmp has one text for all that may be wrong before there is a connection, so that is asked first.
    const checked = this.transport === 'librtmp' && !blocking
    if (!checked && isPrepared(graph) && (blocking || !options.decode || audioDecodersLoaded())) return begin()
    prepare(graph)
      .then(() => (options.decode ? loadAudioDecoders() : undefined))
      .then(() => (checked ? reach(this.#url, options.connectTimeout) : undefined))
      .then(begin, (error: unknown) => this.#notBuilt(error))
  }

  #begin(graph: Graph, blocking: boolean): void {
    const options = this.#options
    const n = native()
    const timeline = new n.Timeline(this.previous ?? undefined)
    this.#timeline = timeline
    const runner = new Runner(ownGraph(graph, options.logger), {
      secrets: this.#url.secrets,
      clock: this.clock,
      logger: options.logger,
      peer: this.#url.display,
      timeline,
      ...(this.transport === 'librtmp' && { stopWhenIdle: CAPTURE.source }),
      wasLive: () => this.#live,
      onError: error => this.#loseRefused(error),
      onEos: () => this.#end(),
      onUnlinked: (pad, caps) => this.#leftOut(pad, caps),
      onCodec: (kind, codec, refused) => this.#undecoded(kind, codec, refused),
    })
    this.#runner = runner
    this.#relay?.watch(runner.element(CAPTURE.source))
    const { maxWidth, maxHeight, maxFps } = options
    const limits = { maxWidth, maxHeight, maxFps, maxMessage: LARGEST_MESSAGE }
    // Before all else that looks at pictures: it corrects what the others read.
    const [source, parser] = [runner.element(CAPTURE.source), runner.element(CAPTURE.videoParser)]
    const events = { onChange: this.#onChange, onEnded: () => this.#checkEnd() }
    this.#taps = options.decode ? new TapSource(events, () => this.audioExpected) : null
    this.#limits = new n.InputLimits(source, parser, limits, this.#taps?.changes ?? null)
    if (this.#taps) this.#decode(runner, timeline, this.#taps, this.#limits)
    if (options.decode && this.transport === 'rtmp2') n.acknowledgePromptly(runner.element(CAPTURE.source))
    timeline.watchHeader(runner.element(CAPTURE.source))
    this.#facts = new n.VideoFacts(runner.element(CAPTURE.videoParser))
    // Behind the limits, which count every picture. A device decodes at no cost of ours, and may wait for more pictures
    // before it gives one out: it gets all.
    if (options.decode && options.fpsFraction && !this.#choice.isHardware) {
      const { n: fpsN, d: fpsD } = options.fpsFraction
      this.#frameSkipper = new n.FrameSkipper(runner.element(CAPTURE.videoParser), timeline, {
        fpsN,
        fpsD,
        behind: options.dropPolicy === 'block' ? 0 : REORDERED,
      })
    }
    this.#flow = runner.counter(CAPTURE.source, 'src')
    // Without a decoder the parser says what the picture is.
    this.#videoPackets = runner.counter(CAPTURE.videoParser, options.decode ? 'sink' : 'src')
    this.#audioPackets = runner.counter(CAPTURE.audioParser, 'src')
    if (options.decode) this.#audioDecoded = runner.counter(CAPTURE.convert, 'sink')
    this.#audioInput = runner.counter(CAPTURE.audioInput, 'src')
    this.#chooseAudio(runner, timeline)
    this.#unmeter = this.#measure(runner)
    this.#watch = this.#newWatch(runner, blocking)
    void runner.setState('PLAYING').then(ok => {
      this.#watch?.opened()
      // A failed start has said why on the bus; where it has not, this is all there is to know.
      runner.poll()
      if (!ok)
        this.#lose(
          new RxGstError('ERR_STATE_CHANGE', 'the capture pipeline did not start', { element: CAPTURE.source }),
        )
    })
  }

  /** Behind the counters on the source, which see every byte. */
  #chooseAudio(runner: Runner, timeline: Timeline): void {
    const n = native()
    const codecs = this.#options.decode ? audioDecoders() : WATCHED_AUDIO
    const ids = codecs.flatMap(codec => codec.ids).reduce((bits, id) => bits | (1 << id), 0)
    this.#gate = new n.CodecGate(runner.element(CAPTURE.source), timeline, ids)
    const to = runner.element(this.#options.decode ? CAPTURE.convert : CAPTURE.audio)
    this.#audioSwitch = new n.AudioSwitch(runner.element(CAPTURE.audioInput), to, codecs)
    if (this.#options.decode) this.#audioLayout = new n.AudioLayout(to, this.#options.audioChannels ?? 0)
  }

  #decode(runner: Runner, timeline: Timeline, taps: TapSource, limits: InputLimits): void {
    const options = this.#options
    this.#video = taps.openVideo(
      runner.element(CAPTURE.video),
      timeline,
      {
        format: options.format,
        width: options.width ?? 0,
        height: options.height ?? 0,
        fpsN: options.fpsFraction?.n ?? 0,
        fpsD: options.fpsFraction?.d ?? 1,
        capacity: options.bufferSize,
        policy: options.dropPolicy,
      },
      this.budget.account,
    )
    this.#video.watchArrival(runner.element(CAPTURE.videoParser), limits, options.outputCorrupt)
    this.#audio = taps.openAudio(runner.element(CAPTURE.audio), timeline)
    this.setDemand(this.#demand)
  }

  /** What waits in the taps is the hub's, from the moment on when it is live. */
  readonly #onChange = (changes: number): void => {
    if (!this.#live) this.#events.onMedia()
    else if (changes & ~(CHANGE.frames | CHANGE.audio)) this.#events.onChange?.(changes)
  }

  /** What a hub reads; null where nothing is decoded. */
  get media(): MediaSource | null {
    return this.#taps
  }

  /** Offers this connection's pads to the meters, until it is over. */
  #measure(runner: Runner): (() => void) | null {
    const at = (name: string) => ({ element: runner.element(name), pad: 'sink' })
    const packets = [at(CAPTURE.videoParser), at(CAPTURE.audioInput)]
    const tap = this.#video
    if (!tap) return this.#events.meters?.attach({ packets }) ?? null
    const dropped = (): DropCounts => {
      const { droppedQueue, droppedUnwanted, droppedHeld, droppedBad } = tap.stats()
      return { queue: droppedQueue - droppedUnwanted, held: droppedHeld, bad: droppedBad }
    }
    return (
      this.#events.meters?.attach({
        packets,
        pictures: [at(CAPTURE.video)],
        audio: [at(CAPTURE.audio)],
        tap,
        dropped,
      }) ?? null
    )
  }

  /** ms of pictures that wait for those who take them; null: nobody does. */
  get queueMs(): number | null {
    return this.#demand.pictures && this.#video ? this.#video.stats().queuedTime / 1000 : null
  }

  /** Pictures that were lost since open frames hold all memory. */
  get held(): number {
    return this.#video?.stats().droppedHeld ?? 0
  }

  /** Pictures whose time no reordering explains. */
  get mistimed(): number {
    return this.#limits?.stats().mistimed ?? 0
  }

  /** What the next connection goes on from. */
  get timeline(): Timeline | null {
    return this.#timeline ?? this.previous
  }

  /** Whether it may go live: sound comes out of its tap before a picture only where no picture is to be expected. */
  get ready(): boolean {
    const decoded = this.#options.decode ? (this.#video?.stats().width ?? 0) > 0 : null
    const shown = decoded ?? (this.hasPicture && (this.#facts?.read().width ?? 0) > 0)
    return shown || (this.hasAudio && !this.hasPicture)
  }

  /** Why it is not live although pictures come; null: they do not. */
  get overdue(): RxGstError | null {
    const video = this.#video?.stats()
    if (!video || video.incomplete === 0 || video.width > 0) return null
    return this.#noKeyframe(video.incomplete)
  }

  #noKeyframe(count: number): RxGstError {
    const { display } = this.#url
    const what = `${count} pictures came from ${display}, and none to begin with: no keyframe, no recovery point`
    return new RxGstError('ERR_NO_KEYFRAME', what)
  }

  /** Whether bytes came and no media, so that another transport may understand the server better. */
  get notUnderstood(): boolean {
    return this.#notUnderstood
  }

  get stopped(): boolean {
    return this.#over && (this.#runner?.stopped ?? true)
  }

  /** Hears what the taps and the bus have to say, and whether bytes move. */
  poll(): void {
    this.#taps?.poll()
    this.#hear()
  }

  #hear(): void {
    this.#runner?.poll()
    this.#watch?.look()
  }

  /** From now on an error means a lost connection, and silence a stalled one. */
  setLive(): void {
    this.#live = true
    this.#watch?.setLive()
  }

  get hasPicture(): boolean {
    return (this.#limits?.stats().pictures ?? 0) > 0
  }

  get hasAudio(): boolean {
    return this.#options.decode ? (this.#audio?.stats().rate ?? 0) > 0 : (this.#audioInput?.buffers() ?? 0) > 0
  }

  /** False where the stream's metadata says that it has no sound, and none has come. */
  get audioExpected(): boolean {
    return this.#timeline?.audioAnnounced() !== false || this.hasAudio
  }

  /** Blocks the JS thread until media is there, at most `ms`, and hears what the bus has to say. */
  wait(ms: number, kind: 'picture' | 'audio'): void {
    this.#taps?.wait(ms, kind)
    this.#hear()
    this.#checkEnd()
  }

  /**
   * What is being taken. With 'block', who takes sound alone must not be held back by pictures that nobody takes, nor
   * the other way round; where nobody takes anything yet, both wait for the first to come.
   */
  setDemand(demand: Demand): void {
    this.#demand = demand
    this.#video?.setWanted(demand.pictures)
    this.#taps?.setWanted(demand.pictures, demand.audio)
    if (this.#options.dropPolicy !== 'block') return
    this.#video?.setPolicy(demand.pictures || !demand.audio ? 'block' : 'oldest')
    this.#audio?.setBlock(demand.audio || !demand.pictures)
  }

  info(): CaptureInfo {
    const facts = this.#facts?.read()
    const { transport } = this
    if (this.#options.decode) {
      const video = this.#video?.stats()
      return {
        transport,
        video: facts && video ? videoInfo(facts, video, this.#decoder, this.#choice.reason) : null,
        audio: this.hasAudio
          ? audioInfo(this.#audioCaps, this.#audioDecoded?.read().caps ?? null, this.#audioCodec)
          : null,
      }
    }
    return {
      transport,
      video: facts && this.hasPicture ? videoInfo(facts, null, 'none') : null,
      audio: this.hasAudio ? audioInfo(this.#audioCaps, null, this.#audioCodec) : null,
    }
  }

  get #audioCodec(): string {
    return audioCodecName(this.#gate?.audio() ?? null) ?? 'aac'
  }

  get #audioCaps(): string | null {
    return (this.#audioCodec === 'aac' ? this.#audioPackets : this.#audioInput)?.read().caps ?? null
  }

  stats(): IngestStats {
    const video = this.#video?.stats()
    return {
      decoded: video?.decoded ?? 0,
      dropped: (video?.droppedQueue ?? 0) + (video?.droppedHeld ?? 0) + (video?.droppedBad ?? 0),
      held: video?.droppedHeld ?? 0,
      skipped: this.#frameSkipper?.dropped() ?? 0,
      incomplete: video?.incomplete ?? 0,
      mistimed: this.#limits?.stats().mistimed ?? 0,
      mended: this.#limits?.stats().mended ?? 0,
      bytes: (this.#videoPackets?.read().bytes ?? 0) + (this.#audioInput?.read().bytes ?? 0),
      audioDropped: this.#audio?.stats().dropped ?? 0,
      waitingBytes: video?.queuedBytes ?? 0,
    }
  }

  async stop(): Promise<void> {
    this.#over = true
    this.#watch?.stop()
    this.#unmeter?.()
    // First the taps, since one may hold its streaming thread ('block'), which NULL waits for.
    this.#taps?.close()
    this.#relay?.close()
    this.#limits?.close()
    this.#gate?.close()
    this.#audioSwitch?.close()
    this.#audioLayout?.close()
    this.#facts?.close()
    this.#frameSkipper?.close()
    this.#flow?.close()
    this.#videoPackets?.close()
    this.#audioPackets?.close()
    this.#audioInput?.close()
    this.#audioDecoded?.close()
    await this.#runner?.stop(this.#hangs ? HANGING_STOP : undefined)
  }

  #newWatch(runner: Runner, blocking: boolean): IngestWatch {
    const { decode, dropPolicy } = this.#options
    const source = runner.element(CAPTURE.source)
    const device = decode && this.#choice.isHardware
    return new IngestWatch(
      {
        transport: this.transport,
        flow: this.#flow!,
        videoPackets: this.#videoPackets!,
        audioInput: this.#audioInput!,
        video: this.#video,
        socket: () => native().transportStats(source),
        blocked: () =>
          dropPolicy === 'block' &&
          ((this.#video?.stats().waiting ?? false) || (this.#audio?.stats().waiting ?? false)),
        // rtmp2src connects in a thread of its own: what keeps the pipeline from playing is the device that is opened.
        opening: device && !blocking && this.transport === 'rtmp2',
        device,
      },
      {
        onMedia: () => this.#onChange(CHANGE.info | CHANGE.mistimed),
        onStall: () => this.#events.onStall(this.#stall()),
        onFlow: () => this.#events.onFlow(),
        onEnd: () => this.#end(),
        onNotUnderstood: () => {
          const what = 'bytes arrive but no media that rtmp2src accepts'
          this.#notUnderstood = true
          this.#lose(new RxGstError('ERR_BAD_STREAM', what, { element: 'rtmp2src' }))
        },
        onNoKeyframe: count => {
          const { code, message } = this.#noKeyframe(count)
          this.#options.logger.warn(`${code}: ${message}`)
        },
        onDecoderHangs: how => {
          this.#hangs = true
          this.#lose(new RxGstError('ERR_DECODE', `${this.#decoder} ${how}`, { element: this.#decoder }))
        },
      },
      this.#options,
      this.clock,
    )
  }

  #stall(): RxGstError {
    return new RxGstError('ERR_STALLED', `no bytes from ${this.#url.display} for ${this.#options.stallTimeout} ms`)
  }

  /**
   * What floods, as far as rtmp2src sees, may be media that it does not accept: a server's whole cache of a long group
   * of pictures comes faster than the watch looks.
   */
  #loseRefused(error: RxGstError): void {
    const silent = !this.#live && this.transport === 'rtmp2' && (this.#flow?.buffers() ?? 0) <= 1
    // What GStreamer says itself is no refusal of ours.
    if (silent && error.code === 'ERR_BAD_STREAM' && error.gst === null) this.#notUnderstood = true
    this.#lose(error)
  }

  /** A pad of the demuxer that has no place: it says so, and the stream goes on. */
  #leftOut(pad: string, caps: string): void {
    const media = /^[a-z]+\/[\w-]+/.exec(caps)?.[0] ?? 'something unknown'
    this.#options.logger.warn(`${this.#url.display} carries ${media} on ${pad}, which is left out`)
  }

  #undecoded(kind: StreamKind, codec: string, refused: boolean): void {
    const name = codecName(kind, codec)
    if (!refused) {
      this.#options.logger.warn(`${this.#url.display} carries sound in ${name}, which is not decoded and is left out`)
      return
    }
    const what =
      kind === 'video'
        ? `pictures in ${name}; H.264 in RTMP's own form is`
        : `no pictures, and sound in ${name}, which is not`
    this.#lose(new RxGstError('ERR_UNSUPPORTED_MEDIA', `the stream carries ${what} decoded`))
  }

  #end(): void {
    if (!this.#over) this.#finish(null)
  }

  /** The pipeline says that it ended when all its sinks have; the branch of a kind that never came is not told. */
  #checkEnd(): void {
    const [video, audio] = [this.#video?.stats().ended ?? false, this.#audio?.stats().ended ?? false]
    if (video === audio) return
    const other = video ? this.#audioInput : this.#videoPackets
    if (other?.read().buffers === 0) this.#end()
  }

  #notBuilt(error: unknown): void {
    this.#lose(asRxGstError(error, 'the capture could not be built'))
  }

  #lose(error: RxGstError): void {
    if (!this.#over) this.#finish(error)
  }

  #finish(error: RxGstError | null): void {
    this.#over = true
    this.#watch?.stop()
    this.#events.onLost(error)
  }
}
