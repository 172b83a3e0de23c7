import { Subscription, type Observable } from 'rxjs'
import type { RelayInputCounters, RelayNews } from '../../addon/relay'
import { asRxGstError, RxGstError } from '../../core/errors'
import type { Logger, StreamState } from '../../core/types'
import type { PacketProbe } from '../../addon/record'
import { StateHolder } from '../../engine/state'
import { Capture } from '../capture/capture'
import { PACKETS } from '../capture/packets'
import { ReconnectMachine, type Verdict } from '../reconnect/reconnect-machine'
import { CaptureFeed } from './capture-feed'
import { PastInput, type InputEvents, type InputPart } from './input-part'
import type { ResolvedRelayOptions } from './options'
import type { RelayTools } from './relay-peer'
import type { RelayInputStats } from './stats'
import type { RelayWire } from './wire'

/** One connection: a capture of its own, which never tries again by itself. */
interface Attempt {
  readonly capture: Capture
  readonly heard: Subscription
  feed: CaptureFeed | null
}

/** A copy shows nothing to a decoder, which alone would need limits. */
const NO_LIMITS = { maxWidth: 16_880, maxHeight: 16_880, maxFps: 300 } as const

/** An address of rtsp:, srt:, file: and their like as an input of a relay, which makes a capture of it and owns it. */
export class AddressInput implements InputPart {
  readonly url: string
  readonly #address: string
  readonly #rank: number
  readonly #options: ResolvedRelayOptions
  readonly #wire: RelayWire
  readonly #events: InputEvents
  readonly #tools: RelayTools
  readonly #state: StateHolder
  readonly #machine: ReconnectMachine<Attempt>
  readonly #past = new PastInput()
  #wasLive = false
  #reconnects = 0
  #lastFeed: CaptureFeed | null = null

  /** ERR_URL: a capture takes no such address. */
  constructor(
    address: string,
    rank: number,
    options: ResolvedRelayOptions,
    wire: RelayWire,
    events: InputEvents,
    tools: RelayTools,
  ) {
    this.#address = address
    this.#rank = rank
    this.#options = options
    this.#wire = wire
    this.#events = events
    this.#tools = tools
    this.#state = new StateHolder(tools.clock)
    this.url = this.#capture()[PACKETS].display
    const { reconnect, connectTimeout, logger } = options
    this.#machine = new ReconnectMachine<Attempt>({
      state: this.#state,
      reconnect,
      // Whether the relay waits for the first one of all is the relay's to decide.
      retriesFirst: true,
      attemptTimeoutMs: connectTimeout,
      logger,
      name: this.url,
      clock: tools.clock,
      random: tools.random,
      make: () => ({ capture: this.#capture(), heard: new Subscription(), feed: null }),
      start: attempt => this.#start(attempt),
      stop: attempt => this.#stop(attempt),
      look: attempt => attempt.feed?.look(),
      overdue: (_, ms) => {
        const text = `no keyframe from ${this.url} within ${Math.round(ms)} ms`
        return new RxGstError('ERR_CONNECT_TIMEOUT', text)
      },
      judge: error => this.#judge(error),
      onLive: () => this.#onLive(),
      onRetired: ({ feed }) => {
        this.#past.add(feed?.counters ?? null)
        this.#lastFeed = feed ?? this.#lastFeed
      },
      onFailed: error => {
        logger.error(`${this.url}: ${error.code}: ${error.message}`)
        events.onLost(error)
      },
    })
  }

  #capture(): Capture {
    const { connectTimeout, stallTimeout, logger } = this.#options
    // The machine tells of each end.
    const quiet: Logger = {
      debug: (...words) => logger.debug(...words),
      info: (...words) => logger.debug(...words),
      warn: (...words) => logger.warn(...words),
      error: (...words) => logger.debug(...words),
    }
    const options = { decode: false, reconnect: false, connectTimeout, stallTimeout, logger: quiet } as const
    return new Capture(this.#address, { ...options, ...NO_LIMITS })
  }

  get #isFile(): boolean {
    return /^file:/i.test(this.#address)
  }

  get state$(): Observable<StreamState> {
    return this.#state.state$
  }

  get state(): StreamState {
    return this.#state.state
  }

  get onAir(): boolean {
    return this.counters?.onAir ?? false
  }

  get counters(): RelayInputCounters | null {
    return this.#machine.attempt?.feed?.counters ?? null
  }

  get transcodes(): string | null {
    return (this.#machine.attempt?.feed ?? this.#lastFeed)?.transcodes ?? null
  }

  stats(): RelayInputStats {
    return { ...this.#past.with(this.counters), reconnects: this.#reconnects }
  }

  start(): void {
    if (!this.#state.apply({ type: 'start' })) return
    this.#machine.begin()
    this.#machine.connect()
  }

  #start(attempt: Attempt): void {
    const { capture, heard } = attempt
    heard.add(capture[PACKETS].watch())
    heard.add(capture[PACKETS].probe$.subscribe(probe => this.#attach(attempt, probe)))
    heard.add(
      capture.data$.subscribe({
        error: (error: unknown) => this.#lose(attempt, asRxGstError(error, `${this.url} has failed`)),
        complete: () => this.#lose(attempt, new RxGstError('ERR_STREAM_ENDED', `${this.url} has ended`)),
      }),
    )
    capture.start().catch((error: unknown) => this.#lose(attempt, asRxGstError(error, `${this.url} did not start`)))
  }

  #attach(attempt: Attempt, probe: PacketProbe | null): void {
    if (!probe) return void attempt.feed?.close()
    const { clock } = this.#tools
    const { logger } = this.#options
    attempt.feed = new CaptureFeed(probe, {
      wire: this.#wire,
      rank: this.#rank,
      clock,
      logger,
      display: this.url,
      onNews: news => this.#on(attempt, news),
    })
  }

  #on(attempt: Attempt, { what }: RelayNews): void {
    if (attempt !== this.#machine.attempt) return
    if (what === 'on-air') this.#events.onAir(this)
    if (what === 'ready') this.#machine.live(attempt)
  }

  #onLive(): void {
    if (this.#wasLive) this.#reconnects++
    this.#wasLive = true
    this.#options.logger.info(`${this.url} is live`)
  }

  #judge({ code, retryable }: RxGstError): Verdict {
    return !this.#isFile && (retryable || code === 'ERR_STREAM_ENDED') ? 'retry' : 'final'
  }

  #lose(attempt: Attempt, error: RxGstError): void {
    const reason = this.#machine.lost(attempt, error)
    if (attempt !== this.#machine.attempt) this.#events.onLost(reason)
  }

  async #stop({ capture, heard, feed }: Attempt): Promise<void> {
    heard.unsubscribe()
    await Promise.all([feed?.close(), capture.stop()])
  }

  look(): void {
    this.#machine.attempt?.feed?.look()
  }

  markStopping(): void {
    this.#machine.halt()
    this.#state.apply({ type: 'stop' })
  }

  async end(): Promise<void> {
    await this.#machine.stop()
  }

  fail(error: RxGstError): void {
    this.#machine.halt()
    this.#state.apply({ type: 'lost', reason: error.code, hint: error.hint })
  }

  markStopped(): void {
    this.#state.apply({ type: 'stopped' })
  }

  /** For logs. */
  toJSON(): { state: StreamState } {
    return { state: this.state }
  }
}
