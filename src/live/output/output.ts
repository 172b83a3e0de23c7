import { Subject, type Observable, type Observer } from 'rxjs'
import { abortable, onAbort, withAwakePatience, withDeadline } from '../../core/deadline'
import { deferred, type Deferred } from '../../core/deferred'
import '../../core/dispose'
import { asRxGstError, RxGstError } from '../../core/errors'
import { resolveOverlays, type OutputOverlay } from '../../core/pictures/overlay-options'
import type { SnapshotOptions } from '../../core/pictures/still-options'
import { METER, type Meter } from '../../meter/meter'
import type { MetricName } from '../../meter/metrics'
import { resolveOutputOptions, type ResolvedOutputOptions } from '../options'
import type {
  AudioChunk,
  FrameWithAudio,
  OutputInfo,
  PixelBytes,
  OutputOptions,
  StreamState,
  VideoFrame,
  WriteOptions,
} from '../../core/types'
import type { Meters } from '../../meter/meters'
import { checkMachine } from '../../engine/prepare'
import { EncodeGroups, type EncodeGroup } from './groups/encode-groups'
import type { Pacing } from './groups/pacing'
import { outputInfo, outputMeters, outputStats } from './groups/report'
import type { OutputStats, OutputTargetView } from './stats'
import { FLV, type FlvSource } from '../record/live-flv'
import type { RecordedSegment } from '../record/types'
import { splitTarget, targetList, targetOptions, type SplitTarget, type Target } from './target-url'
import { Targets } from './targets'
import { OutputPictures } from '../stills/output-pictures'
import { OutputWriter } from './writer'

/** From the first live target to the first fill picture: long enough for the caller's own picture to come first. */
const FIRST_FILL_MS = 500
/** Parts of the five seconds of stop(): the encoders finish, the targets' queues leave, the pipelines stop. */
const FINISH_DEADLINE_MS = 1200
const DRAIN_DEADLINE_MS = 1300
const STOP_DEADLINE_MS = 2000

/**
 * An output: pictures and sound, encoded and sent to every target, each over its own connection: `rtmp://` and
 * `rtmps://` URLs, `srt://` URLs, and recordings. Targets that ask for no encode of their own share one.
 *
 * @example
 * await using output = new Output(['rtmp://localhost/live/out', 'srt://localhost:9000', record('/rec')], {
 *   width: 1280,
 *   height: 720,
 * })
 * await output.start()
 * await output.writeFrame(rgb) // Uint8Array of 1280 × 720 × 3
 */
export class Output implements AsyncDisposable, Observer<VideoFrame | FrameWithAudio | AudioChunk> {
  readonly #options: ResolvedOutputOptions
  readonly #targets: Targets
  readonly #writer: OutputWriter
  readonly #meters: Meters
  readonly #pictures: OutputPictures
  readonly #unsignal: () => void
  /** The worst of the targets' states: the present one first, then each change. Idle without targets. */
  readonly state$: Observable<StreamState>
  /** Whether at least one target is live: the present value first, then each change. */
  readonly onAir$: Observable<boolean>
  readonly #segments = new Subject<RecordedSegment>()
  /** Each finished segment of its recordings, and at the beginning those that an earlier process left torn. */
  readonly recording$: Observable<RecordedSegment> = this.#segments.asObservable()
  readonly #groups: EncodeGroups
  #phase: 'idle' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' = 'idle'
  #fault: RxGstError | null = null
  #started: Deferred<void> | null = null
  #stopping: Promise<void> | null = null

