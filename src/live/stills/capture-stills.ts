import { firstValueFrom, fromEvent, takeUntil, type Observable } from 'rxjs'
import '../../core/dispose'
import { systemClock } from '../../core/clock'
import { abortable, sleep, withDeadline } from '../../core/deadline'
import { RxGstError } from '../../core/errors'
import { resolveSnapshot, type ResolvedSnapshot, type SnapshotOptions } from '../../core/pictures/still-options'
import type { CaptureInfo, Logger, StreamState, VideoFrame } from '../../core/types'
import type { NativeStill } from '../../addon/stills'
import { load } from '../../engine/prepare'
import { stillBytes, stillDesk } from '../../observables/stills/still-desk'
import { decoderCandidates } from '../../pipelines/candidates'
import { resolveView, TapView, type CaptureView, type ViewOptions } from './capture-view'
import { checkShareName, resolveShare, TapShare, type CaptureShare, type ShareOptions } from './capture-share'
import { notDecoded } from '../capture/readers'
import { PictureTaps, type PictureTap } from './picture-taps'

/** How often a connection without a picture is looked at. */
const LOOK_MS = 20

/** What a capture shows besides its frames: single pictures, and views. */
export abstract class CaptureStills implements AsyncDisposable {
  /** @internal Where the present connection gives pictures. */
  protected readonly taps = new PictureTaps()
  /** The present state. */
  abstract get state(): StreamState
  /** @internal Whether pictures are decoded. */
  protected abstract readonly showsPictures: boolean
  /** @internal */
  protected abstract readonly logger: Logger
  /** What the live stream carries now. */
  abstract get info(): CaptureInfo | null
  /** What the stream carries besides. Ends with the capture. */
  abstract readonly data$: Observable<unknown>

  /** Stops the stream. */
  abstract stop(): Promise<void>

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /**
   * The capture's pictures in another size, rate or format, as frames$ of the view: a small grey one for an analysis
   * beside the full one, say. One decoder serves all, and a picture is converted for a view only while somebody
   * subscribes. Views live across reconnects and end with the capture. `fps` of the capture bounds theirs. Their
   * frames$ is ERR_NOT_DECODED with `decode: false` or `video: false`.
   *
   * @example
   * const small = capture.view({ width: 160, fps: 5, format: 'GRAY8' })
   * small.frames$.pipe(latest(detectMotion)).subscribe(console.log)
   */
  view(options: ViewOptions = {}): CaptureView {
    return new TapView(resolveView(options), this.taps, () => this.data$, this.showsPictures)
  }

  /**
   * The capture's pictures for other processes, in shared memory that they read without a copy: a model in Python, say.
   * Native threads write them; this process does no work for a reader, and never waits for one. The share lives across
   * reconnects and ends with the capture. ERR_OPTION; ERR_NAME_TAKEN: a process that runs has the name; ERR_SHARE:
   * there is no shared memory; ERR_NOT_DECODED; ERR_NOT_RUNNING: the capture has ended.
   *
   * @example
   * capture.share('camera', { width: 640, fps: 10, format: 'BGR' })
   * // and elsewhere: python3 examples/read_shared.py camera
   */
  share(name: string, options: ShareOptions = {}): CaptureShare {
    const [checked, resolved] = [checkShareName(name), resolveShare(options)]
    if (!this.showsPictures) throw notDecoded()
    if (this.state.phase !== 'idle') this.#mustRun()
    const warn = (text: string): void => this.logger.warn(text)
    return new TapShare(checked, resolved, { taps: this.taps, ends: this.data$, warn })
  }

