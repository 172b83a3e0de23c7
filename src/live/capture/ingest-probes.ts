import type { CaptureInfo } from '../../core/types'
import { native } from '../../addon/binding'
import type {
  AnalysisGate,
  CaptionTap,
  InputLimits,
  CodecSwitch,
  FrameSkipper,
  NativeScriptMessage,
  Timeline,
  VideoFacts,
} from '../../addon/capture'
import type { PadCounter } from '../../addon/pipeline'
import type { PacketProbe } from '../../addon/record'
import type { ElementHandle } from '../../addon/gst'
import type { AudioLayout } from '../../addon/pixels'
import type { AudioTap, FrameAccount, VideoTap } from '../../addon/tap'
import { TapSource, type TapSourceEvents } from '../../engine/sinks/tap-source'
import type { Runner } from '../../engine/runner'
import type { DropCounts, Meters } from '../../meter/meters'
import type { MediaSource } from '../../observables/media-source'
import { CAPTURE, type PictureRows, type SwitchRow } from '../../pipelines/capture'
import { pictureCodecOfCaps, type PictureCodec } from '../../pipelines/video-codecs'
import { decodedFor, type ResolvedCaptureOptions } from '../options'
import { NO_STATS, type IngestStats } from './ingest-stats'
import type { CaptionFeed } from './captions'
import type { CaptureOutlets } from './outlets'
import { ScriptDataTap } from './script-data'
import { sourceProbes, switchedRow, type SourceProbes } from './source-probes'
import { audioInfo, NO_DECODER, videoInfo, type DecoderInfo } from './stream-info'

/** What consumers take now. */
export interface Demand {
  readonly pictures: boolean
  readonly audio: boolean
  /** Whether something else looks at the stream as it comes: a view, a snapshot, a recording. */
  readonly watched?: boolean
}

export interface IngestProbesOptions extends CaptureOutlets {
  readonly options: ResolvedCaptureOptions
  readonly input: Parameters<typeof sourceProbes>[2]
  /** Whether a device decodes H.264. */
  readonly isHardware: boolean
  /** What parses and decodes pictures of other codecs. */
  readonly pictures: PictureRows
  /** Bounds the memory of the capture's frames. */
  readonly account: FrameAccount
  readonly events: TapSourceEvents
  /** Script data of the stream. */
  onData(messages: readonly NativeScriptMessage[]): void
}

/**
 * Largest RTMP message that is accepted. The largest picture that is accepted, with ten times the bits of its level, is
 * smaller. The addon counts the bytes that wait beside it (native/rtmp/flood_rules.h), since a blocked event loop must
 * not stop that count.
 */
const LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024
/** Encoders of live streams reorder by 2 pictures at most (x264's default); and one more. */
const REORDERED_PICTURES = 3

/**
 * The native probes, counters and taps on the pipeline of one connection, and their readings. Made before data flows,
 * on the JS thread; they work in GStreamer's streaming threads.
 */
export class IngestProbes {
  /** Buffers that the source gives out. */
  readonly flow: SourceProbes['flow']
  readonly videoPackets: PadCounter
  /** Audio packets of any codec, before the decoder. */
  readonly audioInput: PadCounter
  /** null: nothing is decoded. */
  readonly video: VideoTap | null
  readonly #audio: AudioTap | null
  readonly #taps: TapSource | null
  readonly #options: ResolvedCaptureOptions
  readonly #timeline: Timeline
  readonly #limits: InputLimits
  readonly #facts: VideoFacts
  readonly #source: SourceProbes
  /** Whether the audio has a codec that even the source does not know. */
  #audioUnknown = false
  /** The encoded packets, for recordings. */
  readonly packets: PacketProbe
  readonly #frameSkipper: FrameSkipper | null
  /** Packets behind the AAC parser. */
  readonly #aacPackets: PadCounter
  /** Samples that the audio decoder gives out. */
  readonly #audioDecoded: PadCounter | null
  readonly #unmeter: (() => void) | null
  /** null: only rxrtmpsrc gives script data. */
  #data: ScriptDataTap | null = null
  #captions: CaptionTap | null = null
  readonly #parts: { close(): void }[] = []

