import { systemClock, type Clock } from '../../core/clock'
import { sleep, withPatience } from '../../core/deadline'
import { deferred } from '../../core/deferred'
import { asRxGstError, RxGstError } from '../../core/errors'
import type { ResolvedOutputOptions } from '../options'
import { native } from '../../addon/binding'
import type { FanoutStats, NativeFanout, NativeFiller, NativePacer, PacerStats, TargetStats } from '../../addon/output'
import { asksWhetherLive, bitrateProps, type EncoderElement } from '../../pipelines/encoder'
import type { Graph } from '../../pipelines/graph/graph'
import { watchEncoder } from './encoder-watch'
import { fanoutOptions, HANGING_STOP_MS, pacerOptions, REBUILD_STOP_MS } from './encoding-options'
import type { PacketSource } from '../record/packet-source'
import type { PacerWrite } from './write'
import { WriteQueue } from './write-queue'
import { encoderCandidates, outputCodec, type OutputCodec } from '../../pipelines/candidates'
import { ENCODING, encodingPipeline } from '../../pipelines/output'
import { RestartLimit } from './restart-limit'
import { CodecChoice } from '../codec/codec-choice'
import type { Meters } from '../../meter/meters'
import { ownGraph } from '../own-graph'
import { prepare } from '../../engine/prepare'
import { Runner } from '../../engine/runner'

/** Longest time that a device may take to open. */
const OPENING_DEADLINE_MS = 3000
/** Elements of the audio branch: when one of them fails, the video encoder is not at fault. */
const AUDIO_ELEMENT = /^(avenc_aac|aacparse|audioconvert|audio)/
type EncodingStats = PacerStats & FanoutStats & { dropped: number; rebuilt: number; filler: number }

/**
 * The encoding of an output: its pacer, its encoders and the fan-out to its targets. It starts once and ends once.
 * Encoders that fail are replaced by new ones: the pacer's clock goes on, and targets stay connected.
 */
export class Encoding implements PacketSource {
  readonly #options: ResolvedOutputOptions
  readonly #clock: Clock
  readonly #onFailed: (error: RxGstError) => void
  /** Meters of the output and of its connections. */
  readonly meters: Meters | null
  readonly #writes: WriteQueue
  readonly #finished = deferred()
  #runner: Runner | null = null
  #pacer: NativePacer | null = null
  #fanout: NativeFanout | null = null
  /** Absent unless the bitrate is constant ('cbr'). */
  #filler: NativeFiller | null = null
  #over: RxGstError | null = null
  #unmeter: (() => void) | null = null
  #lastWrite: { video: number | null; audio: number | null } = { video: null, audio: null }
  #restartLimit = new RestartLimit()
  readonly #graph: (encoder: EncoderElement) => Graph
  readonly #choice: CodecChoice
  /** The video encoder that runs; '' before it is chosen. */
  #encoder = ''
  /** Encoders whose device is being opened. */
  #opening: Runner | null = null
  #hangs = false
  #unwatch: (() => void) | null = null
  #bitrate: number
  #rebuilding = false
  /** False while new encoders begin: the pacer gives them nothing yet. */
  #attached = true
  #rebuilt = 0
  /** Those of the end, when nothing counts any more. */
  #final: EncodingStats | null = null

