import { RxGstError } from '../core/errors'
import { checkTransport, type ResolvedOutputOptions } from '../core/options'
import type { StreamState } from '../core/types'
import { parseRtmpUrl, type RtmpUrl } from '../core/url'
import type { Program } from '../engine/program'
import { Publisher } from '../engine/publisher'
import { explainTimeout } from '../engine/reach'
import { StateHolder } from '../engine/state'
import type { Observable } from 'rxjs'

export interface TargetEvents {
  onLive(): void
  onLost(error: RxGstError): void
}

/** One URL of an output: its state, and the connection of the moment. */
export class OutputTarget {
  readonly #url: RtmpUrl
  readonly #options: ResolvedOutputOptions
  readonly #events: TargetEvents
  readonly #state = new StateHolder()
  #publisher: Publisher | null = null

  constructor(text: string, options: ResolvedOutputOptions, events: TargetEvents) {
    this.#url = parseRtmpUrl(text)
    checkTransport(options.transport, this.#url)
    this.#options = options
    this.#events = events
  }

  get state$(): Observable<StreamState> {
    return this.#state.state$
  }

  get state(): StreamState {
    return this.#state.state
  }

  /** Without key and credentials. */
  get display(): string {
    return this.#url.display
  }

  get outBytes(): number {
    return this.#publisher?.stats.outBytes ?? 0
  }

  /** Packets that its full queue lost. */
  get dropped(): number {
    return this.#publisher?.stats.dropped ?? 0
  }

  get queueMs(): number {
    return this.#publisher?.queueMs ?? 0
  }

  /** Whether the URL leads to the same stream, however it is spelt. */
  same(text: string): boolean {
    try {
      return sameStream(parseRtmpUrl(text), this.#url)
    } catch {
      return false // no URL at all
    }
  }

  /** A better reason for a time-out than that, or null. */
  explain(error: RxGstError): Promise<RxGstError | null> {
    return explainTimeout(error, this.#url)
  }

  begin(): void {
    this.#state.apply({ type: 'start' })
  }

  connect(program: Program): void {
    if (this.state.phase !== 'connecting') return
    const { transport, connectTimeout, stallTimeout, logger } = this.#options
    const publisher = new Publisher(
      program,
      { url: this.#url, transport: transport === 'librtmp' ? 'librtmp' : 'rtmp2', connectTimeout, stallTimeout, logger },
      {
        onLive: () => {
          if (!this.#state.apply({ type: 'live' })) return
          logger.info(`${this.display} is live`)
          this.#events.onLive()
        },
        onLost: (error) => this.#lose(error),
      },
    )
    this.#publisher = publisher
    publisher.start().catch((error: unknown) => {
      this.#lose(error instanceof RxGstError ? error : new RxGstError('ERR_PIPELINE', 'the publisher could not be built', { cause: error }))
    })
  }

  #lose(error: RxGstError): void {
    if (!this.#state.apply({ type: 'lost', reason: error.code })) return
    this.#options.logger.error(`${this.display}: ${error.code}: ${error.message}`)
    void this.#publisher?.stop(this.#options.stallTimeout)
    this.#events.onLost(error)
  }

  fail(error: RxGstError): void {
    this.#state.apply({ type: 'lost', reason: error.code })
  }

  /** stop(), in its three steps: no longer live; what is queued has left; the connection is gone. */
  leave(): void {
    this.#state.apply({ type: 'stop' })
  }

  async drain(deadline: number): Promise<void> {
    await this.#publisher?.drain(deadline)
  }

  async end(deadline: number): Promise<void> {
    await this.#publisher?.stop(deadline)
  }

  left(): void {
    this.#state.apply({ type: 'stopped' })
  }

  /** Ends this target alone: what it has got leaves first. */
  async remove(drain: number, deadline: number): Promise<void> {
    this.leave()
    await this.#publisher?.leave(drain)
    await this.end(deadline)
    this.left()
  }
}

function sameStream(a: RtmpUrl, b: RtmpUrl): boolean {
  const host = (url: RtmpUrl): string => url.host.toLowerCase()
  return a.scheme === b.scheme && host(a) === host(b) && a.port === b.port && a.application === b.application && a.stream === b.stream
}
