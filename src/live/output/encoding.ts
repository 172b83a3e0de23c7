import { systemClock, type Clock } from '../../core/clock'
import { sleep, withPatience } from '../../core/deadline'
import { deferred } from '../../core/deferred'
import { asRxGstError, RxGstError, type ErrorCode } from '../../core/errors'
import type { ResolvedOutputOptions } from '../options'
import { native } from '../../addon/binding'
import type { FanoutStats, NativeFanout, NativeFiller, TargetStats } from '../../addon/output'
import { asksWhetherLive, bitrateProps, type EncoderElement } from '../../pipelines/encoder'
import type { Graph } from '../../pipelines/graph/graph'
import { watchEncoder } from './encoder-watch'
import { fanoutOptions, HANGING_STOP_MS, REBUILD_STOP_MS } from './encoding-options'
import type { AudioEncoding } from './groups/audio-encoding'
import { Outlet, play } from './groups/outlet'
import type { Pacing } from './groups/pacing'
import { encoderCandidates, type OutputCodec } from '../../pipelines/candidates'
import type { PacketSource } from '../record/packet-source'
import { ENCODING, encodingPipeline } from '../../pipelines/output'
import { RestartLimit } from './restart-limit'
import { CodecChoice } from '../codec/codec-choice'
import type { Meters, PadPoint } from '../../meter/meters'
import { ownGraph } from '../own-graph'
import { prepare } from '../../engine/prepare'
import { Runner } from '../../engine/runner'

/** Longest time that a device may take to open. */
const OPENING_DEADLINE_MS = 3000
type EncodingStats = FanoutStats & { dropped: number; rebuilt: number; filler: number }

/** What an encoding is a part of. */
export interface EncodingHost {
  readonly pacing: Pacing
  readonly audio: AudioEncoding
  /** Meters of the output and of its connections. */
  readonly meters: Meters | null
  readonly clock?: Clock
  /** The points for meters have changed; new ones carry nothing yet. */
  onPoints(): void
  /** No encoder works any more. */
  onFailed(error: RxGstError): void
  /** A target has joined: all encodings of the output make a keyframe of the same picture. */
  requestKeyframe(): void
}

/**
 * The encoding of a group of targets: its encoder, which takes pictures of the pacer, and the fan-out to the targets.
 * It starts once and ends once. An encoder that fails is replaced by a new one: the pacer's clock goes on, and targets
 * stay connected.
 */
export class Encoding implements PacketSource {
  readonly #options: ResolvedOutputOptions
  readonly #host: EncodingHost
  readonly #clock: Clock
  readonly #finished = deferred()
  /** Its way from the pacer. */
  readonly #outlet: Outlet
  #runner: Runner | null = null
  #fanout: NativeFanout | null = null
  /** Absent unless the bitrate is constant ('cbr'). */
  #filler: NativeFiller | null = null
  #over: RxGstError | null = null
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
  #rebuilt = 0
  /** Those of the end, when nothing counts any more. */
  #final: EncodingStats | null = null

