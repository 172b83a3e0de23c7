import { systemClock, type Clock } from '../../core/clock'
import { sleep } from '../../core/deadline'
import { deferred } from '../../core/deferred'
import { RxGstError } from '../../core/errors'
import { Ticker } from '../../core/ticker'
import type { Logger } from '../../core/types'
import type { RtmpUrl } from '../../core/url'
import { native } from '../../addon/binding'
import type { PadCounter } from '../../addon/pipeline'
import type { RtmpRelay } from '../../addon/rtmp'
import { PUBLISHER, publisherPipeline } from '../../pipelines/output'
import { TrafficWatch } from './traffic-watch'
import type { Transport } from '../../pipelines/transport'
import { ownGraph } from '../own-graph'
import { prepare } from '../../engine/prepare'
import { reach } from '../../engine/reach'
import { relayFor } from '../../engine/librtmp-relay'
import type { Encoding } from './encoding'
import { Runner } from '../../engine/runner'

export interface PublisherOptions {
  readonly url: RtmpUrl
  readonly transport: Transport
  readonly connectTimeout: number
  readonly stallTimeout: number
  /** ms of its own time after which it is worn out. */
  readonly longest: number
  readonly logger: Logger
}

export interface PublisherEvents {
  /** The server takes the stream. */
  onLive(): void
  onLost(error: RxGstError): void
  /** Its timestamps are near their end; it goes on until somebody ends it. */
  onWornOut(): void
}

/** What a connection did, from its beginning to now or to its end. */
export interface PublisherStats {
  readonly packets: number
  readonly bytes: number
  /** Packets that a full queue lost, and at the end those that were still in it. */
  readonly dropped: number
  readonly outBytes: number
}

const WATCH_INTERVAL = 50
/** The network's share of a graceful end: what is left in the socket, then the goodbye. ms. */
const SETTLE = 500
/** For librtmp's last words, ms. */
const GOODBYE = 500

