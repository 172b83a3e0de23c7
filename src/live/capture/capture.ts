import { abortable, onAbort, withDeadline } from '../../core/deadline'
import { deferred, type Deferred } from '../../core/deferred'
import '../../core/dispose'
import { RxGstError } from '../../core/errors'
import { METER, type Meter } from '../../meter/meter'
import type { MetricName } from '../../meter/metrics'
import { checkTransport, resolveCaptureOptions, type ResolvedCaptureOptions } from '../options'
import type {
  AudioChunk,
  CaptureInfo,
  FrameWithAudio,
  RTMPCaptureOptions,
  StreamState,
  VideoFrame,
} from '../../core/types'
import { parseRtmpUrl, type RtmpUrl } from '../../core/url'
import { CHANGE } from '../../addon/js'
import { CodecChoice } from '../codec/codec-choice'
import { Ingest, type Demand, type IngestEvents } from './ingest'
import { NO_STATS, sum, type CaptureStats, type IngestStats } from './ingest-stats'
import { FrameBudget } from '../../engine/sinks/frame-budget'
import { Meters } from '../../meter/meters'
import { checkMachine } from '../../engine/prepare'
import { explainTimeout } from '../../engine/reach'
import { frames } from '../../observables/frames'
import { framesWithAudio } from '../../observables/frames-with-audio'
import { MediaHub } from '../../observables/media-hub'
import { audio } from '../../observables/audio'
import { StateHolder } from '../../engine/state'
import { CAPTURE } from '../../pipelines/capture'
import { decoderCandidates } from '../../pipelines/candidates'
import type { Transport } from '../../pipelines/transport'
import { throwError, type Observable } from 'rxjs'
import { CaptureConnection } from './connection'
import { CaptureReaders, notDecoded } from './readers'
import { describeInfo } from './stream-info'

/** How long start() waits for the sound of a picture, ms; the default buffer holds as much at 60 fps. */
const AUDIO_GRACE = 150

const HELD_REMEDY = 'close() each frame when done with it, or raise maxHeldBytes'
/**
 * An RTMP stream's pictures and sound. Decoding runs in GStreamer's threads; everything here runs on the JS thread and
 * never waits on one of them.
 *
 * @example
 * const capture = new RTMPCapture('rtmp://localhost/live/camera')
 * await capture.start()
 * for await (const frame of capture.aiterFrames()) {
 *   using f = frame
 *   console.log(f.width, f.height, f.timestamp, f.data[0])
 * }
 */
export class RTMPCapture implements AsyncDisposable {
  /**
   * The pictures from the subscription on, each handed to every subscriber, who closes it. Hot; completes with stop(),
   * errors when the stream is lost for good. A subscriber that is slow gets no backlog: it takes as fast as it
   * returns. ERR_NOT_DECODED with `decode: false`.
   */
  readonly frames$: Observable<VideoFrame>
  /**
   * The sound from the subscription on, as it comes, without a gap where none is told (`discontinuity`). Ends as
   * frames$ does.
   */
  readonly audio$: Observable<AudioChunk>
  /**
   * Pictures, each with exactly the sound from its timestamp to the next one's; so one picture later than frames$.
   * Whoever gets a pair closes its frame. Ends as frames$ does.
   */
  readonly framesWithAudio$: Observable<FrameWithAudio>
  readonly #url: RtmpUrl
  readonly #options: ResolvedCaptureOptions
  readonly #state = new StateHolder()
  readonly #hub: MediaHub
  readonly #connection: CaptureConnection<Ingest>
  readonly #meters: Meters
  readonly #decoder: CodecChoice
  readonly #budget: FrameBudget
  readonly #readers: CaptureReaders
  readonly #unsignal: () => void
  /** What the last connection's time is told to the next one by. */
  #timeline: Ingest['timeline'] = null
  #earlier: IngestStats = NO_STATS
  #demand: Demand = { pictures: false, audio: false }
  #info: CaptureInfo | null = null
  /** The connection that is live. */
  #source: Ingest | null = null
  #started: Deferred<void> | null = null
  #stopping: Promise<void> | null = null
  #fault: RxGstError | null = null
  #mistimedWarned = false

