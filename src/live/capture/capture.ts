import { abortable, onAbort } from '../../core/deadline'
import { deferred, type Deferred } from '../../core/deferred'
import '../../core/dispose'
import { RxGstError } from '../../core/errors'
import { METER, type Meter } from '../../meter/meter'
import type { MetricName } from '../../meter/metrics'
import { resolveCaptureOptions, type ResolvedCaptureOptions } from '../options'
import type { CaptureOptions } from '../../core/addresses/capture-options'
import type { AudioChunk, CaptureInfo, FrameWithAudio, Logger, StreamState, VideoFrame } from '../../core/types'
import type { CaptionCue } from '../../core/pictures/caption-cue'
import type { ScriptData } from '../../core/stream-data'
import type { PacketProbe } from '../../addon/record'
import { VideoDecoders } from '../codec/video-decoders'
import { Ingest, type IngestEvents } from './ingest'
import type { Demand } from './ingest-probes'
import type { CaptureStats } from './ingest-stats'
import { FrameBudget } from '../../engine/sinks/frame-budget'
import { Meters } from '../../meter/meters'
import { checkMachine } from '../../engine/prepare'
import { frames } from '../../observables/frames'
import { framesWithAudio } from '../../observables/frames-with-audio'
import { MediaHub } from '../../observables/media-hub'
import { audio } from '../../observables/audio'
import { StateHolder } from '../../engine/state'
import { defer, takeWhile, type Observable } from 'rxjs'
import { CaptureReading } from './capture-reading'
import { CaptureConnection } from './connection'
import { CurrentIngest } from './current-ingest'
import { CapturePackets, PACKETS } from './packets'
import { isReplaced } from './ingest-decoders'
import type { CaptureInput } from './inputs/input'
import { openInput } from './inputs/open-input'
import { RtmpInput } from './inputs/rtmp-input'
import { CaptionFeed } from './captions'
import { CaptureReaders, ifDecoded } from './readers'
import { ScriptDataFeed } from './script-data'
import { untilStarted } from './starting'
import { CaptureRecordings } from '../record/capture-recording'
import { FLV, type FlvSource } from '../record/live-flv'
import type { RecordTarget } from '../record/record'
import type { Recording } from '../record/types'

/** How long start() waits for the first sound after the first picture. The default buffer holds as much at 60 fps. */
const AUDIO_GRACE_MS = 150

/**
 * A capture: the pictures and the sound of a stream at any address: rtmp:, rtsp:, srt:, http: or file:.
 * Decoding runs in GStreamer's threads. Everything here runs on the JS thread and never waits for one of them.
 *
 * @example
 * const capture = new Capture('rtsp://user:password@camera/stream')
 * await capture.start()
 * for await (const frame of capture.aiterFrames()) {
 *   using f = frame
 *   console.log(f.width, f.height, f.timestamp, f.data[0])
 * }
 */
export class Capture extends CaptureReading {
  /**
   * The pictures from the subscription on. Each subscriber gets a handle of its own for each picture, and closes it.
   * Hot; completes with stop(), errors when the stream is lost for good. A slow subscriber gets no backlog: the next
   * picture comes when it has returned. ERR_NOT_DECODED with `decode: false` or `video: false`.
   */
  readonly frames$: Observable<VideoFrame>
  /**
   * The sound from the subscription on, as it comes. `discontinuity` marks a gap; everywhere else there is none. Ends
   * as frames$ does.
   */
  readonly audio$: Observable<AudioChunk>
  /**
   * Each picture with exactly the sound from its timestamp to the next picture's: one picture later than frames$. The
   * subscriber closes the frame of each pair. Ends as frames$ does.
   */
  readonly framesWithAudio$: Observable<FrameWithAudio>
  /**
   * What the stream carries besides: metadata, cue points, captions, as plain data. The last metadata come first, the
   * rest as it comes. Also with `decode: false`; nothing over 'rtmp2' and 'librtmp'. Ends as frames$ does.
   */
  readonly data$: Observable<ScriptData>
  /**
   * The text of the captions in its pictures, CEA-608 and CEA-708, each cue when it leaves the screen. Also with
   * `decode: false`. Nothing is read while nobody subscribes. Ends as frames$ does.
   */
  readonly captions$: Observable<CaptionCue>
  /** @internal For relays. */
  readonly [PACKETS]: CapturePackets
  /** @internal Whether the address must be one of RTMP. */
  protected static readonly rtmpAlone: boolean = false
  readonly #data: ScriptDataFeed
  readonly #captions = new CaptionFeed()
  readonly #recordings: CaptureRecordings
  readonly #input: CaptureInput
  readonly #options: ResolvedCaptureOptions
  readonly #state = new StateHolder()
  readonly #hub: MediaHub
  readonly #connection: CaptureConnection<Ingest>
  readonly #current: CurrentIngest
  readonly #meters: Meters
  readonly #decoders: VideoDecoders
  readonly #budget: FrameBudget
  /** @internal */
  protected readonly readers: CaptureReaders
  readonly #unsignal: () => void
  #demand: Demand = { pictures: false, audio: false }
  #started: Deferred<void> | null = null
  #stopping: Promise<void> | null = null
  #fault: RxGstError | null = null
  /** Whether the program has called stop(), also after the end of the input. */
  #stopCalled = false