/** One connection to one target. Made anew for every attempt. */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #encoding: Encoding
  readonly #events: PublisherEvents
  #runner: Runner | null = null
  #relay: RtmpRelay | null = null
  #outBytesAtEnd = 0
  readonly #clock: Clock
  readonly #ticker: Ticker
  #sent: PadCounter | null = null
  #target = 0
  #startedAt = 0
  #live = false
  #worn = false
  #over = false
  #unmeter: (() => void) | null = null
  #final: PublisherStats | null = null
  readonly #traffic: TrafficWatch
  readonly #ended = deferred()

  constructor(encoding: Encoding, options: PublisherOptions, events: PublisherEvents, clock: Clock = systemClock) {
    this.#encoding = encoding
    this.#options = options
    this.#events = events
    this.#clock = clock
    this.#ticker = new Ticker(clock, WATCH_INTERVAL, () => this.#look(), { keepsAlive: true })
    this.#traffic = new TrafficWatch(options.stallTimeout)
  }

  async start(): Promise<void> {
    this.#startedAt = this.#clock.now()
    const { url, transport, connectTimeout, stallTimeout, logger } = this.#options
    // GIO's own limit on each wait for the socket; the watch here is to be the one that decides.
    const longest = transport === 'librtmp' ? connectTimeout : Math.max(connectTimeout, stallTimeout) + 1000
    const relay = relayFor(url, transport, connectTimeout)
    this.#relay = relay
    const graph = publisherPipeline(url, transport, Math.ceil(longest / 1000), relay?.port() ?? null)
    await prepare(graph)
    if (transport === 'librtmp') await reach(url, connectTimeout)
    if (this.#over) return
    const runner = new Runner(ownGraph(graph, logger), {
      secrets: url.secrets,
      clock: this.#clock,
      logger,
      peer: url.display,
      wasLive: () => this.#live,
      onError: error => this.#lose(error),
      onEos: () => this.#ended.resolve(),
    })
    this.#runner = runner
    relay?.watch(runner.element(PUBLISHER.sink))
    this.#sent = runner.counter(PUBLISHER.sink, 'sink')
    const exits = [{ element: runner.element(PUBLISHER.sink), pad: 'sink', tags: true }]
    this.#unmeter =
      this.#encoding.meters?.attach({ exits, ackLagBytes: () => this.#ackLag() }, { whole: false }) ?? null
    this.#ticker.start()
    // librtmp connects at the first packet: it must have one.
    if (transport === 'librtmp') this.#join()
    const ok = await runner.setState('PLAYING')
    runner.poll()
    if (!ok)
      this.#lose(
        new RxGstError('ERR_STATE_CHANGE', 'the publishing pipeline did not start', { element: PUBLISHER.sink }),
      )
  }

  get queueMs(): number {
    return this.#target ? (this.#encoding.targetStats(this.#target)?.queueMs ?? 0) : 0
  }

  get stats(): PublisherStats {
    return this.#final ?? this.#stats()
  }

  #stats(): PublisherStats {
    const target = this.#target ? this.#encoding.targetStats(this.#target) : null
    return {
      packets: target?.packets ?? 0,
      bytes: target?.bytes ?? 0,
      dropped: target?.dropped ?? 0,
      outBytes: this.#outBytes(),
    }
  }

  /** Waits until the end-of-stream that the encoders sent has left, at most `deadline` ms. */
  async drain(deadline: number): Promise<void> {
    if (!this.#live || this.#over || !this.#runner) return
    const until = this.#clock.now() + deadline
    await Promise.race([this.#ended.promise, sleep(deadline, this.#clock)])
    // rtmp2sink only queues its goodbye: it has left when the socket's count stands still.
    const settled = Math.min(until, this.#clock.now() + SETTLE)
    for (let last = -1, now = this.#outBytes(); now !== last && this.#clock.now() < settled; now = this.#outBytes()) {
      last = now
      await sleep(WATCH_INTERVAL, this.#clock)
    }
  }

  /** Ends this connection alone, with a goodbye to its server. */
  async leave(deadline: number): Promise<void> {
    if (this.#live && !this.#over && this.#target) {
      this.#final = this.#stats()
      this.#encoding.removeTarget(this.#target, true)
      this.#target = 0
      await this.drain(deadline)
    }
  }

  async stop(deadline: number): Promise<void> {
    this.#finish()
    const runner = this.#runner
    const relay = this.#relay
    // A server that takes nothing would have librtmp say goodbye for ever.
    const goodbye = this.#clock.setTimeout(() => relay?.close(), GOODBYE)
    await runner?.settle(deadline)
    this.#clock.clearTimeout(goodbye)
    relay?.close()
    if (!runner || this.#runner !== runner) return
    // Counters are asked for after the end too.
    this.#outBytesAtEnd = this.#outBytes()
    this.#runner = null
    void runner.stop()
  }

  #outBytes(): number {
    if (!this.#runner) return this.#outBytesAtEnd
    return native().transportStats(this.#runner.element(PUBLISHER.sink))?.outBytes ?? 0
  }

  /** Sent, and not acknowledged in RTMP: by how much depends on the window that the server chose. */
  #ackLag(): number | null {
    const stats = this.#runner && native().transportStats(this.#runner.element(PUBLISHER.sink))
    return stats ? Math.max(0, stats.outBytes - stats.outBytesAcked) : null
  }

  /**
   * What tells best that the other end takes bytes: its system's acknowledgements; rtmp2sink counts whole messages, of
   * which a slow network may take one for longer than a stall lasts. librtmp tells nothing but that it took a packet.
   */
  #moved(): number {
    if (this.#options.transport === 'librtmp') return this.#sent?.read().bytes ?? 0
    const stats = this.#runner && native().transportStats(this.#runner.element(PUBLISHER.sink))
    return stats?.acknowledged ?? stats?.outBytes ?? 0
  }

  /**
   * rtmp2sink has statistics once its publication is accepted. librtmp tells nothing, but connects inside its first
   * packet: a second one comes when the server has taken the stream.
   */
  #accepted(): boolean {
    if (this.#options.transport === 'rtmp2') return this.#outBytes() > 0
    return (this.#sent?.read().buffers ?? 0) > 1
  }

  #join(): void {
    if (this.#target || !this.#runner) return
    this.#target = this.#encoding.addTarget(this.#runner.element(PUBLISHER.source))
  }

  #look(): void {
    if (this.#over || !this.#runner) return
    const now = this.#clock.now()
    if (!this.#live) this.#lookForAnswer(now)
    else if (this.#target) this.#lookForTraffic(this.#target, now)
  }

  #lookForAnswer(now: number): void {
    const { url, connectTimeout } = this.#options
    if (this.#accepted()) {
      this.#live = true
      this.#join()
      this.#events.onLive()
    } else if (now - this.#startedAt > connectTimeout) {
      // rtmp2sink's own time-out ends with the handshake.
      this.#lose(
        new RxGstError('ERR_CONNECT_TIMEOUT', `${url.display} did not accept the stream within ${connectTimeout} ms`),
      )
    }
  }

  #lookForTraffic(target: number, now: number): void {
    const { url, stallTimeout, longest } = this.#options
    const stats = this.#encoding.targetStats(target)
    if (!stats) return
    if (this.#traffic.hangs({ now, packets: stats.packets, bytes: this.#moved() })) {
      this.#lose(new RxGstError('ERR_STALLED', `${url.display} took no bytes for ${stallTimeout} ms`))
    } else if (stats.position > longest && !this.#worn) {
      this.#worn = true
      this.#events.onWornOut()
    }
  }

  #lose(error: RxGstError): void {
    if (this.#over) return
    this.#finish()
    this.#events.onLost(error)
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#ended.resolve()
    this.#unmeter?.()
    this.#ticker.stop()
    this.#final ??= this.#stats()
    if (this.#target) {
      const left = this.#encoding.removeTarget(this.#target, false)
      this.#final = { ...this.#final, dropped: this.#final.dropped + left }
    }
    this.#target = 0
    this.#sent?.close()
  }
}
