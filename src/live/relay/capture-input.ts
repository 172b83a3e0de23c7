import { Subscription, type Observable } from 'rxjs'
import type { RelayInputCounters, RelayNews } from '../../addon/relay'
import type { PacketProbe } from '../../addon/record'
import { asRxGstError, RxGstError } from '../../core/errors'
import type { StreamState } from '../../core/types'
import { StateHolder } from '../../engine/state'
import type { Capture } from '../capture/capture'
import { PACKETS } from '../capture/packets'
import { CaptureFeed } from './capture-feed'
import { PastInput, type InputEvents, type InputPart } from './input-part'
import type { ResolvedRelayOptions } from './options'
import type { RelayTools } from './relay-peer'
import type { RelayInputStats } from './stats'
import type { RelayWire } from './wire'

/**
 * A capture of the program as an input of a relay. It is the program's to start and to stop. While it reconnects, so
 * does this input; when it ends, this input is lost for good.
 */
export class CaptureInput implements InputPart {
  readonly url: string
  readonly #capture: Capture
  readonly #rank: number
  readonly #options: ResolvedRelayOptions
  readonly #wire: RelayWire
  readonly #events: InputEvents
  readonly #tools: RelayTools
  readonly #state: StateHolder
  readonly #past = new PastInput()
  readonly #heard = new Subscription()
  #feed: CaptureFeed | null = null
  #lastFeed: CaptureFeed | null = null
  #ready = false
  #wasLive = false
  #reconnects = 0
  #over = false

  constructor(
    capture: Capture,
    rank: number,
    options: ResolvedRelayOptions,
    wire: RelayWire,
    events: InputEvents,
    tools: RelayTools,
  ) {
    this.url = capture[PACKETS].display
    this.#capture = capture
    this.#rank = rank
    this.#options = options
    this.#wire = wire
    this.#events = events
    this.#tools = tools
    this.#state = new StateHolder(tools.clock)
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
    return this.#feed?.counters ?? null
  }

  get transcodes(): string | null {
    return (this.#feed ?? this.#lastFeed)?.transcodes ?? null
  }

  stats(): RelayInputStats {
    return { ...this.#past.with(this.counters), reconnects: this.#reconnects }
  }

  start(): void {
    if (!this.#state.apply({ type: 'start' })) return
    const packets = this.#capture[PACKETS]
    this.#heard.add(packets.watch())
    this.#heard.add(packets.probe$.subscribe(probe => this.#attach(probe)))
    this.#heard.add(
      this.#capture.data$.subscribe({
        error: (error: unknown) => this.#lose(asRxGstError(error, `${this.url} has failed`)),
        complete: () => this.#lose(this.#ended()),
      }),
    )
    this.#heard.add(this.#capture.state$.subscribe(() => this.#follow()))
  }

  #ended(): RxGstError {
    const { reason } = this.#capture.state
    return new RxGstError(reason ?? 'ERR_STREAM_ENDED', `the capture of ${this.url} has come to its end`)
  }

  /** Another connection of the capture; null: it is over. */
  #attach(probe: PacketProbe | null): void {
    if (this.#over) return
    this.#leave()
    if (!probe) return
    const { clock } = this.#tools
    const { logger } = this.#options
    const feed: CaptureFeed = new CaptureFeed(probe, {
      wire: this.#wire,
      rank: this.#rank,
      clock,
      logger,
      display: this.url,
      onNews: news => this.#on(feed, news),
    })
    this.#feed = feed
  }

  #leave(): void {
    this.#ready = false
    const feed = this.#feed
    this.#feed = null
    if (!feed) return
    this.#lastFeed = feed
    void feed.close()
    this.#past.add(feed.counters)
  }

  #on(feed: CaptureFeed, { what }: RelayNews): void {
    if (feed !== this.#feed || this.#over) return
    if (what === 'on-air') this.#events.onAir(this)
    if (what !== 'ready') return
    this.#ready = true
    this.#follow()
  }

  /** The capture's state becomes this input's, which is live with the first keyframe. */
  #follow(): void {
    if (this.#over) return
    const { phase, reason, hint, nextRetryAt } = this.#capture.state
    if (phase === 'live') return this.#goLive()
    if (phase === 'failed' || phase === 'stopped' || phase === 'stopping') {
      // data$ has the error itself, a moment later.
      return queueMicrotask(() => this.#lose(this.#ended()))
    }
    // It may come for the first time yet: start() has the deadline.
    if (!this.#wasLive || reason === null) return
    const error = new RxGstError(reason, `the capture of ${this.url} is ${phase}`)
    if (!this.#options.reconnect) return this.#lose(error)
    const at = nextRetryAt ?? this.#tools.clock.unix()
    const type = phase === 'stalled' ? 'stall' : 'retry'
    if (this.#state.apply({ type, reason, hint, nextRetryAt: at })) this.#events.onLost(error)
  }

  #goLive(): void {
    if (!this.#ready) return
    const was = this.state.phase
    if (!this.#state.apply({ type: 'live' })) return
    if (was === 'reconnecting') this.#reconnects++
    this.#wasLive = true
    this.#options.logger.info(`${this.url} is live, of a capture`)
  }

  #lose(error: RxGstError): void {
    if (this.#over) return
    this.#finish()
    this.#state.apply({ type: 'lost', reason: error.code, hint: error.hint })
    this.#options.logger.error(`${this.url}: ${error.code}: ${error.message}`)
    this.#events.onLost(error)
  }

  #finish(): void {
    this.#over = true
    this.#heard.unsubscribe()
    this.#leave()
  }

  look(): void {
    this.#feed?.look()
  }

  markStopping(): void {
    this.#state.apply({ type: 'stop' })
  }

  async end(): Promise<void> {
    if (!this.#over) this.#finish()
  }

  fail(error: RxGstError): void {
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