  /**
   * Checks the URL and the options, and connects nothing yet. ERR_URL, ERR_OPTION; ERR_ADDON_NOT_BUILT and
   * ERR_GSTREAMER_VERSION: the installation is incomplete.
   */
  constructor(url: string, options: CaptureOptions = {}) {
    super()
    const rtmpAlone = new.target.rtmpAlone
    this.#options = resolveCaptureOptions(options, !rtmpAlone)
    this.#input = rtmpAlone ? new RtmpInput(url, this.#options) : openInput(url, this.#options, options)
    checkMachine()
    const { dropPolicy, bufferSize, gpuAcceleration, maxHeldBytes, logger } = this.#options
    const remedy = 'close() each frame when done with it, or raise maxHeldBytes'
    this.#budget = new FrameBudget(this.#input.display, maxHeldBytes, logger, remedy)
    this.#current = new CurrentIngest(this.#input, this.#options, this.#budget, () => this.#connection.attempt)
    this[PACKETS] = new CapturePackets(this.#input, () => this.taps.watch())
    this.#recordings = new CaptureRecordings(this.#options)
    this.#data = new ScriptDataFeed(this.#input.secrets)
    this.data$ = this.#data.data$
    this.captions$ = this.#captions.captions$
    this.#decoders = new VideoDecoders(gpuAcceleration, this.#options)
    this.#meters = new Meters({
      direction: 'in',
      phase: () => this.state.phase,
      queueMs: () => this.#connection.attempt?.queueMs ?? null,
      shortLives: () => this.#connection.shortLives,
      srt: () => this.stats().srt,
      hls: () => this.stats().hls,
    })
    this.#state.state$.subscribe(({ phase }) => this.#meters.setPhase(phase))
    this.#connection = new CaptureConnection<Ingest>({
      options: this.#options,
      state: this.#state,
      name: this.#input.display,
      make: events => this.#makeIngest(events),
      replaced: (error, { decoder }) => isReplaced(decoder, error) || (this.#input.replaced?.(error) ?? false),
      atEnd: this.#input.atEnd,
      retries: this.#input.retries,
      events: {
        onLive: ingest => this.#onLive(ingest),
        onMedia: () => this.#hub.pump(),
        onPause: () => this.#hub.pause(),
        onLost: () => this.#hub.lose(),
        onRetired: ingest => this.#current.retire(ingest),
        onFailed: error => this.#onFailed(error),
        onEnded: error => this.#onEnded(error),
      },
    })
    this.#hub = new MediaHub({
      block: dropPolicy === 'block',
      capacity: bufferSize,
      keepOld: dropPolicy !== 'oldest',
      wait: (ms, kind) => this.#connection.wait(ms, kind),
      onDemand: demand => this.#setDemand(demand),
    })
    this.taps.onWatched = () => this.#setDemand(this.#demand)
    this.readers = new CaptureReaders({
      hub: this.#hub,
      options: this.#options,
      fetches: this.#input.fetches ?? false,
      mustRun: () => this.#mustRun(),
      fault: () => this.#fault,
    })
    const hub = (): MediaHub => this.#hub
    const pairs = framesWithAudio(hub, () => this.readers.newPairing())
    this.frames$ = ifDecoded(frames(hub), this.#options.video)
    this.audio$ = ifDecoded(audio(hub), this.#options.audio)
    this.framesWithAudio$ = ifDecoded(pairs, this.#options.video && this.#options.audio)
    this.#unsignal = onAbort(this.#options.signal, () => void this.stop())
  }

  /** The state: the present one first, then each change. */
  get state$(): Observable<StreamState> {
    return this.#state.state$
  }

  /** @internal Whether pictures are decoded. */
  protected get showsPictures(): boolean {
    return this.#options.video
  }

  /** @internal */
  protected get logger(): Logger {
    return this.#options.logger
  }

  /** The present state. */
  get state(): StreamState {
    return this.#state.state
  }

  /**
   * What the live stream carries now: size and pixel aspect ratio from its parameter sets, the frame rate from its
   * timestamps (0 until three pictures have come, unless the stream tells it), sound as its decoder gives it out. The
   * metadata of the stream is not believed. null before the capture is live; afterwards the last known values.
   */
  get info(): CaptureInfo | null {
    return this.#current.info
  }

  /**
   * Resolves when the first picture is there; in a stream of sound alone, when the first sound is. Rejects with the
   * reason: ERR_CONNECT_TIMEOUT, ERR_CONNECTION_REFUSED, ERR_HOST_NOT_FOUND, ERR_PLAY_REJECTED, ERR_UNSUPPORTED_MEDIA …
   * With `reconnect: { first: true }` it goes on waiting as long as another attempt may succeed. A capture starts once:
   * ERR_ALREADY_STARTED afterwards.
   */
  async start(): Promise<void> {
    const { signal } = this.#options
    if (signal?.aborted) await abortable(Promise.resolve(), signal)
    if (!this.#state.apply({ type: 'start' })) {
      throw new RxGstError('ERR_ALREADY_STARTED', `start() was called on a capture that is ${this.state.phase}`)
    }
    const started = deferred()
    this.#started = started
    this.#connection.start()
    try {
      await untilStarted(started.promise, {
        options: this.#options,
        input: this.#input,
        connection: this.#connection,
        phase: () => this.state.phase,
        wasLive: () => this.info !== null,
        fault: () => this.#fault,
        fail: reason => {
          this.#state.apply({ type: 'lost', reason: reason.code })
          this.#onFailed(reason)
        },
        stop: () => this.stop(),
      })
    } finally {
      this.#started = null
    }
  }

  #setDemand({ pictures, audio }: Demand): void {
    this.#demand = { pictures, audio, watched: this.taps.watched }
    this.#connection.attempt?.setDemand(this.#demand)
  }

  #makeIngest(events: IngestEvents): Ingest {
    const onChange = (changes: number): void => this.#onChange(ingest, changes)
    const onPackets = (probe: PacketProbe | null): void => {
      this.#recordings.attach(probe)
      this[PACKETS].attach(probe)
    }
    const media = { meters: this.#meters, taps: this.taps, captions: this.#captions }
    const own = { onPackets, onData: this.#data.next.bind(this.#data), ...media }
    const [input, options, all] = [this.#input, this.#options, { ...events, ...own, onChange }]
    const ingest: Ingest = new Ingest(input, options, all, this.#decoders, this.#budget, this.#current.timeline)
    ingest.setDemand(this.#demand)
    return ingest
  }

  #onLive(ingest: Ingest): void {
    const info = this.#current.enter(ingest)
    this.#hub.setSource(ingest.media)
    // Sound comes a packet after its picture, and `info` should be complete when start() resolves. A stream without
    // sound waits no longer than AUDIO_GRACE_MS.
    const started = this.#started
    if (info.audio) started?.resolve()
    else if (started) setTimeout(() => started.resolve(), AUDIO_GRACE_MS)
  }

  #onChange(ingest: Ingest, changes: number): void {
    this.#current.change(ingest, changes)
    if (this.#started && this.info?.audio) this.#started.resolve()
  }

  /** The capture has failed: no further attempt follows. */
  #onFailed(error: RxGstError): void {
    this.#fault = error
    this.#options.logger.error(`${this.#input.display}: ${error.code}: ${error.message}`)
    this.#finish(error)
  }

  /** The input has ended as it should, as a file does: its consumers come to an end, and not to an error. */
  #onEnded(error: RxGstError): void {
    this.#fault = error
    this.#options.logger.info(`${this.#input.display} has ended`)
    this.#finish(null)
  }

  #finish(error: RxGstError | null): void {
    // A short stream may end while start() waits for its sound. It was live, so start() resolves.
    if (this.info) this.#started?.resolve()
    this.#started?.reject(error ?? this.#fault!)
    this.#hub.end(error, true)
    this.#data.end(error)
    this.#captions.end(error)
    void this.#recordings.stop()
    this.#unsignal()
  }

  /** Stops the capture; its observables complete. Resolves within 5 s, whatever the peer does. Idempotent. */
  async stop(): Promise<void> {
    this.#stopCalled = true
    // What an input left that has ended.
    this.#hub.dropRest()
    this.readers.close()
    if (this.state.phase === 'stopped') return this.#end()
    if (this.state.phase === 'stopping') return this.#stopping ?? undefined
    this.#state.apply({ type: 'stop' })
    this.#stopping = (async () => {
      this.#unsignal()
      this.#started?.reject(new RxGstError('ERR_ABORTED', 'stop() was called before the stream was live'))
      this.#hub.end(null)
      this.#hub.dropRest()
      this.#data.end(null)
      this.#captions.end(null)
      await this.#end()
      this.#state.apply({ type: 'stopped' })
    })()
    return this.#stopping
  }

  async #end(): Promise<void> {
    await Promise.all([this.#connection.stop(), this.#recordings.stop()])
  }

  /**
   * Records the encoded packets as they come, also with `decode: false`, until stop(). A connection that is made anew
   * begins a new segment. ERR_OPTION; ERR_NAME_TAKEN: it records into that folder already; ERR_NOT_RUNNING.
   */
  record(target: RecordTarget): Recording {
    const recording = this.#recordings.add(target)
    recording.recording$.subscribe({ complete: this.taps.watch() })
    return recording
  }

  /** @internal For flv(). */
  readonly [FLV]: FlvSource = {
    join: listener => this[PACKETS].join(listener),
    end$: defer(() => this.state$).pipe(takeWhile(({ phase }) => phase !== 'stopped' && phase !== 'failed')),
  }

  /** For logs, as plain data. */
  toJSON(): { state: StreamState; info: CaptureInfo | null } {
    return { state: this.state, info: this.info }
  }

  /**
   * Counters over all connections: decoded and dropped pictures, encoded bytes, samples that a full queue lost (also
   * the queue of getAudio(), when calls of it stop). And the memory in use now: `waitingBytes` of pictures that wait
   * for a consumer, `heldBytes` of frames that consumers have not closed; together at most `maxHeldBytes`.
   */
  stats(): CaptureStats {
    const all = this.#current.stats()
    const heldBytes = Math.max(0, this.#budget.held - all.waitingBytes)
    return { ...all, thinned: all.skipped, audioDropped: all.audioDropped + this.readers.audioDropped, heldBytes }
  }

  /** @internal For StreamMonitor. */
  [METER](metrics: readonly MetricName[]): Meter {
    return this.#meters.open(metrics)
  }

  #mustRun(): void {
    const { phase, reason } = this.state
    if (phase === 'idle') throw new RxGstError('ERR_NOT_RUNNING', 'call start() first')
    // What an input that has ended left waiting can still be read.
    if (reason === 'ERR_STREAM_ENDED' && !this.#stopCalled) return
    if (phase === 'stopping' || phase === 'stopped') throw new RxGstError('ERR_NOT_RUNNING', 'the capture was stopped')
  }
}
