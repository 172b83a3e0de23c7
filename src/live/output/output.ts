import type { Observable, Observer } from 'rxjs'
import { abortable, onAbort, withDeadline } from '../../core/deadline'
import { deferred, type Deferred } from '../../core/deferred'
import '../../core/dispose'
import { asRxGstError, RxGstError } from '../../core/errors'
import { METER, type Meter } from '../../meter/meter'
import type { MetricName } from '../../meter/metrics'
import { resolveOutputOptions, type ResolvedOutputOptions } from '../options'
import { isPixelBytes } from '../../core/pixel-format'
import type {
  AudioChunk,
  FrameWithAudio,
  OutputInfo,
  PixelBytes,
  RTMPOutputOptions,
  StreamState,
  VideoFrame,
  WriteOptions,
} from '../../core/types'
import { Meters } from '../../meter/meters'
import { checkMachine } from '../../engine/prepare'
import { Encoding } from './encoding'
import { BitrateControl } from './bitrate-control'
import type { OutputStats, OutputTargetView } from './stats'
import { Targets } from './targets'
import { checkFrame, checkAudio, checkTimestamp, NO_AUDIO, type PacerWrite, type Audio } from './write'

/**
 * ms after the first target is live until black goes out when nothing is written: long enough for the first picture to
 * be the caller's.
 */
const FIRST_FILL = 500
/** The shares of stop()'s five seconds: what is queued, its way out, the end of the pipelines. ms. */
const FINISH_DEADLINE = 1200
const DRAIN_DEADLINE = 1300
const STOP_DEADLINE = 2000

/**
 * Pictures and sound as an RTMP stream: encoded once, sent to every URL, each over a connection of its own.
 *
 * @example
 * await using output = new RTMPOutput('rtmp://localhost/live/out', { width: 1280, height: 720 })
 * await output.start()
 * await output.writeFrame(rgb) // Uint8Array of 1280 × 720 × 3
 */
export class RTMPOutput implements AsyncDisposable, Observer<VideoFrame | FrameWithAudio> {
  readonly #options: ResolvedOutputOptions
  readonly #targets: Targets
  readonly #meters: Meters
  readonly #unsignal: () => void
  /** The worst of the targets' states; without any target, idle. */
  readonly state$: Observable<StreamState>
  /** Whether at least one target is live: somebody can watch. */
  readonly onAir$: Observable<boolean>
  #encoding: Encoding | null = null
  #bitrateControl: BitrateControl | null = null
  #phase: 'idle' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' = 'idle'
  #fault: RxGstError | null = null
  #started: Deferred<void> | null = null
  #stopping: Promise<void> | null = null
  #lastTimestamp = -Infinity
  #sourceDropped = 0

