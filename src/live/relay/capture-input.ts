import { Subscription } from 'rxjs'
import type { RelayNews } from '../../addon/relay'
import type { PacketProbe } from '../../addon/record'
import { asRxGstError, RxGstError } from '../../core/errors'
import type { Capture } from '../capture/capture'
import { PACKETS } from '../capture/packets'
import type { CaptureFeed } from './capture-feed'
import { FedInput, type InputParts } from './fed-input'

/**
 * A capture of the program as an input of a relay. It is the program's to start and to stop. While it reconnects, so
 * does this input; when it ends, this input is lost for good.
 */
export class CaptureInput extends FedInput {
  readonly #capture: Capture
  readonly #heard = new Subscription()
  protected feed: CaptureFeed | null = null
  #ready = false
  #wasLive = false
  #over = false

  constructor(capture: Capture, parts: InputParts) {
    super(capture[PACKETS].display, parts)
    this.#capture = capture
  }

  start(): void {
    if (!this.holder.apply({ type: 'start' })) return
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
    if (probe) this.feed = this.open(probe, (news, feed) => this.#on(feed, news))
  }

  #leave(): void {
    const { feed } = this
    this.#ready = false
    this.feed = null
    if (!feed) return
    void feed.close()
    this.past.add(feed.counters, feed.dropped)
  }

  #on(feed: CaptureFeed, { what }: RelayNews): void {
    if (feed !== this.feed || this.#over) return
    if (what === 'on-air') this.parts.events.onAir(this)
    if (what !== 'ready') return
    this.#ready = true
    this.#follow()
  }

  /** The capture's state becomes this input's, which is live with the first keyframe. */
  #follow(): void {
    if (this.#over) return
    const { phase, reason, hint, nextRetryAt } = this.#capture.state
    const { options, tools, events } = this.parts
    if (phase === 'live') return this.#goLive()
    if (phase === 'failed' || phase === 'stopped' || phase === 'stopping') {
      // data$ has the error itself, a moment later.
      return queueMicrotask(() => this.#lose(this.#ended()))
    }
    // It may come for the first time yet: start() has the deadline.
    if (!this.#wasLive || reason === null) return
    const error = new RxGstError(reason, `the capture of ${this.url} is ${phase}`)
    if (!options.reconnect) return this.#lose(error)
    const at = nextRetryAt ?? tools.clock.unix()
    const type = phase === 'stalled' ? 'stall' : 'retry'
    if (this.holder.apply({ type, reason, hint, nextRetryAt: at })) events.onLost(error)
  }

  #goLive(): void {
    if (!this.#ready) return
    const was = this.state.phase
    if (!this.holder.apply({ type: 'live' })) return
    if (was === 'reconnecting') this.reconnects++
    this.#wasLive = true
    this.parts.options.logger.info(`${this.url} is live, of a capture`)
  }

  #lose(error: RxGstError): void {
    if (this.#over) return
    this.#finish()
    this.fail(error)
    this.parts.options.logger.error(`${this.url}: ${error.code}: ${error.message}`)
    this.parts.events.onLost(error)
  }

  #finish(): void {
    this.#over = true
    this.#heard.unsubscribe()
    this.#leave()
  }

  async end(): Promise<void> {
    if (!this.#over) this.#finish()
  }
}