  /** If a part cannot be made, detaches the others and throws the addon's error. */
  constructor(runner: Runner, timeline: Timeline, setup: IngestProbesOptions) {
    const { options, input, isHardware, account } = setup
    const { decode, video: sees, audio: hears, fpsFraction, maxWidth, maxHeight, maxFps } = options
    this.#options = options
    this.#timeline = timeline
    const n = native()
    const entry = runner.element(CAPTURE.videoInput)
    const decoded = decodedFor(options)
    const behind = runner.element(decoded.pictures ? CAPTURE.videoPackets : CAPTURE.video)
    try {
      const source = this.#own(
        sourceProbes(runner, timeline, input, { decode, audio: decoded.sound }, setup.pictures.parsers, () =>
          setup.events.onEnded?.(),
        ),
      )
      this.#source = source
      this.flow = source.flow
      const taps = decode ? this.#own(new TapSource(setup.events, () => this.audioExpected)) : null
      this.#taps = taps
      // The limits come first of all probes that read pictures, since they correct what the others read.
      const limits = { maxWidth, maxHeight, maxFps, maxMessage: LARGEST_MESSAGE_BYTES }
      this.#limits = this.#own(new n.InputLimits(source.messages, entry, behind, limits, taps?.changes ?? null))
      this.video = taps && sees ? this.#openVideo(taps, runner, account) : null
      this.#audio = (hears && taps?.openAudio(runner.element(CAPTURE.audio), timeline)) || null
      if (!sees) timeline.leaveOutPictures()
      this.#facts = this.#own(new n.VideoFacts(entry, behind))
      const parser = runner.element(CAPTURE.audioParser)
      this.packets = this.#own(
        new n.PacketProbe(behind, 'sink', parser, 'src', runner.element(CAPTURE.audioInput), 'src'),
      )
      this.#takeCaptions(behind, setup.captions)
      // Behind the limits, which count every picture. A device gets all pictures: it decodes at no cost of the
      // processor, and may need more pictures before it gives one out.
      const skip = sees && fpsFraction && !isHardware ? fpsFraction : null
      const held = options.dropPolicy === 'block' ? 0 : REORDERED_PICTURES
      this.#frameSkipper =
        skip && this.#own(new n.FrameSkipper(behind, timeline, { fpsN: skip.n, fpsD: skip.d, behind: held }))
      const counter = (name: string, pad: string): PadCounter => this.#own(runner.counter(name, pad))
      // Without a decoder the parser tells what the picture is.
      this.videoPackets = counter(decoded.pictures ? CAPTURE.videoInput : CAPTURE.video, 'sink')
      this.#aacPackets = counter(CAPTURE.audioParser, 'src')
      this.#audioDecoded = hears ? counter(CAPTURE.convert, 'sink') : null
      this.audioInput = counter(CAPTURE.audioInput, 'src')
      this.#own(source.gate())
      if (source.messages === null) this.#choosePictures(runner, setup.pictures)
      if (input.transport === 'rxrtmp') {
        this.#data = this.#own(new ScriptDataTap(runner.element(CAPTURE.source), timeline, setup.onData))
      }
      this.#chooseAudio(runner)
      this.#unmeter = this.#measure(runner, setup.meters)
      this.#offerPictures(behind, setup)
      if (options.analyse !== null) this.#own<AnalysisGate>(new n.AnalysisGate(behind, options.analyse === 'keyframes'))
    } catch (error) {
      this.#release()
      throw error
    }
  }

  /** Keeps a part to be closed with the others, in the order of their making. */
  #own<T extends { close(): void }>(part: T): T {
    this.#parts.push(part)
    return part
  }

  #openVideo(taps: TapSource, runner: Runner, account: FrameAccount): VideoTap {
    const { format, width, height, fpsFraction, bufferSize, dropPolicy, outputCorrupt } = this.#options
    const video = taps.openVideo(
      runner.element(CAPTURE.video),
      this.#timeline,
      {
        format,
        width: width ?? 0,
        height: height ?? 0,
        fpsN: fpsFraction?.n ?? 0,
        fpsD: fpsFraction?.d ?? 1,
        capacity: bufferSize,
        policy: dropPolicy,
      },
      account,
    )
    video.watchArrival(runner.element(CAPTURE.videoInput), this.#limits, outputCorrupt)
    return video
  }

  /** Behind all probes that look at caps: they see those of a codec before its elements are there. */
  #choosePictures(runner: Runner, { parsers, decoders }: PictureRows): void {
    const n = native()
    const put = (from: string, to: string, rows: readonly SwitchRow[]): void =>
      void this.#own<CodecSwitch>(
        new n.CodecSwitch(runner.element(from), runner.element(to), rows.map(switchedRow), true),
      )
    if (!decodedFor(this.#options).pictures) return put(CAPTURE.videoInput, CAPTURE.video, parsers)
    put(CAPTURE.videoInput, CAPTURE.videoPackets, parsers)
    put(CAPTURE.videoPackets, CAPTURE.picture, decoders)
  }

  #chooseAudio(runner: Runner): void {
    const n = native()
    const { audioChannels } = this.#options
    const { sound } = decodedFor(this.#options)
    const to = runner.element(sound ? CAPTURE.convert : CAPTURE.audio)
    this.#own<CodecSwitch>(new n.CodecSwitch(runner.element(CAPTURE.audioInput), to, this.#source.audioCodecs, false))
    if (sound) this.#own<AudioLayout>(new n.AudioLayout(to, audioChannels ?? 0))
  }

  /** Of all pictures, also of those that are left out further on. */
  #takeCaptions(behind: ElementHandle, feed: CaptionFeed | undefined): void {
    const tap = this.#own(new (native().CaptionTap)(behind, this.#timeline, !this.#options.decode))
    this.video?.carryCaptions(tap)
    this.#captions = tap
    if (feed) this.#own(feed.connect(tap))
  }

  /** To views and snapshots. */
  #offerPictures(behind: ElementHandle, { taps, account }: IngestProbesOptions): void {
    if (!taps) return
    const keeper = this.video ? null : this.#own(new (native().KeyframeKeeper)(behind))
    const codec = (): PictureCodec | null => this.pictureCodec
    const tap = { video: this.video, keeper, account, codec }
    this.#own(taps.connect(tap))
  }

  /** Offers this connection's pads to the meters, until it is over. */
  #measure(runner: Runner, meters: Meters | undefined): (() => void) | null {
    const at = (name: string) => ({ element: runner.element(name), pad: 'sink' })
    const packets = [at(CAPTURE.videoInput), at(CAPTURE.audioInput)]
    const tap = this.video
    const analyse = this.#options.analyse !== null
    const audio = this.#audio || analyse ? [at(CAPTURE.audio)] : []
    if (analyse) return meters?.attach({ packets, pictures: [at(CAPTURE.video)], audio }) ?? null
    if (!tap) return meters?.attach({ packets, ...(this.#audio && { audio }) }) ?? null
    const dropped = (): DropCounts => {
      const { droppedQueue, droppedUnwanted, droppedHeld, droppedBad } = tap.stats()
      return { queue: droppedQueue - droppedUnwanted, held: droppedHeld, bad: droppedBad }
    }
    const points = { packets, pictures: [at(CAPTURE.video)], audio, tap, dropped }
    return meters?.attach(points) ?? null
  }

  /** The taps as a hub reads them; null where nothing is decoded. */
  get media(): MediaSource | null {
    return this.#taps
  }

  /** Reports the taps' changes, as the next wake-up would. */
  poll(): void {
    this.#taps?.poll()
  }

  /** Blocks the JS thread until media of this kind waits, at most `ms`. */
  wait(ms: number, kind: 'picture' | 'audio'): void {
    this.#taps?.wait(ms, kind)
  }

  /**
   * Tells the taps what consumers take. With 'block', a consumer of audio alone must not be held up by pictures that
   * nobody takes, nor one of pictures by audio, nor a view or a recording by both. Before there is any of them both
   * taps wait for the first one.
   */
  setDemand({ pictures, audio, watched = false }: Demand): void {
    this.video?.setWanted(pictures)
    this.#taps?.setWanted(pictures, audio)
    if (this.#options.dropPolicy !== 'block') return
    this.video?.setPolicy(pictures || !(audio || watched) ? 'block' : 'oldest')
    this.#audio?.setBlock(audio || !(pictures || watched))
  }

  /** Milliseconds of pictures that wait for consumers; null: nothing is decoded. */
  get queueMs(): number | null {
    return this.video ? this.video.stats().queuedTime / 1000 : null
  }

  /** Whether a consumer holds the stream up on purpose ('block'), or the pace of the input. */
  get blocked(): boolean {
    if (this.#source.waiting?.()) return true
    if (this.#options.dropPolicy !== 'block') return false
    return (this.video?.stats().waiting ?? false) || (this.#audio?.stats().waiting ?? false)
  }

  /** Bytes that wait before the tracks; null: nobody knows. */
  get waitingBytes(): number | null {
    return this.#source.waitingBytes?.() ?? null
  }

  /** Pictures and buffers of sound that have left the decoders. */
  get decoded(): number {
    return (this.video?.stats().decoded ?? 0) + (this.#audioDecoded?.buffers() ?? 0)
  }

  /** Codec of the pictures; null: none has come. */
  get pictureCodec(): PictureCodec | null {
    return pictureCodecOfCaps(this.videoPackets.read().caps)
  }

  get hasPicture(): boolean {
    return this.#limits.stats().pictures > 0
  }

  get hasAudio(): boolean {
    return this.#options.audio ? (this.#audio?.stats().rate ?? 0) > 0 : this.audioInput.buffers() > 0
  }

  /** False when the stream's metadata says that it has no sound, and none has come. */
  get audioExpected(): boolean {
    if (!this.#options.audio) return false
    return (this.#timeline.audioAnnounced() !== false && !this.#audioUnknown) || this.hasAudio
  }

  /** The audio has a codec that even the source does not know: no picture waits for it. */
  leaveOutAudio(): void {
    this.#audioUnknown = true
  }

  /** Whether media is there. Audio without a picture counts only where no picture is expected. */
  get ready(): boolean {
    const decoded = this.#options.video ? (this.video?.stats().width ?? 0) > 0 : null
    const shown = decoded ?? (this.hasPicture && this.#facts.read().width > 0)
    if (shown || this.hasPicture || !this.hasAudio) return shown
    return this.#source.progress?.('video') !== 'first'
  }

  /** Pictures whose time no reordering explains. */
  get mistimed(): number {
    return this.#limits.stats().mistimed
  }

  /** Whether one kind has ended and the other never came: the pipeline posts no end-of-stream then. */
  get endedAlone(): boolean {
    const [video, audio] = [this.video?.stats().ended ?? false, this.#audio?.stats().ended ?? false]
    if (video === audio) return false
    // Of two playlists one may be at its end before the other has begun.
    const other = this.#source.progress?.(video ? 'audio' : 'video') ?? 'over'
    if (other !== 'over') return false
    return (video ? this.audioInput : this.videoPackets).read().buffers === 0
  }

  /** @param decoderOf the decoder of a codec */
  info(decoderOf: (codec: PictureCodec) => DecoderInfo): Pick<CaptureInfo, 'video' | 'audio'> {
    const undecoded = this.audioInput.read().caps
    const codec = this.#source.audioCodec(undecoded) ?? 'aac'
    const caps = codec === 'aac' ? this.#aacPackets.read().caps : undecoded
    const audio = this.hasAudio ? audioInfo(caps, this.#audioDecoded?.read().caps ?? null, codec) : null
    const facts = this.#facts.read()
    const pictures = this.pictureCodec ?? 'h264'
    if (this.video) return { video: videoInfo(facts, this.video.stats(), pictures, decoderOf(pictures)), audio }
    return { video: this.hasPicture ? videoInfo(facts, null, pictures, NO_DECODER) : null, audio }
  }

  stats(): IngestStats {
    const bytes = this.videoPackets.read().bytes + this.audioInput.read().bytes
    const { mistimed, mended: parts } = this.#limits.stats()
    const mended = parts + this.#source.leftOut()
    const video = this.video?.stats()
    const dataDropped = this.#data?.dropped ?? 0
    const captionsDropped = this.#captions?.dropped() ?? 0
    if (!video) return { ...NO_STATS, mistimed, mended, bytes, dataDropped, captionsDropped }
    return {
      decoded: video.decoded,
      dropped: video.droppedQueue + video.droppedHeld + video.droppedBad,
      held: video.droppedHeld,
      skipped: this.#frameSkipper?.dropped() ?? 0,
      incomplete: video.incomplete,
      mistimed,
      mended,
      bytes,
      audioDropped: this.#audio?.stats().dropped ?? 0,
      dataDropped,
      captionsDropped,
      waitingBytes: video.queuedBytes,
      srt: null,
      hls: null,
    }
  }

  /** Detaches everything. The counters can still be read. */
  close(): void {
    this.#unmeter?.()
    this.#release()
  }

  /** The taps come first: one may hold its streaming thread ('block'), which a stop of the pipeline waits for. */
  #release(): void {
    for (const part of this.#parts) part.close()
  }
}