  /** @param graph makes the graph of each encoder */
  constructor(options: ResolvedOutputOptions, host: EncodingHost, graph?: (encoder: EncoderElement) => Graph) {
    this.#clock = host.clock ?? systemClock
    this.#options = options
    this.#host = host
    this.#graph = graph ?? (encoder => encodingPipeline(options, encoder, this.#bitrate, host.pacing.shape))
    const { vcodec, gpuAcceleration, codec } = options
    this.#choice = new CodecChoice('encoder', encoderCandidates(vcodec, gpuAcceleration, codec), options)
    this.#bitrate = options.bitrate
    this.#outlet = new Outlet(host.pacing, 'pictures', options.every, {
      onEnded: () => this.#finished.resolve(),
      onBroken: runner => this.#lose(runner, this.#failure('ERR_ENCODE', 'the encoder takes no more pictures')),
    })
  }

  get meters(): Meters | null {
    return this.#host.meters
  }

  get codec(): OutputCodec {
    return this.#options.codec
  }

  /** Name of the video encoder's element; '' before it is chosen. */
  get encoder(): string {
    return this.#encoder
  }

  /** Why the encoder runs in software; null: it uses a device, or no device was asked for. */
  get encoderReason(): string | null {
    return this.#encoder === '' ? null : this.#choice.reason
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

  /** Its encoder runs when this resolves, and gets pictures. */
  async start(): Promise<void> {
    const { audio } = this.#host
    const started = audio.start()
    // Handled below, also if this encoder fails first.
    started.catch(() => {})
    const runner = await this.#newEncoders()
    if (this.#over) throw this.#over
    this.#fanout = new (native().Fanout)(runner.element(ENCODING.videoPackets), fanoutOptions(this.#options))
    await started
    if (this.#over) throw this.#over
    audio.add(this.#fanout)
    await this.#begin(runner)
  }

  /** It gets pictures only when it plays. Whether it does. */
  async #begin(runner: Runner): Promise<boolean> {
    this.#instrument(runner, this.#outlet.open())
    if (!(await play(runner)) && !this.#over)
      this.#lose(runner, this.#failure('ERR_STATE_CHANGE', 'the encoding pipeline did not start'))
    if (this.#over) throw this.#over
    // It failed meanwhile, and the next one is on its way.
    if (runner !== this.#runner || this.#rebuilding) return false
    this.#outlet.attach(runner, runner.element(ENCODING.video))
    return true
  }

  #failure(code: ErrorCode, text: string): RxGstError {
    return new RxGstError(code, text, { element: this.#encoder })
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
    if (this.#choice.isHardware && this.#choice.fallBack(error, worked)) return 0
    if (!worked || !error.retryable || !this.#options.reconnect) return null
    const delay = this.#restartLimit.next(this.#clock.now())
    if (delay !== null || !this.#choice.fallBack(error, true)) return delay
    this.#restartLimit = new RestartLimit()
    return 0
  }

  async #rebuild(old: Runner, delay: number): Promise<void> {
    this.#unwatch?.()
    this.#host.onPoints()
    this.#outlet.detach()
    await old.stop(this.#hangs ? HANGING_STOP_MS : REBUILD_STOP_MS)
    this.#hangs = false
    if (delay > 0) await sleep(delay, this.#clock)
    if (this.#over) return
    const oldBitrate = this.#bitrate
    const runner = await this.#newEncoders()
    if (this.#over) return
    this.#rebuilding = false
    if (this.#bitrate !== oldBitrate) this.setBitrate(this.#bitrate)
    this.#fanout?.attach(runner.element(ENCODING.videoPackets))
    if (await this.#begin(runner)) this.#rebuilt++
  }

  /**
   * Attaches stamps, filler and meters, before data flows. Stamps and filler come first, so that a meter counts them
   * as a server does.
   */
  #instrument(runner: Runner, outlet: number): void {
    const packets = runner.element(ENCODING.videoPackets)
    this.#host.pacing.pacer?.writeCaptions(outlet, packets)
    if (this.#options.stampLatency) this.#host.pacing.pacer?.stamp(outlet, packets)
    if (this.#options.rateControl === 'cbr') {
      this.#filler ??= new (native().Filler)(this.#bitrate)
      this.#filler.attach(packets)
    }
    this.#host.onPoints()
  }

  /** Pads for meters; null: it has no encoder now. */
  get points(): { readonly packets: PadPoint; readonly pictures: PadPoint } | null {
    const runner = this.#runner
    if (!runner || this.#over || this.#rebuilding) return null
    return {
      packets: { element: runner.element(ENCODING.videoPackets), pad: 'sink' },
      pictures: { element: runner.element(ENCODING.video), pad: 'src' },
    }
  }

  /** Starts the fill when no picture has been written within `ms`. Without this call nothing is filled. */
  fillAfter(ms: number): void {
    this.#host.pacing.fillAfter(ms)
  }

  #fail(error: RxGstError): void {
    if (this.#over) return
    this.#end(error)
    this.#host.onFailed(error)
  }

  #end(error: RxGstError): void {
    this.#over ??= error
    this.#finished.resolve()
  }

  /**
   * Adds a target, which begins with the next keyframe, and requests that keyframe. Returns the target's number.
   * @param add adds it, and returns its number
   */
  addTarget(add: (fanout: NativeFanout) => number): number {
    const id = add(this.#fanout!)
    if (this.#worked) this.#host.requestKeyframe()
    return id
  }

  /** @param from running time, µs; absent: the next picture */
  requestKeyframe(from?: number): void {
    if (!this.#over && !this.#rebuilding) this.#runner?.requestKeyframe(ENCODING.encoder, from)
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

  /** `dropped`: pictures for which the encoder had no room, where it is one of several. */
  stats(): EncodingStats | null {
    if (this.#final) return this.#final
    const fanout = this.#fanout?.stats()
    const { dropped } = this.#outlet
    return fanout ? { ...fanout, dropped, rebuilt: this.#rebuilt, filler: this.#filler?.bytes() ?? 0 } : null
  }

  /** The targets end with the pacer's stream, which is to end. Resolves when the end has left the encoder. */
  async finish(): Promise<void> {
    if (this.#over || !this.#fanout) return
    this.#fanout.finish()
    await this.#finished.promise
  }

  async stop(deadline: number): Promise<void> {
    this.#end(new RxGstError('ERR_NOT_RUNNING', 'the output was stopped'))
    this.#unwatch?.()
    this.#filler?.close()
    this.#fanout?.close()
    if (this.#fanout) this.#host.audio.remove(this.#fanout)
    this.#final = this.stats()
    this.#outlet.shut()
    await Promise.all([this.#runner?.stop(deadline), this.#opening?.stop(deadline)])
  }
}
