import { systemClock, type Clock } from '../../core/clock'
import { sleep, withPatience } from '../../core/deadline'
import { deferred } from '../../core/deferred'
import { asRxGstError, RxGstError } from '../../core/errors'
import type { ResolvedOutputOptions } from '../options'
import { native } from '../../addon/binding'
import type { ElementHandle } from '../../addon/gst'
import type { FanoutStats, NativeFanout, NativeFiller, NativePacer, PacerStats, TargetStats } from '../../addon/output'
import { bitrateProps, type EncoderElement } from '../../pipelines/encoder'
import type { Graph } from '../../pipelines/graph/graph'
import { watchEncoder } from './encoder-watch'
import { fanoutOptions, pacerOptions } from './encoding-options'
import type { PacerWrite } from './write'
import { encoderCandidates } from '../../pipelines/candidates'
import { ENCODING, encodingPipeline } from '../../pipelines/output'
import { RestartLimit } from './restart-limit'
import { CodecChoice } from '../codec/codec-choice'
import type { Meters } from '../../meter/meters'
import { ownGraph } from '../own-graph'
import { prepare } from '../../engine/prepare'
import { Runner } from '../../engine/runner'

/** A write that waits for room. */
interface WaitingWrite {
  readonly write: PacerWrite
  readonly resolve: (taken: boolean | Promise<boolean>) => void
  readonly reject: (error: Error) => void
}

/** Writes that may wait for room; one that awaits each has one. */
const MOST_WAITING = 1000

/** A device that is opened, ms. */
const OPENING_DEADLINE = 3000
/** The elements of the sound: their failure is no encoder's of pictures. */
const AUDIO = /^(avenc_aac|aacparse|audioconvert|audio)/
/** Encoders that failed have this long to let go of their device, ms. */
const REBUILD_STOP = 1000
/** A device that does not return will not do so for being asked to stop, and targets wait, ms. */
const HANGING_STOP = 50

/**
 * What an output encodes: its timeline, its encoders and the hand-over to its targets. Starts once, ends once. Encoders
 * that fail on the way are made anew: the timeline goes on, targets stay connected.
 */
export class Encoding {
  readonly #options: ResolvedOutputOptions
  readonly #clock: Clock
  readonly #onFailed: (error: RxGstError) => void
  /** Who measures the output looks here, also at its connections. */
  readonly meters: Meters | null
  readonly #waiting: WaitingWrite[] = []
  readonly #finished = deferred()
  #runner: Runner | null = null
  #pacer: NativePacer | null = null
  #fanout: NativeFanout | null = null
  /** Where the bitrate is constant. */
  #filler: NativeFiller | null = null
  #over: RxGstError | null = null
  #dropped = 0
  #unmeter: (() => void) | null = null
  #lastWrite: { video: number | null; audio: number | null } = { video: null, audio: null }
  #restartLimit = new RestartLimit()
  readonly #graph: (encoder: EncoderElement) => Graph
  readonly #choice: CodecChoice
  /** Of the set that runs. */
  #encoder = ''
  /** A set whose device is being opened. */
  #opening: Runner | null = null
  #hangs = false
  #unwatch: (() => void) | null = null
  #bitrate: number
  #rebuilding = false
  /** Whether the pictures go to the set that runs: not while another one begins. */
  #attached = true
  #rebuilt = 0

  /** `graph` is asked for each set of encoders. */
  constructor(
    options: ResolvedOutputOptions,
    onFailed: (error: RxGstError) => void,
    graph?: (encoder: EncoderElement) => Graph,
    meters: Meters | null = null,
    clock: Clock = systemClock,
  ) {
    this.#clock = clock
    this.meters = meters
    this.#options = options
    this.#onFailed = onFailed
    this.#graph = graph ?? (encoder => encodingPipeline(options, encoder, this.#bitrate))
    this.#choice = new CodecChoice('encoder', encoderCandidates(options.vcodec, options.gpuAcceleration), options)
    this.#bitrate = options.bitrate
  }

  /** The element; '' before it is chosen. */
  get encoder(): string {
    return this.#encoder
  }

  /** Why it is software's; null: it is not, or nothing else was asked for. */
  get encoderReason(): string | null {
    return this.#encoder === '' ? null : this.#choice.reason
  }

