import { native } from '../../../addon/binding'
import type { NativeAudioFeed, NativeFanout } from '../../../addon/output'
import type { Clock } from '../../../core/clock'
import { sleep } from '../../../core/deadline'
import { deferred } from '../../../core/deferred'
import { asRxGstError, RxGstError } from '../../../core/errors'
import { prepare } from '../../../engine/prepare'
import { Runner } from '../../../engine/runner'
import type { PadPoint } from '../../../meter/meters'
import { audioPipeline, ENCODING } from '../../../pipelines/output'
import { ownGraph } from '../../own-graph'
import type { ResolvedOutputOptions } from '../../options'
import { REBUILD_STOP_MS } from '../encoding-options'
import { RestartLimit } from '../restart-limit'
import { Outlet, play } from './outlet'
import type { Pacing } from './pacing'

export interface AudioEvents {
  /** The points for meters have changed; new ones carry nothing yet. */
  onPoints(): void
  onFailed(error: RxGstError): void
}

/**
 * The audio of an output at one bitrate: one encoder, whose packets all groups of this bitrate get. An encoder that
 * fails is replaced, and the video goes on.
 */
export class AudioEncoding {
  readonly #options: ResolvedOutputOptions
  readonly #clock: Clock
  readonly #events: AudioEvents
  readonly #finished = deferred()
  readonly #outlet: Outlet
  #feed: NativeAudioFeed | null = null
  #runner: Runner | null = null
  #rebuilding = false
  #over: RxGstError | null = null
  #starting: Promise<void> | null = null
  readonly #restartLimit = new RestartLimit()

  constructor(options: ResolvedOutputOptions, pacing: Pacing, clock: Clock, events: AudioEvents) {
    this.#options = options
    this.#clock = clock
    this.#events = events
    this.#outlet = new Outlet(pacing, 'audio', 1, {
      onEnded: () => this.#finished.resolve(),
      onBroken: runner => this.#lose(runner, broken('takes nothing more')),
    })
  }

  /** Its encoder runs when this resolves; called by each group that uses it. */
  start(): Promise<void> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  async #start(): Promise<void> {
    const runner = await this.#open()
    this.#events.onPoints()
    await this.#play(runner)
  }

  async #open(): Promise<Runner> {
    const graph = audioPipeline(this.#options)
    await prepare(graph)
    if (this.#over) throw this.#over
    const runner: Runner = new Runner(ownGraph(graph, this.#options.logger), {
      secrets: [],
      clock: this.#clock,
      logger: this.#options.logger,
      wasLive: () => true,
      onError: error => this.#lose(runner, error),
      onEos: () => this.#finished.resolve(),
    })
    this.#runner = runner
    this.#feed ??= new (native().AudioFeed)()
    this.#feed.attach(runner.element(ENCODING.audioPackets))
    return runner
  }

  async #play(runner: Runner): Promise<void> {
    if (!(await play(runner)) && !this.#over) this.#lose(runner, broken('did not start'))
    if (this.#over) throw this.#over
    // It failed meanwhile, and the next one is on its way.
    if (runner === this.#runner && !this.#rebuilding) this.#outlet.attach(runner, runner.element(ENCODING.audio))
  }

  /** Pads for meters. */
  get points(): { readonly packets: PadPoint; readonly samples: PadPoint } | null {
    const runner = this.#runner
    if (!runner || this.#over || this.#rebuilding) return null
    return {
      packets: { element: runner.element(ENCODING.audioPackets), pad: 'sink' },
      samples: { element: runner.element(ENCODING.audio), pad: 'src' },
    }
  }

  /** The fan-out gets the packets from now on. */
  add(fanout: NativeFanout): void {
    this.#feed?.add(fanout)
  }

  remove(fanout: NativeFanout): void {
    this.#feed?.remove(fanout)
  }

  #lose(runner: Runner, error: RxGstError): void {
    if (this.#over || runner !== this.#runner || this.#rebuilding) return
    const { reconnect, logger } = this.#options
    const worked = (this.#feed?.packets() ?? 0) > 0
    const delay = worked && error.retryable && reconnect ? this.#restartLimit.next(this.#clock.now()) : null
    if (delay === null) return this.#fail(error)
    logger.error(`output: ${error.code}: ${error.message}; a new audio encoder takes over`)
    this.#rebuilding = true
    this.#rebuild(runner, delay).catch((reason: unknown) =>
      this.#fail(asRxGstError(reason, 'the audio encoder could not be built')),
    )
  }

  async #rebuild(old: Runner, delay: number): Promise<void> {
    this.#events.onPoints()
    this.#outlet.detach()
    await old.stop(REBUILD_STOP_MS)
    if (delay > 0) await sleep(delay, this.#clock)
    if (this.#over) return
    const runner = await this.#open()
    this.#rebuilding = false
    this.#events.onPoints()
    await this.#play(runner)
  }

  #fail(error: RxGstError): void {
    if (this.#over) return
    this.#end(error)
    this.#events.onFailed(error)
  }

  #end(error: RxGstError): void {
    this.#over ??= error
    this.#finished.resolve()
  }

  /** Resolves when the end of the pacer's stream has left the encoder. */
  get finished(): Promise<void> {
    return this.#finished.promise
  }

  async stop(deadline: number): Promise<void> {
    this.#end(new RxGstError('ERR_NOT_RUNNING', 'the output was stopped'))
    this.#outlet.shut()
    await this.#runner?.stop(deadline)
  }
}

function broken(what: string): RxGstError {
  return new RxGstError('ERR_ENCODE', `the audio encoder ${what}`, { element: 'avenc_aac' })
}