  /** Connects nothing yet. ERR_URL, ERR_OPTION, ERR_FRAME_SIZE (slate), ERR_NAME_TAKEN (a URL twice). */
  constructor(url: string | readonly string[], options: RTMPOutputOptions) {
    this.#options = resolveOutputOptions(options)
    const urls: readonly unknown[] = Array.isArray(url) ? url : [url]
    if (urls.length === 0) throw new RxGstError('ERR_URL', 'expected at least one URL')
    this.#targets = new Targets(this.#options, { onLive: () => this.#onLive(), onLost: error => this.#onLost(error) })
    for (const text of urls) this.#targets.add(text as string)
    checkMachine()
    this.state$ = this.#targets.state$
    this.onAir$ = this.#targets.onAir$
    const { fill, fps } = this.#options
    this.#meters = new Meters({
      direction: 'out',
      phase: () => this.state.phase,
      queueMs: () => this.#targets.stats().queueMs,
      reconnects: () => this.#targets.stats().reconnects,
      dropped: () => {
        const { dropped, late, droppedNetwork } = this.stats()
        return { queue: dropped, late, network: droppedNetwork }
      },
      lastWrite: () => this.#encoding?.lastWrite ?? { video: null, audio: null },
      // A clock fills every slot; without it a writer may leave some out.
      holes: fill === 'none' ? null : 'encoder',
      fpsTarget: fill === 'none' ? undefined : fps,
    })
    this.onAir$.subscribe(onAir => this.#meters.setPhase(onAir ? 'live' : 'connecting'))
    this.#unsignal = onAbort(this.#options.signal, () => void this.stop())
  }

  /** The worst of the targets' states. */
  get state(): StreamState {
    return this.#targets.state
  }

  /** Whether at least one target is live now. */
  get onAir(): boolean {
    return this.#targets.onAir
  }

  /** One per URL, in order. */
  get targets(): readonly OutputTargetView[] {
    return this.#targets.list
  }

  /** What is sent, once start() has chosen an encoder; null before. */
  get info(): OutputInfo | null {
    if (!this.#encoding) return null
    const { width, height, fps } = this.#options
    const { encoder, encoderReason } = this.#encoding
    return { encoder, encoderReason, width, height, fps }
  }

  /**
   * Resolves when the first target is live; the others follow by themselves, as often as it takes. Rejects when the
   * first attempt of every target has failed, or after connectTimeout: ERR_CONNECT_TIMEOUT, ERR_CONNECTION_REFUSED,
   * ERR_PUBLISH_REJECTED, ERR_NAME_IN_USE, ERR_MISSING_PLUGIN … With `reconnect: { first: true }` it waits until a
   * target is live, or none can become so. Runs once: ERR_ALREADY_STARTED afterwards.
   */
  async start(): Promise<void> {
    const { signal, connectTimeout, reconnect } = this.#options
    if (signal?.aborted) await abortable(Promise.resolve(), signal)
    if (this.#phase !== 'idle')
      throw new RxGstError('ERR_ALREADY_STARTED', `start() was called on an output that is ${this.#phase}`)
    this.#phase = 'starting'
    const started = deferred()
    this.#started = started
    this.#run().catch((error: unknown) => this.#fail(asRxGstError(error, 'the output could not be built')))
    try {
      const timeout = (): Error =>
        new RxGstError('ERR_CONNECT_TIMEOUT', `no target was live within ${connectTimeout} ms`)
      await withDeadline(abortable(started.promise, signal), reconnect?.first ? Infinity : connectTimeout, timeout)
    } catch (error) {
      if (this.#phase !== 'starting') throw error
      if (signal?.aborted) {
        await this.stop()
        throw error
      }
      const reason = (await this.#targets.list[0]?.explain(error as RxGstError)) ?? (error as RxGstError)
      if (this.#phase === 'starting') this.#fail(reason)
      throw reason
    } finally {
      this.#started = null
    }
  }

  async #run(): Promise<void> {
    this.#targets.begin()
    const encoding = new Encoding(this.#options, error => this.#fail(error), undefined, this.#meters)
    this.#encoding = encoding
    const { connectTimeout, reconnect } = this.#options
    const late = (): Error =>
      new RxGstError('ERR_STATE_CHANGE', `the encoders did not start within ${connectTimeout} ms`)
    // Without reconnect.first the deadline of start() holds for this, too.
    await withDeadline(encoding.start(), reconnect?.first ? connectTimeout : Infinity, late)
    // librtmp connects with its first packet: there must be one.
    if (this.#options.transport === 'librtmp') encoding.fillAfter(0)
    this.#targets.connect(encoding)
    const { adaptiveBitrate } = this.#options
    // stop() may have come meanwhile.
    if (adaptiveBitrate !== null && (this.#phase === 'starting' || this.#phase === 'running'))
      this.#bitrateControl = new BitrateControl(this.#options, adaptiveBitrate, this.#targets, encoding)
  }

  #onLive(): void {
    if (this.#phase !== 'starting') return
    this.#phase = 'running'
    this.#encoding?.fillAfter(FIRST_FILL)
    this.#started?.resolve()
  }

  /**
   * One dead target is its own affair. On air the programme goes on without any, as long as one may come back; it ends
   * with the last that cannot.
   */
  #onLost(error: RxGstError): void {
    const once = this.#phase === 'starting' && !this.#options.reconnect?.first
    if (once ? this.#targets.triedInVain : this.#targets.failed) this.#fail(error)
  }

  /** While on air too. ERR_URL; ERR_NAME_TAKEN: a target already; ERR_NOT_RUNNING after stop() or a failure. */
  addTarget(url: string): void {
    if (this.#phase !== 'idle' && this.#phase !== 'starting') this.#mustRun()
    this.#targets.add(url)
  }

  /** Says goodbye to the server; the others notice nothing. A URL that is no target is ERR_UNKNOWN_STREAM. */
  async removeTarget(url: string): Promise<void> {
    await this.#targets.remove(url, DRAIN_DEADLINE, STOP_DEADLINE)
  }

  #fail(error: RxGstError): void {
    if (this.#phase !== 'starting' && this.#phase !== 'running') return
    this.#phase = 'failed'
    this.#fault = error
    this.#options.logger.error(`output: ${error.code}: ${error.message}`)
    this.#started?.reject(error)
    this.#targets.fail(error)
    this.#stopping = this.#end()
  }

  /** Sends what is queued, says goodbye to the server, resolves within 5 s. Idempotent. */
  async stop(): Promise<void> {
    if (this.#phase === 'stopping') return this.#stopping ?? undefined
    if (this.#phase === 'stopped') return
    const graceful = this.#phase === 'running'
    const earlier = this.#stopping
    this.#phase = 'stopping'
    this.#started?.reject(new RxGstError('ERR_ABORTED', 'stop() was called before the output was live'))
    this.#targets.leave()
    this.#stopping = (async () => {
      await earlier
      if (graceful) await this.#drain()
      if (!earlier) await this.#end()
      this.#targets.left()
      this.#phase = 'stopped'
    })()
    return this.#stopping
  }

  async #drain(): Promise<void> {
    const late = (): Error => new Error('late')
    await withDeadline(this.#encoding!.finish(), FINISH_DEADLINE, late).catch(() => {
      this.#options.logger.warn('output: what was queued did not leave the encoder in time')
    })
    await this.#targets.drain(DRAIN_DEADLINE)
  }

  async #end(): Promise<void> {
    this.#bitrateControl?.[Symbol.dispose]()
    this.#unsignal()
    await Promise.all([this.#targets.end(STOP_DEADLINE), this.#encoding?.stop(STOP_DEADLINE, this.#fault)])
  }

  /** The same as stop(). */
  close(): Promise<void> {
    return this.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** For logs: what can be told in plain data. */
  toJSON(): { state: StreamState; info: OutputInfo | null; targets: StreamState[] } {
    return { state: this.state, info: this.info, targets: this.targets.map(({ state }) => state) }
  }

  /**
   * Resolves when the picture has been taken over: its memory may then be drawn into again. ERR_NOT_RUNNING unless
   * started; ERR_FRAME_SIZE when it is not width × height in its format. Does not close the frame.
   */
  async writeFrame(frame: VideoFrame | PixelBytes, options: WriteOptions = {}): Promise<void> {
    await this.#write(frame, undefined, options)
  }

  /** The same as writeFrame(). */
  writeFrameAsync(frame: VideoFrame | PixelBytes, options?: WriteOptions): Promise<void> {
    return this.writeFrame(frame, options)
  }

  /**
   * Audio of any length: it is queued sample-accurately behind the audio before it. Float32 (−1 … 1) or Int16,
   * interleaved, at the output's rate and channels; an AudioChunk of another rate or channel count is converted: more
   * channels are mixed down, by the speakers they are for (`channelMask`).
   */
  async writeFrameWithAudio(
    frame: VideoFrame | PixelBytes,
    audio: AudioChunk | Float32Array | Int16Array,
    options: WriteOptions = {},
  ): Promise<void> {
    await this.#write(frame, audio ?? (null as never), options)
  }

  /**
   * Sound alone: it follows sample by sample on what was written before, and resolves when it has been taken over; up
   * to 10 s wait. Float32 (−1 … 1) or Int16, interleaved, at the output's rate and channels; an AudioChunk may have
   * others, and is converted. ERR_NOT_RUNNING, ERR_OPTION.
   */
  async writeAudio(audio: AudioChunk | Float32Array | Int16Array): Promise<void> {
    this.#mustRun()
    const checked = checkAudio(audio, this.#options)
    await this.#encoding!.write({ pixels: null, format: 'RGB', timing: 'next', timestamp: 0, ...checked })
  }

  /** `audio` undefined: none is given; null is a caller's mistake. */
  async #write(
    frame: VideoFrame | PixelBytes,
    audio: AudioChunk | Float32Array | Int16Array | undefined,
    options: WriteOptions,
  ): Promise<void> {
    this.#mustRun()
    const picture = checkFrame(frame, this.#options)
    const checked: Audio = audio === undefined ? NO_AUDIO : checkAudio(audio, this.#options)
    const timestamp = checkTimestamp(options, this.#lastTimestamp)
    if (timestamp !== null) this.#lastTimestamp = timestamp
    const timing: PacerWrite['timing'] = timestamp === null ? 'next' : 'explicit'
    // A handle of our own: the caller may close its frame while the pixels are being read.
    const held = isPixelBytes(frame) ? null : frame.clone()
    try {
      await this.#encoding!.write({ ...picture, timing, timestamp: timestamp ?? 0, ...checked })
    } finally {
      held?.close()
    }
  }

  /**
   * Takes the value over: its frame is closed when it has been read, or dropped. Placed by its own timestamp, so a
   * source of another frame rate, or one with gaps, keeps its picture and sound together. `dropped` where the queue was
   * full.
   */
  async writeAndClose(value: VideoFrame | FrameWithAudio): Promise<{ dropped: boolean }> {
    const { frame, audio } = 'frame' in value ? value : { frame: value, audio: null }
    try {
      this.#mustRun()
      if (this.#encoding!.full && this.#sourceWaiting >= this.#options.bufferSize) {
        this.#sourceDropped++
        return { dropped: true }
      }
      const picture = checkFrame(frame, this.#options)
      const checked = audio === null ? NO_AUDIO : checkAudio(audio, this.#options)
      this.#sourceWaiting++
      try {
        const taken = await this.#encoding!.write({
          ...picture,
          timing: 'media',
          timestamp: frame.timestamp,
          ...checked,
        })
        return { dropped: !taken }
      } finally {
        this.#sourceWaiting--
      }
    } finally {
      frame.close()
    }
  }
  #sourceWaiting = 0

  /**
   * As an RxJS observer it takes ownership: `capture.frames$.subscribe(output)` closes every frame. A full queue drops
   * the value and counts it. What goes wrong is logged: an observer has nobody to tell.
   */
  readonly next = (value: VideoFrame | FrameWithAudio): void => {
    this.writeAndClose(value).catch((error: unknown) => {
      const { code, message } = asRxGstError(error, 'its write failed')
      this.#options.logger.warn(`output: a value was not written: ${code}: ${message}`)
    })
  }

  /** That source is over, the output is not: it fills until stop(), or until another source writes. */
  readonly error = (error: unknown): void => {
    this.#options.logger.warn(`output: its source failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  /** That source is over, the output is not. */
  readonly complete = (): void => {
    this.#options.logger.info('output: its source completed')
  }

  /**
   * Counters: pictures written, repeated to fill gaps, late for their slot, dropped at a full queue; packets that slow
   * or absent targets lost (`droppedNetwork`); packets and bytes encoded, and of those bytes the filler; how often
   * targets came back.
   */
  stats(): OutputStats {
    const stats = this.#encoding?.stats()
    return {
      written: stats?.written ?? 0,
      repeated: stats?.repeated ?? 0,
      late: stats?.late ?? 0,
      dropped: (stats?.dropped ?? 0) + this.#sourceDropped,
      queued: stats?.queued ?? 0,
      bitrate: this.#encoding?.bitrate ?? this.#options.bitrate,
      packets: stats?.videoPackets ?? 0,
      bytes: (stats?.videoBytes ?? 0) + (stats?.audioBytes ?? 0),
      filler: stats?.filler ?? 0,
      silence: stats?.silence ?? 0,
      ...this.#targets.stats(),
    }
  }

  /** @internal For StreamMonitor. */
  [METER](metrics: readonly MetricName[]): Meter {
    return this.#meters.open(metrics)
  }

  #mustRun(): void {
    if (this.#phase === 'running') return
    if (this.#phase === 'failed') throw this.#fault ?? new RxGstError('ERR_CONNECTION_LOST', 'the output failed')
    throw new RxGstError(
      'ERR_NOT_RUNNING',
      this.#phase === 'idle' || this.#phase === 'starting' ? 'await start() first' : 'the output was stopped',
    )
  }
}