  /** Of the video, bit/s; its encoder aims at it. */
  get bitrate(): number {
    return this.#bitrate
  }

  /** While it plays, and for encoders that are made later. ERR_PROPERTY_VALUE where they do not take it: it stays. */
  setBitrate(bitrate: number): void {
    if (!this.#over && !this.#rebuilding)
      this.#runner?.set(ENCODING.encoder, Object.entries(bitrateProps(this.#encoder, bitrate)))
    this.#bitrate = bitrate
    this.#filler?.setBitrate(bitrate)
  }

  async start(): Promise<void> {
    const options = this.#options
    const runner = await this.#encoders()
    if (this.#over) throw this.#over
    const n = native()
    const [videoPackets, audioPackets] = [runner.element(ENCODING.videoPackets), runner.element(ENCODING.audioPackets)]
    this.#fanout = new n.Fanout(videoPackets, audioPackets, fanoutOptions(options))
    const [video, audio] = [runner.element(ENCODING.video), runner.element(ENCODING.audio)]
    this.#pacer = new n.Pacer(video, audio, pacerOptions(options), () => this.#hear())
    this.#instrument(runner, this.#pacer)
    await this.#play(runner)
    this.#pacer.start()
  }

  /** A new set, not yet running, of the best encoder that is left. */
  async #encoders(): Promise<Runner> {
    for (;;) {
      try {
        if (!this.#choice.settled) await this.#choice.settle()
        return await this.#open(this.#choice.factory)
      } catch (error) {
        if (this.#over) throw this.#over
        const ours =
          error instanceof RxGstError && (error.element === this.#choice.factory || error.element === ENCODING.encoder)
        if (!ours || !this.#choice.fall(error, this.#worked)) throw error
      }
    }
  }

  async #open(factory: string): Promise<Runner> {
    const graph = this.#graph({ factory })
    await prepare(graph)
    if (this.#over) throw this.#over
    let refused: RxGstError | null = null
    const runner: Runner = new Runner(ownGraph(graph, this.#options.logger), {
      secrets: [],
      clock: this.#clock,
      logger: this.#options.logger,
      wasLive: () => true,
      onError: error => {
        refused ??= error
        this.#lose(runner, error)
      },
      onEos: () => this.#finished.resolve(),
    })
    // Cards take so many sessions and no more; whether there is one left shows when the device is opened.
    if (this.#choice.isHardware) {
      this.#opening = runner
      const ready = await withPatience(runner.setState('READY'), OPENING_DEADLINE, null, this.#clock)
      this.#opening = null
      runner.poll()
      if (this.#over || !ready || refused) {
        await runner.stop(REBUILD_STOP)
        if (this.#over) throw this.#over
        const why =
          ready === null ? `${factory} cannot be opened: its driver does not return` : `${factory} cannot be opened`
        throw new RxGstError('ERR_ENCODE', (refused as RxGstError | null)?.message ?? why, { element: factory })
      }
    }
    this.#runner = runner
    this.#encoder = factory
    if (this.#choice.isHardware) this.#watch(runner, factory)
    return runner
  }

  /** A device that hangs raises no error. */
  #watch(runner: Runner, factory: string): void {
    this.#unwatch?.()
    const heldUp = (): boolean => this.#fanout?.stats().waiting ?? false
    const unwatch = watchEncoder(runner, heldUp, this.#clock, () => {
      this.#unwatch?.()
      this.#hangs = true
      this.#lose(runner, new RxGstError('ERR_ENCODE', `${factory} gives no packets any more`, { element: factory }))
    })
    this.#unwatch = () => {
      this.#unwatch = null
      unwatch()
    }
  }

  get #worked(): boolean {
    return (this.#fanout?.stats().videoPackets ?? 0) > 0
  }

  async #play(runner: Runner): Promise<void> {
    const ok = await runner.setState('PLAYING')
    runner.poll()
    if (!ok && !this.#over)
      this.#lose(
        runner,
        new RxGstError('ERR_STATE_CHANGE', 'the encoding pipeline did not start', { element: this.encoder }),
      )
    if (this.#over) throw this.#over
  }

  /**
   * Encoders failed: others take over while the clock goes on, unless none ever worked, or these fail again and again.
   */
  #lose(runner: Runner, error: RxGstError): void {
    if (this.#over || runner !== this.#runner || this.#rebuilding) return
    const delay = this.#nextEncoders(error)
    if (delay === null) return this.#fail(error)
    this.#options.logger.error(`output: ${error.code}: ${error.message}; its encoders are made anew`)
    this.#rebuilding = true
    this.#rebuild(runner, delay).catch((reason: unknown) => {
      if (!this.#over) this.#fail(asRxGstError(reason, 'the encoders could not be built'))
    })
  }

  /**
   * The delay before others take over, ms; null: none will. A device gets no second chance while a stream is on air;
   * the processor does, since it most often failed over something else.
   */
  #nextEncoders(error: RxGstError): number | null {
    const worked = this.#worked
    const audio = error.element !== null && AUDIO.test(error.element)
    if (this.#choice.isHardware && !audio && this.#choice.fall(error, worked)) return 0
    if (!worked || !error.retryable || !this.#options.reconnect) return null
    const delay = this.#restartLimit.next(this.#clock.now())
    if (delay !== null || !this.#choice.fall(error, true)) return delay
    this.#restartLimit = new RestartLimit()
    return 0
  }

  async #rebuild(old: Runner, delay: number): Promise<void> {
    this.#unwatch?.()
    this.#unmeter?.()
    // The pacer's thread may be waiting for them, and they may never return.
    this.#attached = false
    this.#pacer?.detach()
    await old.stop(this.#hangs ? HANGING_STOP : REBUILD_STOP)
    this.#hangs = false
    if (delay > 0) await sleep(delay, this.#clock)
    if (this.#over) return
    const begun = this.#bitrate
    const runner = await this.#encoders()
    if (this.#over) return
    this.#rebuilding = false
    if (this.#bitrate !== begun) this.setBitrate(this.#bitrate)
    this.#fanout!.attach(runner.element(ENCODING.videoPackets), runner.element(ENCODING.audioPackets))
    if (this.#pacer) this.#instrument(runner, this.#pacer)
    await this.#play(runner)
    // It failed meanwhile, and others are on their way.
    if (runner !== this.#runner || this.#rebuilding) return
    this.#rebuilt++
    this.#attached = true
    this.#pacer?.attach(runner.element(ENCODING.video), runner.element(ENCODING.audio))
  }

  /** Before data flows. First the stamps and filler, so that a meter counts them as a server does. */
  #instrument(runner: Runner, pacer: NativePacer): void {
    const at = (name: string, pad: string) => ({ element: runner.element(name), pad })
    if (this.#options.stampLatency) pacer.stamp(runner.element(ENCODING.videoPackets))
    if (this.#options.rateControl === 'cbr') {
      this.#filler ??= new (native().Filler)(this.#bitrate)
      this.#filler.attach(runner.element(ENCODING.videoPackets))
    }
    const packets = [at(ENCODING.videoPackets, 'sink'), at(ENCODING.audioPackets, 'sink')]
    const points = { packets, pictures: [at(ENCODING.video, 'src')], audio: [at(ENCODING.audio, 'src')], pacer }
    this.#unmeter = this.meters?.attach(points) ?? null
  }

  /** `performance.now()` of the last picture and the last sound that were written. */
  get lastWrite(): { readonly video: number | null; readonly audio: number | null } {
    return this.#lastWrite
  }

  /** Pictures begin by themselves when none has been written in `ms`; not before it was called. */
  fillAfter(ms: number): void {
    this.#pacer?.fillAfter(ms)
  }

  /**
   * Resolves when the picture has been taken over; waits where the queue is full and the policy is 'block'. False: it
   * was dropped.
   */
  write(write: PacerWrite): Promise<boolean> {
    const now = this.#clock.now()
    if (write.pixels) this.#lastWrite.video = now
    if (write.samples) this.#lastWrite.audio = now
    return (this.#waiting.length > 0 ? null : this.#admit(write)) ?? this.#wait(write)
  }

  /** Whether a write would have to wait now. */
  get full(): boolean {
    return this.#waiting.length > 0 || (this.#pacer?.stats()?.queued ?? 0) >= this.#options.bufferSize
  }

  #wait(write: PacerWrite): Promise<boolean> {
    if (this.#options.dropPolicy === 'newest' && write.pixels) {
      this.#dropped++
      return Promise.resolve(false)
    }
    if (this.#waiting.length >= MOST_WAITING) {
      const what = `${MOST_WAITING} writes are waiting already: await them`
      return Promise.reject(new RxGstError('ERR_WRITE_OVERFLOW', what))
    }
    return new Promise((resolve, reject) => this.#waiting.push({ write, resolve, reject }))
  }

  /** null: there is no room. */
  #admit(write: PacerWrite): Promise<boolean> | null {
    if (this.#over) return Promise.reject(this.#over)
    const { pixels, format, timing, timestamp, samples, rate, channels, channelMask = 0 } = write
    const taken = this.#pacer?.write(pixels, format, timing, timestamp, samples, rate, channels, channelMask) ?? 'over'
    switch (taken) {
      case 'full':
        return null
      case 'wrong-size': {
        const what = 'the picture was shrunk or transferred away while its write waited'
        return Promise.reject(new RxGstError('ERR_FRAME_SIZE', what))
      }
      case 'over':
        return Promise.reject(new RxGstError('ERR_NOT_RUNNING', 'the output was stopped'))
      default:
        return taken
    }
  }

  /** The pacer has room again, or has failed. */
  #hear(): void {
    if (!this.#pacer) return
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const taken = this.#admit(first.write)
      if (!taken) break
      this.#waiting.shift()
      first.resolve(taken)
    }
    const failure = this.#pacer?.failure() ?? null
    if (failure === 'ended') this.#finished.resolve()
    else if (failure === 'broken' && this.#attached && this.#runner) {
      // The encoder has said why, on the bus.
      const runner = this.#runner
      runner.poll()
      this.#lose(runner, new RxGstError('ERR_ENCODE', 'the encoder takes no more pictures', { element: this.encoder }))
    }
  }

  #fail(error: RxGstError): void {
    if (this.#over) return
    this.#end(error)
    this.#onFailed(error)
  }

  #end(error: RxGstError): void {
    this.#over ??= error
    this.#pacer?.reject(error)
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
    this.#finished.resolve()
  }

  /** From the next keyframe on, which is asked for now, packets go to this appsrc as FLV tags. */
  addTarget(appsrc: ElementHandle): number {
    const id = this.#fanout!.add(appsrc)
    if ((this.#fanout!.stats().videoPackets ?? 0) > 0) this.#runner?.requestKeyframe(ENCODING.videoPackets)
    return id
  }

  /** With `end` what it has got leaves, followed by end-of-stream. Returns how many packets are lost otherwise. */
  removeTarget(id: number, end: boolean): number {
    return this.#fanout?.remove(id, end) ?? 0
  }

  targetStats(id: number): TargetStats | null {
    return this.#fanout?.stats(id) ?? null
  }

  stats(): (PacerStats & FanoutStats & { dropped: number; rebuilt: number; filler: number }) | null {
    const pacer = this.#pacer?.stats()
    const fanout = this.#fanout?.stats()
    const own = { dropped: this.#dropped, rebuilt: this.#rebuilt, filler: this.#filler?.bytes() ?? 0 }
    return pacer && fanout ? { ...pacer, ...fanout, ...own } : null
  }

  /** Sends what is queued, then end-of-stream; resolves when it is through the encoders. */
  async finish(): Promise<void> {
    if (!this.#pacer || this.#over) return
    this.#fanout?.finish()
    this.#pacer.finish()
    await this.#finished.promise
  }

  /** What is still pending is rejected with `reason`. */
  async stop(deadline: number, reason: RxGstError | null = null): Promise<void> {
    this.#end(reason ?? new RxGstError('ERR_NOT_RUNNING', 'the output was stopped'))
    this.#unwatch?.()
    this.#unmeter?.()
    this.#filler?.close()
    this.#fanout?.close()
    // Its thread may be waiting for an encoder that does not return.
    this.#pacer?.detach()
    const stopped = Promise.all([this.#runner?.stop(deadline), this.#opening?.stop(deadline)])
    this.#pacer?.close()
    this.#pacer = null
    await stopped
  }
}