  /**
   * Connects nothing yet. ERR_URL, ERR_OPTION; ERR_ADDON_NOT_BUILT and ERR_GSTREAMER_VERSION where the set-up is not
   * whole.
   */
  constructor(url: string, options: RTMPCaptureOptions = {}) {
    this.#url = parseRtmpUrl(url)
    this.#options = resolveCaptureOptions(options)
    checkTransport(this.#options.transport, this.#url)
    checkMachine()
    const { dropPolicy, bufferSize, gpuAcceleration, maxHeldBytes, logger } = this.#options
    this.#budget = new FrameBudget(this.#url.display, maxHeldBytes, logger, HELD_REMEDY)
    this.#decoder = new CodecChoice('decoder', decoderCandidates(gpuAcceleration), this.#options)
    this.#meters = new Meters({
      direction: 'in',
      phase: () => this.state.phase,
      queueMs: () => this.#connection.attempt?.queueMs ?? null,
    })
    this.#state.state$.subscribe(({ phase }) => this.#meters.setPhase(phase))
    this.#connection = new CaptureConnection<Ingest>({
      options: this.#options,
      state: this.#state,
      name: this.#url.display,
      make: (transport, events) => this.#makeIngest(transport, events),
      notUnderstood: (_, ingest) =>
        ingest.notUnderstood && this.#options.transport === 'auto' && this.#url.scheme === 'rtmp',
      replaced: error => this.#replaceDecoder(error),
      events: {
        onLive: ingest => this.#onLive(ingest),
        onMedia: () => this.#hub.pump(),
        onPause: () => this.#hub.pause(),
        onLost: () => this.#hub.lose(),
        onRetired: ingest => this.#onRetired(ingest),
        onFailed: error => this.#onFailed(error),
      },
    })
    this.#hub = new MediaHub({
      block: dropPolicy === 'block',
      capacity: bufferSize,
      keepOld: dropPolicy !== 'oldest',
      wait: (ms, kind) => this.#connection.wait(ms, kind),
      onDemand: demand => {
        this.#demand = demand
        this.#connection.attempt?.setDemand(demand)
      },
    })
    this.#readers = new CaptureReaders({
      hub: this.#hub,
      options: this.#options,
      mustRun: () => this.#mustRun(),
      fault: () => this.#fault,
    })
    const decoded = <T>(media: Observable<T>): Observable<T> => (this.#options.decode ? media : throwError(notDecoded))
    this.frames$ = decoded(frames(() => this.#hub))
    this.audio$ = decoded(audio(() => this.#hub))
    this.framesWithAudio$ = decoded(
      framesWithAudio(
        () => this.#hub,
        () => this.#readers.newPairing(),
      ),
    )
    this.#unsignal = onAbort(this.#options.signal, () => void this.stop())
  }

  /** Begins with what holds now. */
  get state$(): Observable<StreamState> {
    return this.#state.state$
  }

  /** What holds now. */
  get state(): StreamState {
    return this.#state.state
  }

  /**
   * What the live stream carries, as it flows now: size and shape by its parameter sets, the frame rate by its
   * timestamps (0 before three pictures have come, where the stream itself does not say it), sound as its decoder gives
   * it out. What metadata claims is not asked. null before it is live; afterwards what it was last.
   */
  get info(): CaptureInfo | null {
    const { attempt } = this.#connection
    if (attempt && attempt === this.#source) this.#look(attempt)
    return this.#info
  }

  #look(ingest: Ingest): void {
    const info = ingest.info()
    const same = JSON.stringify(info) === JSON.stringify(this.#info)
    if (!same && (info.video || info.audio)) this.#info = info
  }

  /**
   * Resolves when the first frame (or, in a stream of sound alone, the first audio) is there. Rejects with what stood
   * in the way: ERR_CONNECT_TIMEOUT, ERR_CONNECTION_REFUSED, ERR_HOST_NOT_FOUND, ERR_PLAY_REJECTED,
   * ERR_UNSUPPORTED_MEDIA … With `reconnect: { first: true }` it waits through all that another attempt may help. Runs
   * once: ERR_ALREADY_STARTED afterwards.
   */
  async start(): Promise<void> {
    const { signal, connectTimeout, reconnect } = this.#options
    if (signal?.aborted) await abortable(Promise.resolve(), signal)
    if (!this.#state.apply({ type: 'start' })) {
      throw new RxGstError('ERR_ALREADY_STARTED', `start() was called on a capture that is ${this.state.phase}`)
    }
    const started = deferred()
    this.#started = started
    this.#connection.start()
    try {
      const timeout = (): Error =>
        new RxGstError(
          'ERR_CONNECT_TIMEOUT',
          `no media from ${this.#url.display} within ${connectTimeout} ms: perhaps nobody publishes ` +
            'it now, or under another name',
        )
      await withDeadline(abortable(started.promise, signal), reconnect?.first ? Infinity : connectTimeout, timeout)
    } catch (error) {
      if (this.state.phase !== 'connecting') throw this.#fault ?? error
      if (signal?.aborted) {
        await this.stop()
        throw error
      }
      // The event loop may have been held up for longer than the server.
      this.#connection.look()
      if (this.#info) return
      const overdue = this.#connection.attempt?.overdue
      // The reason is settled from here on: what the connection still has to say comes too late.
      const stopped = this.#connection.stop()
      const reason = overdue ?? (await explainTimeout(error as RxGstError, this.#url)) ?? (error as RxGstError)
      if (this.state.phase === 'connecting') {
        this.#state.apply({ type: 'lost', reason: reason.code })
        this.#onFailed(reason)
      }
      await stopped
      throw reason
    } finally {
      this.#started = null
    }
  }

  #makeIngest(transport: Transport, events: IngestEvents): Ingest {
    const onChange = (changes: number): void => this.#onChange(ingest, changes)
    const heard = { ...events, onChange, meters: this.#meters }
    const ingest: Ingest = new Ingest(
      this.#url,
      transport,
      this.#options,
      heard,
      this.#decoder,
      this.#budget,
      this.#timeline,
    )
    ingest.setDemand(this.#demand)
    return ingest
  }

  /** Of a device alone: what the processor cannot decode is the stream's fault. */
  #replaceDecoder(error: RxGstError): boolean {
    if (!this.#options.decode || !this.#decoder.isHardware) return false
    // A profile that a device does not know is told by the source, which finds nobody who takes what it has.
    const unfit = /not-negotiated/.test(error.gst?.debug ?? '')
    const its = error.element === this.#decoder.factory || error.element === CAPTURE.decoder
    return (unfit || its) && this.#decoder.fall(error, true)
  }

  #onLive(ingest: Ingest): void {
    const info = ingest.info()
    const { display } = this.#url
    this.#options.logger.info(
      `${display} is live over ${ingest.transport}: ` +
        `${describeInfo(info)}${this.#info ? `; it was ${describeInfo(this.#info)}` : ''}`,
    )
    this.#info = info
    this.#source = ingest
    this.#hub.setSource(ingest.media)
    // What has come up before it was live.
    this.#onChange(ingest, CHANGE.held | CHANGE.mistimed)
    // Sound follows its picture by a packet: `info` should be whole when start() resolves. A stream without sound
    // does not wait longer than this.
    const started = this.#started
    if (info.audio) started?.resolve()
    else if (started) setTimeout(() => started.resolve(), AUDIO_GRACE)
  }

  /** Something else than what waits for consumers, of the connection that is live. */
  #onChange(ingest: Ingest, changes: number): void {
    if (ingest !== this.#source) return
    if (changes & CHANGE.info) {
      this.#look(ingest)
      if (this.#info?.audio) this.#started?.resolve()
    }
    if (changes & CHANGE.held) this.#budget.look(ingest.held)
    if (changes & CHANGE.mistimed && !this.#mistimedWarned && ingest.mistimed > 0) {
      this.#mistimedWarned = true
      const what = 'sends pictures whose time no reordering explains; that of their decoding counts (stats().mistimed)'
      this.#options.logger.warn(`${this.#url.display} ${what}`)
    }
  }

  #onRetired(ingest: Ingest): void {
    if (ingest === this.#source) this.#source = null
    this.#timeline = ingest.timeline
    // What waits in it is gone, or taken over.
    this.#earlier = sum(this.#earlier, { ...ingest.stats(), waitingBytes: 0 })
  }

  /** The end that nobody asked for. */
  #onFailed(error: RxGstError): void {
    this.#fault = error
    this.#options.logger.error(`${this.#url.display}: ${error.code}: ${error.message}`)
    // A short stream may be over while start() waits for its sound: it was live all the same.
    if (this.#info) this.#started?.resolve()
    this.#started?.reject(error)
    this.#hub.end(error)
    this.#unsignal()
  }

  /** Resolves within 5 s, whatever the peer does. Idempotent; observables complete. */
  async stop(): Promise<void> {
    if (this.state.phase === 'stopped') return
    if (this.state.phase === 'stopping') return this.#stopping ?? undefined
    this.#state.apply({ type: 'stop' })
    this.#stopping = (async () => {
      this.#unsignal()
      this.#started?.reject(new RxGstError('ERR_ABORTED', 'stop() was called before the stream was live'))
      this.#hub.end(null)
      this.#hub.dropRest()
      await this.#connection.stop()
      this.#state.apply({ type: 'stopped' })
    })()
    return this.#stopping
  }

  /**
   * The next frame; the caller closes it. ERR_NOT_RUNNING before start() and after stop(); ERR_STREAM_ENDED when no
   * more can come.
   */
  async getFrame(options: { signal?: AbortSignal } = {}): Promise<VideoFrame> {
    return this.#readers.frame(options.signal)
  }

  /**
   * Exactly duration × audioSampleRate samples per channel, following on the previous call's. Seconds; default 0.1, at
   * most 10.
   */
  async getAudio(duration = 0.1, options: { signal?: AbortSignal } = {}): Promise<AudioChunk> {
    return this.#readers.audio(duration, options.signal)
  }

  /** The next frame with exactly the sound from its timestamp to the next one's; silence where the stream has none. */
  async getFrameAndAudio(options: { signal?: AbortSignal } = {}): Promise<FrameWithAudio> {
    return this.#readers.frameAndAudio(options.signal)
  }

  /** Ends with stop(); throws when the stream is lost. Each iterator has a bounded queue of its own. */
  aiterFrames(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<VideoFrame> {
    return this.#readers.iterateFrames(options.signal)
  }

  /** The same, each picture with its sound, as framesWithAudio$. */
  aiterFramesWithAudio(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<FrameWithAudio> {
    return this.#readers.iteratePairs(options.signal)
  }

  /**
   * Blocks the thread between frames, so nothing else of the process runs: for scripts. A frame is valid until the next
   * is asked for, unless clone()d. Call it after start() has resolved.
   */
  iterFrames(): IterableIterator<VideoFrame> {
    return this.#readers.iterateFramesSync()
  }

  /** The same, each picture with its sound. ERR_NOT_RUNNING before start(). */
  iterFramesWithAudio(): IterableIterator<FrameWithAudio> {
    return this.#readers.iteratePairsSync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** For logs: what can be told in plain data. */
  toJSON(): { state: StreamState; info: CaptureInfo | null } {
    return { state: this.state, info: this.info }
  }

  /**
   * Counters of all connections: decoded and dropped pictures, encoded bytes, samples that a full queue lost (also that
   * of getAudio(), once it was called and is not called on). And what holds memory now: `waitingBytes` of pictures that
   * wait to be taken, `heldBytes` of frames that were taken and are not closed; together at most `maxHeldBytes`.
   */
  stats(): CaptureStats {
    const { attempt } = this.#connection
    const all = attempt ? sum(this.#earlier, attempt.stats()) : this.#earlier
    const heldBytes = Math.max(0, this.#budget.held - all.waitingBytes)
    const audioDropped = all.audioDropped + this.#readers.audioDropped
    return { ...all, thinned: all.skipped, audioDropped, heldBytes }
  }

  /** @internal For StreamMonitor. */
  [METER](metrics: readonly MetricName[]): Meter {
    return this.#meters.open(metrics)
  }

  #mustRun(): void {
    if (!this.#options.decode) throw notDecoded()
    const { phase } = this.state
    if (phase === 'idle') throw new RxGstError('ERR_NOT_RUNNING', 'call start() first')
    if (phase === 'stopping' || phase === 'stopped') throw new RxGstError('ERR_NOT_RUNNING', 'the capture was stopped')
  }
}