  /**
   * One picture of the running stream as JPEG or PNG: the next one that is decoded; where nothing is decoded the last
   * keyframe, which is decoded for it. Size: see StillSize. ERR_NO_PICTURE after `timeout` says why there is none;
   * ERR_NOT_RUNNING, ERR_ABORTED, ERR_OPTION.
   *
   * @example await writeFile('now.jpg', await capture.snapshot({ width: 320 }))
   */
  async snapshot(options: SnapshotOptions = {}): Promise<Uint8Array> {
    const asked = resolveSnapshot(options)
    this.#mustRun()
    const given = new AbortController()
    const leave = this.taps.watch()
    try {
      const late = (): Error => this.#noPicture(asked.timeout)
      return await withDeadline(abortable(this.#still(asked, given.signal), asked.signal), asked.timeout, late)
    } finally {
      leave()
      given.abort()
    }
  }

  /** Goes on until there is a picture or nobody waits any more. */
  async #still(asked: ResolvedSnapshot, given: AbortSignal): Promise<Uint8Array> {
    while (!given.aborted) {
      const tap = this.taps.now
      if (tap?.video) return this.#next(asked, given)
      const still = tap?.keeper?.age() != null ? await decoded(tap, asked) : null
      if (still) return still
      await sleep(LOOK_MS, systemClock)
      this.#mustRun()
    }
    return new Uint8Array(0)
  }

  /** The next picture, converted once: only to the size that is asked for. */
  async #next({ still }: ResolvedSnapshot, given: AbortSignal): Promise<Uint8Array> {
    const { format, quality, width, height } = still
    const options = { format: 'I420', width, height, fps: 0, capacity: 1 } as const
    const view = new TapView(options, this.taps, () => this.data$, true)
    const frame = await firstFrame(view, given)
    if (!frame) throw this.#ended()
    using one = frame
    const size = { ...(width > 0 && { width }), ...(height > 0 && { height }) }
    return await (format === 'png' ? one.toPNG(size) : one.toJPEG({ ...size, quality }))
  }

  #mustRun(): void {
    const { phase } = this.state
    if (phase === 'idle') throw new RxGstError('ERR_NOT_RUNNING', 'call start() first')
    if (phase === 'stopping' || phase === 'stopped' || phase === 'failed') throw this.#ended()
  }

  #ended(): RxGstError {
    const { phase, reason } = this.state
    const why = phase === 'failed' ? `the capture has failed with ${reason}` : 'the capture was stopped'
    return new RxGstError('ERR_NOT_RUNNING', why)
  }

  #noPicture(timeout: number): RxGstError {
    const { phase, reason } = this.state
    const { now } = this.taps
    const why = (): string => {
      if (phase !== 'live') return `the capture is ${phase}${reason === null ? '' : ` (${reason})`}`
      if (this.info && !this.info.video) return 'the stream has no pictures'
      if (now?.keeper) return 'nothing is decoded, and no keyframe has come yet'
      return 'the stream is live, but gives none'
    }
    return new RxGstError('ERR_NO_PICTURE', `no picture within ${timeout} ms: ${why()}`)
  }
}

/** null: the capture has ended, or nobody waits any more. */
function firstFrame(view: CaptureView, given: AbortSignal): Promise<VideoFrame | null> {
  return firstValueFrom(view.frames$.pipe(takeUntil(fromEvent(given, 'abort'))), { defaultValue: null })
}

/** The kept keyframe; null: it has gone meanwhile. */
async function decoded({ keeper, codec }: PictureTap, { still }: ResolvedSnapshot): Promise<Uint8Array | null> {
  const candidates = decoderCandidates(false, codec() ?? 'h264').map(({ factory }) => factory)
  const missing = await load(candidates)
  const decoder = candidates.find(factory => !missing.includes(factory)) ?? candidates[0]!
  const made: NativeStill | 'full' | null = stillDesk().decode(keeper!, decoder, still)
  try {
    return made === null ? null : await stillBytes(made)
  } catch (error) {
    if (!(error instanceof RxGstError) || error.code !== 'ERR_ENCODE') throw error
    throw new RxGstError('ERR_DECODE', `the last keyframe cannot be decoded: ${error.message}`, { cause: error })
  }
}
