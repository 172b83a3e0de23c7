import type { Observable } from 'rxjs'
import type { RelayInputCounters, RelayNews } from '../../addon/relay'
import type { PacketProbe } from '../../addon/record'
import type { RxGstError } from '../../core/errors'
import type { StreamState } from '../../core/types'
import { StateHolder } from '../../engine/state'
import { CaptureFeed } from './capture-feed'
import { PastInput, type InputEvents, type InputPart } from './input-part'
import type { ResolvedRelayOptions } from './options'
import type { RelayTools } from './relay-peer'
import type { RelayInputStats } from './stats'
import type { RelayWire } from './wire'

/** What an input gets from its relay. */
export interface InputParts {
  /** 0: it is preferred to all others. */
  readonly rank: number
  readonly options: ResolvedRelayOptions
  readonly wire: RelayWire
  readonly events: InputEvents
  readonly tools: RelayTools
}

/** An input that gets the packets of captures: the program's, or its own. */
export abstract class FedInput implements InputPart {
  protected readonly parts: InputParts
  protected readonly holder: StateHolder
  /** Of the connections that have ended. */
  protected readonly past = new PastInput()
  protected reconnects = 0
  #lastFeed: CaptureFeed | null = null

  /** @param url safe to show */
  constructor(
    readonly url: string,
    parts: InputParts,
  ) {
    this.parts = parts
    this.holder = new StateHolder(parts.tools.clock)
  }

  /** Of the present connection; null: there is none. */
  protected abstract readonly feed: CaptureFeed | null

  protected open(probe: PacketProbe, onNews: (news: RelayNews, feed: CaptureFeed) => void): CaptureFeed {
    const { rank, wire, tools, options } = this.parts
    const { clock } = tools
    const { logger } = options
    const heard = (news: RelayNews): void => onNews(news, feed)
    const feed: CaptureFeed = new CaptureFeed(probe, { wire, rank, clock, logger, display: this.url, onNews: heard })
    this.#lastFeed = feed
    return feed
  }

  get state$(): Observable<StreamState> {
    return this.holder.state$
  }

  get state(): StreamState {
    return this.holder.state
  }

  get onAir(): boolean {
    return this.counters?.onAir ?? false
  }

  get counters(): RelayInputCounters | null {
    return this.feed?.counters ?? null
  }

  get transcodes(): string | null {
    return this.#lastFeed?.transcodes ?? null
  }

  stats(): RelayInputStats {
    return { ...this.past.with(this.counters, this.feed?.dropped), reconnects: this.reconnects }
  }

  look(): void {
    this.feed?.look()
  }

  abstract start(): void
  abstract end(): Promise<void>

  markStopping(): void {
    this.holder.apply({ type: 'stop' })
  }

  fail(error: RxGstError): void {
    this.holder.apply({ type: 'lost', reason: error.code, hint: error.hint })
  }

  markStopped(): void {
    this.holder.apply({ type: 'stopped' })
  }

  /** For logs. */
  toJSON(): { state: StreamState } {
    return { state: this.state }
  }
}