  /** @param graph makes the graph of each set of encoders */
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
    this.#writes = new WriteQueue(options)
    this.#graph = graph ?? (encoder => encodingPipeline(options, encoder, this.#bitrate))
    this.#choice = new CodecChoice('encoder', encoderCandidates(options.vcodec, options.gpuAcceleration), options)
    this.#bitrate = options.bitrate
  }

  get codec(): OutputCodec {
    return outputCodec(this.#options.vcodec)
  }

  /** Name of the video encoder's element; '' before it is chosen. */
  get encoder(): string {
    return this.#encoder
  }

  /** Why the encoder runs in software; null: it uses a device, or no device was asked for. */
  get encoderReason(): string | null {
    return this.#encoder === '' ? null : this.#choice.reason
  }

  /** null: before start() and after stop(). */
  get pacer(): NativePacer | null {
    return this.#pacer
  }

  /** Bitrate of the video at which the encoder aims, bit/s. */
  get bitrate(): number {
    return this.#bitrate
  }

  /**
   * Sets the bitrate of the encoder that runs, and of those that come later. ERR_PROPERTY_VALUE: the encoder does not
   * take it, and the bitrate stays.
   */
  setBitrate(bitrate: number): void {
    if (!this.#over && !this.#rebuilding)
      this.#runner?.set(ENCODING.encoder, Object.entries(bitrateProps(this.#encoder, bitrate)))
    this.#bitrate = bitrate
    this.#filler?.setBitrate(bitrate)
  }

  async start(): Promise<void> {
    const options = this.#options
    const runner = await this.#newEncoders()
    if (this.#over) throw this.#over
    const n = native()
    const [videoPackets, audioPackets] = [runner.element(ENCODING.videoPackets), runner.element(ENCODING.audioPackets)]
    this.#fanout = new n.Fanout(videoPackets, audioPackets, fanoutOptions(options))
    const [video, audio] = [runner.element(ENCODING.video), runner.element(ENCODING.audio)]
    this.#pacer = new n.Pacer(video, audio, pacerOptions(options), () => this.#onPacer())
    this.#instrument(runner, this.#pacer)
    this.#writes.open(this.#pacer)
    await this.#play(runner)
    this.#pacer.start()
  }

  /** New encoders, not yet running: with the best video encoder that has not failed. */
  async #newEncoders(): Promise<Runner> {
    for (;;) {
      try {
        if (!this.#choice.settled) await this.#choice.settle()
        return await this.#open(this.#choice.factory)
      } catch (error) {
        if (this.#over) throw this.#over
        const ours =
          error instanceof RxGstError && (error.element === this.#choice.factory || error.element === ENCODING.encoder)
        if (!ours || !this.#choice.fallBack(error, this.#worked)) throw error
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
    if (asksWhetherLive(factory)) native().answerAsLive(runner.element(ENCODING.encoder))
    // A card has a limited number of sessions; whether one is free shows when the device is opened.
    if (this.#choice.isHardware) {
      this.#opening = runner
      const ready = await withPatience(runner.setState('READY'), OPENING_DEADLINE_MS, null, this.#clock)
      this.#opening = null
      runner.poll()
      if (this.#over || !ready || refused) {
        await runner.stop(REBUILD_STOP_MS)
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

  /** Watches a device, since one that hangs raises no error. */
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

  /** Whether the encoder has ever given a packet. */
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
   * Encoders failed: others take over while the clock goes on. The encoding fails only if no encoder ever worked, or
   * if they fail again and again.
   */
  #lose(runner: Runner, error: RxGstError): void {
    if (this.#over || runner !== this.#runner || this.#rebuilding) return
    const delay = this.#nextEncoders(error)
    if (delay === null) return this.#fail(error)
    this.#options.logger.error(`output: ${error.code}: ${error.message}; new encoders take over`)
    this.#rebuilding = true
    this.#rebuild(runner, delay).catch((reason: unknown) => {
      if (!this.#over) this.#fail(asRxGstError(reason, 'the encoders could not be built'))
    })
  }

  /**
   * Milliseconds until other encoders take over; null: none does. A device that failed is not used again while the
   * stream is on air. Software is: most often something else made it fail.
   */
  #nextEncoders(error: RxGstError): number | null {
    const worked = this.#worked
    const audio = error.element !== null && AUDIO_ELEMENT.test(error.element)
    if (this.#choice.isHardware && !audio && this.#choice.fallBack(error, worked)) return 0
    if (!worked || !error.retryable || !this.#options.reconnect) return null
    const delay = this.#restartLimit.next(this.#clock.now())
    if (delay !== null || !this.#choice.fallBack(error, true)) return delay
    this.#restartLimit = new RestartLimit()
    return 0
  }

  async #rebuild(old: Runner, delay: number): Promise<void> {
    this.#unwatch?.()
    this.#unmeter?.()
    // The pacer's thread may wait for the old encoders, which may never return.
    this.#attached = false
    this.#pacer?.detach()
    await old.stop(this.#hangs ? HANGING_STOP_MS : REBUILD_STOP_MS)
    this.#hangs = false
    if (delay > 0) await sleep(delay, this.#clock)
    if (this.#over) return
    const oldBitrate = this.#bitrate
    const runner = await this.#newEncoders()
    if (this.#over) return
    this.#rebuilding = false
    if (this.#bitrate !== oldBitrate) this.setBitrate(this.#bitrate)
    this.#fanout!.attach(runner.element(ENCODING.videoPackets), runner.element(ENCODING.audioPackets))
    if (this.#pacer) this.#instrument(runner, this.#pacer)
    await this.#play(runner)
    // This set failed meanwhile, and the next one is on its way.
    if (runner !== this.#runner || this.#rebuilding) return
    this.#rebuilt++
    this.#attached = true
    this.#pacer?.attach(runner.element(ENCODING.video), runner.element(ENCODING.audio))
  }

  /**
   * Attaches stamps, filler and meters, before data flows. Stamps and filler come first, so that a meter counts them
   * as a server does.
   */
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

  /** `performance.now()` of the last picture and of the last sound that were written. */
  get lastWrite(): { readonly video: number | null; readonly audio: number | null } {
    return this.#lastWrite
  }

  /** Starts the fill when no picture has been written within `ms`. Without this call nothing is filled. */
  fillAfter(ms: number): void {
    this.#pacer?.fillAfter(ms)
  }

  /**
   * Resolves with true when the write's memory has been copied, with false when the write was dropped. Waits while the
   * queue is full, with the policy 'block'.
   */
  write(write: PacerWrite): Promise<boolean> {
    const now = this.#clock.now()
    if (write.pixels) this.#lastWrite.video = now
    if (write.samples) this.#lastWrite.audio = now
    return this.#writes.write(write)
  }

  /** Whether a write would have to wait now. */
  get full(): boolean {
    return this.#writes.full
  }

  /** The pacer has room again, or has failed. */
  #onPacer(): void {
    if (!this.#pacer) return
    this.#writes.resume()
    const failure = this.#pacer?.failure() ?? null
    if (failure === 'ended') this.#finished.resolve()
    else if (failure === 'broken' && this.#attached && this.#runner) {
      // The encoder's own error, which says more, may wait on the bus.
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
    this.#writes.close(error)
    this.#finished.resolve()
  }

  /**
   * Adds a target, which begins with the next keyframe, and requests that keyframe. Returns the target's number.
   * @param add adds it, and returns its number
   */
  addTarget(add: (fanout: NativeFanout) => number): number {
    const id = add(this.#fanout!)
    if ((this.#fanout!.stats().videoPackets ?? 0) > 0) this.#runner?.requestKeyframe(ENCODING.encoder)
    return id
  }

  /**
   * With `end` the packets in the target's queue still leave, then end-of-stream. Without, they are lost; returns how
   * many.
   */
  removeTarget(id: number, end: boolean): number {
    return this.#fanout?.remove(id, end) ?? 0
  }

  targetStats(id: number): TargetStats | null {
    return this.#fanout?.stats(id) ?? null
  }

  stats(): EncodingStats | null {
    if (this.#final) return this.#final
    const pacer = this.#pacer?.stats()
    const fanout = this.#fanout?.stats()
    const own = { dropped: this.#writes.dropped, rebuilt: this.#rebuilt, filler: this.#filler?.bytes() ?? 0 }
    return pacer && fanout ? { ...pacer, ...fanout, ...own } : null
  }

  /** Encodes the queued pictures and sound, then end-of-stream; resolves when that has left the encoders. */
  async finish(): Promise<void> {
    if (!this.#pacer || this.#over) return
    this.#fanout?.finish()
    this.#pacer.finish()
    await this.#finished.promise
  }

  /** Rejects the writes that wait with `reason`. */
  async stop(deadline: number, reason: RxGstError | null = null): Promise<void> {
    this.#end(reason ?? new RxGstError('ERR_NOT_RUNNING', 'the output was stopped'))
    this.#unwatch?.()
    this.#unmeter?.()
    this.#filler?.close()
    this.#fanout?.close()
    // The pacer's thread may wait for an encoder that does not return.
    this.#pacer?.detach()
    const stopped = Promise.all([this.#runner?.stop(deadline), this.#opening?.stop(deadline)])
    const last = this.stats()
    this.#final = last && { ...last, queued: 0 }
    this.#pacer?.close()
    this.#pacer = null
    await stopped
  }
}