  /**
   * Checks the URLs and the options, and connects nothing yet. ERR_URL, ERR_OPTION, ERR_FRAME_SIZE (slate),
   * ERR_NAME_TAKEN (the same target twice).
   */
  constructor(target: Target | readonly Target[], options: OutputOptions) {
    this.#options = resolveOutputOptions(options)
    this.#targets = new Targets({
      onLive: () => this.#onLive(),
      onLost: error => this.#onLost(error),
      onSegment: segment => this.#segments.next(segment),
    })
    this.#writer = new OutputWriter({ options: this.#options, pacing: () => this.#runningPacing() })
    this.#pictures = new OutputPictures(this.#options)
    this.state$ = this.#targets.state$
    this.onAir$ = this.#targets.onAir$
    this.#meters = outputMeters(this.#options, {
      phase: () => this.state.phase,
      targets: this.#targets,
      stats: () => this.stats(),
      lastWrite: () => this.#groups.pacing.lastWrite,
    })
    const groupEvents = {
      targetsOf: (group: EncodeGroup) => this.#targets.of(group),
      onReady: (group: EncodeGroup) => (this.#pictures.open(this.#groups.pacing.pacer), this.#targets.connect(group)),
      onFailed: (group: EncodeGroup, error: RxGstError) => this.#onGroupFailed(group, error),
    }
    this.#groups = new EncodeGroups(this.#options, groupEvents, { meters: this.#meters })
    for (const one of targetList(target, this.#options.streamKey)) this.#add(one)
    checkMachine()
    this.onAir$.subscribe(onAir => this.#meters.setPhase(onAir ? 'live' : 'connecting'))
    this.#unsignal = onAbort(this.#options.signal, () => void this.stop())
  }

  /** The worst of the targets' present states. */
  get state(): StreamState {
    return this.#targets.state
  }

  /** Whether at least one target is live now. */
  get onAir(): boolean {
    return this.#targets.onAir
  }

  /** In order. */
  get targets(): readonly OutputTargetView[] {
    return this.#targets.list
  }

  /** Encoder, size and frame rate; null until start() has chosen an encoder. */
  get info(): OutputInfo | null {
    return outputInfo(this.#options, this.#groups, this.#targets)
  }

  /**
   * Resolves when the first target is live; the others go on connecting by themselves. Rejects when the first attempt
   * of every target has failed, or after connectTimeout: ERR_CONNECT_TIMEOUT, ERR_CONNECTION_REFUSED,
   * ERR_PUBLISH_REJECTED, ERR_NAME_IN_USE, ERR_MISSING_PLUGIN … With `reconnect: { first: true }` it waits until a
   * target is live, or until none can become live. An output starts once: ERR_ALREADY_STARTED afterwards.
   */
  async start(): Promise<void> {
    const { signal, connectTimeout, reconnect } = this.#options
    if (signal?.aborted) await abortable(Promise.resolve(), signal)
    if (this.#phase !== 'idle')
      throw new RxGstError('ERR_ALREADY_STARTED', `start() was called on an output that is ${this.#phase}`)
    this.#phase = 'starting'
    const started = (this.#started = deferred())
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
    const { connectTimeout, reconnect } = this.#options
    await this.#pictures.setOverlays(this.#options.overlay)
    // Without reconnect.first the deadline of start() covers this too.
    await this.#groups.start(reconnect?.first ? connectTimeout : Infinity)
  }

  #onLive(): void {
    if (this.#phase !== 'starting') return
    this.#phase = 'running'
    this.#groups.pacing.fillAfter(FIRST_FILL_MS)
    this.#started?.resolve()
  }

  /**
   * A target that fails does not end the output. On air the output goes on even without a live target, and fails when
   * no target can come back.
   */
  #onLost(error: RxGstError): void {
    const once = this.#phase === 'starting' && !this.#options.reconnect?.first
    if (once ? this.#targets.allTried : this.#targets.failed) this.#fail(error)
  }

  /** Its targets fail. The others go on, unless there are none. */
  #onGroupFailed(group: EncodeGroup, error: RxGstError): void {
    const { id, users } = group
    if (users > 0) this.#options.logger.error(`output: group ${id} has failed: ${error.code}: ${error.message}`)
    this.#targets.failGroup(group, error)
    // Where the other targets were refused, nothing is left that start() could wait for.
    this.#onLost(error)
  }

  /**
   * Adds a target, also while on air; one with an encode of its own connects when its encoder runs. ERR_URL,
   * ERR_OPTION; ERR_NAME_TAKEN: it is a target already; ERR_NOT_RUNNING.
   */
  addTarget(target: Target): void {
    if (this.#phase !== 'idle' && this.#phase !== 'starting') this.#mustRun()
    this.#add(splitTarget(target))
  }

  #add(split: SplitTarget): void {
    const options = targetOptions(split, this.#options)
    const target = this.#targets.make(split, options)
    this.#targets.add(target, this.#groups.join(options))
  }

  /**
   * Removes a target, with a goodbye to its server; the others go on. What it asks of its encode does not matter.
   * ERR_UNKNOWN_STREAM: it is no target.
   */
  async removeTarget(target: Target): Promise<void> {
    const group = await this.#targets.remove(splitTarget(target).address, DRAIN_DEADLINE_MS, STOP_DEADLINE_MS)
    if (group) await this.#groups.leave(group, STOP_DEADLINE_MS)
  }

  /**
   * Lays other overlays over what is sent, in place of those before; null: none. Resolves when they are unpacked, and
   * are seen from the next picture on. ERR_OPTION: no picture can be read.
   */
  async setOverlay(overlay: OutputOverlay | readonly OutputOverlay[] | null): Promise<void> {
    await this.#pictures.setOverlays(resolveOverlays(overlay))
  }

  /** Shows another slate from the next fill on, of the frames' size. ERR_OPTION, ERR_FRAME_SIZE, ERR_NOT_RUNNING. */
  setSlate(slate: PixelBytes): void {
    this.#runningPacing().setSlate(slate)
  }

  /**
   * Of all targets that ask for none of their own; one whose encoder takes none on air keeps its bitrate. ERR_OPTION:
   * also with adaptiveBitrate, or where the encoder that targets share is such a one.
   */
  setBitrate(bitrate: string | number): void {
    this.#mustRun()
    this.#groups.setBitrate(bitrate)
  }

  /**
   * The picture that went out last, also as a repeat or slate and with its overlays, as JPEG or PNG. ERR_NO_PICTURE:
   * none has within `timeout`; ERR_NOT_RUNNING, ERR_ABORTED, ERR_OPTION.
   */
  async snapshot(options: SnapshotOptions = {}): Promise<Uint8Array> {
    return this.#pictures.snapshot(options, () => this.#mustRun())
  }

  #fail(error: RxGstError): void {
    if (this.#phase !== 'starting' && this.#phase !== 'running') return
    this.#phase = 'failed'
    this.#fault = error
    this.#options.logger.error(`output: ${error.code}: ${error.message}`)
    this.#started?.reject(error)
    this.#targets.fail(error)
    this.#stopping = this.#end().finally(() => this.#segments.complete())
  }

  /** Sends what is queued, says goodbye to the servers, and stops. Resolves within 5 s. Idempotent. */
  async stop(): Promise<void> {
    if (this.#phase === 'stopping') return this.#stopping ?? undefined
    if (this.#phase === 'stopped') return
    const graceful = this.#phase === 'running'
    const earlier = this.#stopping
    this.#phase = 'stopping'
    this.#started?.reject(new RxGstError('ERR_ABORTED', 'stop() was called before the output was live'))
    this.#targets.markStopping()
    this.#stopping = (async () => {
      await earlier
      if (graceful) await this.#drain()
      if (!earlier) await this.#end()
      this.#targets.markStopped()
      this.#phase = 'stopped'
      this.#segments.complete()
    })()
    return this.#stopping
  }

  async #drain(): Promise<void> {
    const finished = this.#groups.finish().then(
      () => true,
      () => false,
    )
    if (!(await withAwakePatience(finished, FINISH_DEADLINE_MS, false)))
      this.#options.logger.warn('output: the encoder did not finish the queue in time')
    await this.#targets.drain(DRAIN_DEADLINE_MS)
  }

  async #end(): Promise<void> {
    this.#pictures.open(null)
    this.#unsignal()
    await Promise.all([this.#targets.end(STOP_DEADLINE_MS), this.#groups.stop(STOP_DEADLINE_MS, this.#fault)])
  }

  /** @internal For flv(). */
  readonly [FLV]: FlvSource = { join: listener => this.#groups.listen(listener), end$: this.recording$ }

  /** The same as stop(). */
  close(): Promise<void> {
    return this.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** For logs, as plain data. */
  toJSON(): { state: StreamState; info: OutputInfo | null; targets: StreamState[] } {
    return { state: this.state, info: this.info, targets: this.targets.map(({ state }) => state) }
  }

  /**
   * Writes a picture. Resolves when its memory has been copied, so that the caller may draw into it again. Does not
   * close the frame. ERR_NOT_RUNNING unless started; ERR_FRAME_SIZE when the picture is not width × height in its
   * format.
   */
  async writeFrame(frame: VideoFrame | PixelBytes, options: WriteOptions = {}): Promise<void> {
    await this.#writer.write(frame, undefined, options)
  }

  /** The same as writeFrame(). */
  writeFrameAsync(frame: VideoFrame | PixelBytes, options?: WriteOptions): Promise<void> {
    return this.writeFrame(frame, options)
  }

  /**
   * Writes a picture with sound of any length, which follows the earlier sound without a gap. Float32 (−1 … 1) or
   * Int16, interleaved, at the output's rate and channels. An AudioChunk may have another rate and other channels: it
   * is converted, and more channels are mixed down by their speakers (`channelMask`).
   */
  async writeFrameWithAudio(
    frame: VideoFrame | PixelBytes,
    audio: AudioChunk | Float32Array | Int16Array,
    options: WriteOptions = {},
  ): Promise<void> {
    await this.#writer.write(frame, audio ?? (null as never), options)
  }

  /**
   * Writes sound alone, which follows the earlier sound without a gap. Resolves when it has been copied; up to 10 s of
   * sound wait. Float32 (−1 … 1) or Int16, interleaved, at the output's rate and channels. An AudioChunk may have
   * others, and is converted. ERR_NOT_RUNNING, ERR_OPTION.
   */
  async writeAudio(audio: AudioChunk | Float32Array | Int16Array): Promise<void> {
    await this.#writer.writeAudio(audio)
  }

  /**
   * Writes a value and closes its frame afterwards, also when the value is dropped. Its own timestamp places it, so
   * picture and sound stay together when the source has another frame rate, or gaps, and also where they come one by
   * one: a picture never waits for its sound. `dropped`: the queue was full.
   */
  async writeAndClose(value: VideoFrame | FrameWithAudio | AudioChunk): Promise<{ dropped: boolean }> {
    return this.#writer.writeAndClose(value)
  }

  /**
   * The output as an RxJS observer owns its values: `capture.frames$.subscribe(output)` closes every frame. A full
   * queue drops the value and counts it. Errors go to the log, since an observer cannot return them.
   */
  readonly next = (value: VideoFrame | FrameWithAudio | AudioChunk): void => {
    this.writeAndClose(value).catch((error: unknown) => {
      const { code, message } = asRxGstError(error, 'the write failed')
      this.#options.logger.warn(`output: a value was not written: ${code}: ${message}`)
    })
  }

  /** The source has failed. The output goes on, and fills until stop() or until another source writes. */
  readonly error = (error: unknown): void => {
    this.#options.logger.warn(`output: its source failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  /** The source has completed. The output goes on. */
  readonly complete = (): void => {
    this.#options.logger.info('output: its source completed')
  }

  /**
   * Counters: pictures written, repeated as fill, too late for their slot, dropped by a full queue; packets that slow
   * or disconnected targets lost; encoded packets and bytes, filler among them; reconnects; those of each group.
   */
  stats(): OutputStats {
    return outputStats(this.#groups, this.#targets, this.#writer)
  }

  /** @internal For StreamMonitor. */
  [METER](metrics: readonly MetricName[]): Meter {
    return this.#meters.open(metrics)
  }

  #runningPacing(): Pacing {
    this.#mustRun()
    return this.#groups.pacing
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
