import type { SrtStats } from '../../core/addresses/srt-stats'
import { systemClock, type Clock } from '../../core/clock'
import { sleep, withAwakePatience } from '../../core/deadline'
import { deferred } from '../../core/deferred'
import { RxGstError } from '../../core/errors'
import { Ticker } from '../../core/ticker'
import type { Logger } from '../../core/types'
import type { RtmpUrl } from '../../core/url'
import { native } from '../../addon/binding'
import type { PadCounter } from '../../addon/pipeline'
import type { RtmpRelay } from '../../addon/rtmp'
import { PUBLISHER, publisherPipeline } from '../../pipelines/output'
import { countersOf, queueMsOf } from './target-counters'
import { TrafficWatch } from './traffic-watch'
import { untaken, withCodec } from './untaken-codec'
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
  /** Age, in the connection's own time, at which it must be renewed. */
  readonly longestMs: number
  readonly logger: Logger
}

export interface PublisherEvents {
  /** The server has accepted the stream. */
  onLive(): void
  onLost(error: RxGstError): void
  /** The connection has reached its age limit. It works until its owner ends it, and is told so again. */
  onExpiring(): void
  /** It takes no bytes any more. True: it stays in place until it moves, or until this is false. */
  staysStalled(error: RxGstError): boolean
  /** It takes bytes. */
  onFlows(): void
  /** Its server wishes to be left. `follow`: does so, up to a time of publishByUs(). */
  onWish(follow: (publishBy: number) => void): void
}

/** Counters of a connection, from its beginning to now or to its end. */
export interface PublisherStats {
  readonly packets: number
  readonly bytes: number
  /** Packets that a full queue lost, and at the end the packets that were still in it. */
  readonly dropped: number
  readonly outBytes: number
  /** null or absent: there is no network of SRT. */
  readonly srt?: SrtStats | null
}

const WATCH_INTERVAL_MS = 50
/** Part of a graceful end in which the network sends the rest of the socket's buffer and the goodbye. */
const SETTLE_MS = 500
/** Longest time for librtmp's goodbye. */
const GOODBYE_MS = 500

/** The publisher: one connection of an output to a target's server. Each attempt makes a new one. */
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
  #liveAt = 0
  #wasAccepted = false
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
    this.#ticker = new Ticker(clock, WATCH_INTERVAL_MS, () => this.#look(), { keepsAlive: true })
    this.#traffic = new TrafficWatch(options.stallTimeout)
  }

  async start(publishBy: number | null): Promise<void> {
    this.#startedAt = this.#clock.now()
    const { url, transport, connectTimeout, stallTimeout, logger } = this.#options
    // Limit of GIO for each wait on the socket: longer than the deadlines of this class, which decide.
    const socketMs = transport === 'librtmp' ? connectTimeout : Math.max(connectTimeout, stallTimeout) + 1000
    const relay = relayFor(url, transport, connectTimeout)
    this.#relay = relay
    const graph = publisherPipeline(url, transport, Math.ceil(socketMs / 1000), relay?.port() ?? null, publishBy)
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
      onSaid: (event, text) => {
        if (event === 'takes') this.#warn(untaken(this.#encoding.codec, text))
        if (event === 'reconnect-requested' && publishBy !== null) this.#onWish()
      },
    })
    this.#runner = runner
    relay?.watch(runner.element(PUBLISHER.sink))
    this.#sent = runner.counter(PUBLISHER.sink, 'sink')
    const exits = [{ element: runner.element(PUBLISHER.sink), pad: 'sink', tags: true }]
    this.#unmeter =
      this.#encoding.meters?.attach({ exits, ackLagBytes: () => this.#ackLag() }, { whole: false }) ?? null
    this.#ticker.start()
    // librtmp connects at its first packet, so it needs one.
    if (transport === 'librtmp') this.#join()
    const ok = await runner.setState('PLAYING')
    runner.poll()
    if (!ok)
      this.#lose(
        new RxGstError('ERR_STATE_CHANGE', 'the publishing pipeline did not start', { element: PUBLISHER.sink }),
      )
  }

  /** rxrtmpsink follows when it may. */
  #onWish(): void {
    this.#events.onWish(by => this.#over || this.#runner?.set(PUBLISHER.sink, [['publish-by', by]]))
  }

  #warn(what: string | null): void {
    if (what !== null) this.#options.logger.warn(`${this.#options.url.display} ${what}`)
  }

  get transport(): Transport {
    return this.#options.transport
  }

  get queueMs(): number {
    return queueMsOf(this.#encoding, this.#target)
  }

  get stats(): PublisherStats {
    return this.#final ?? this.#stats()
  }

  #stats(): PublisherStats {
    return countersOf(this.#encoding, this.#target, this.#outBytes())
  }

  /** Waits until the encoders' end-of-stream has left, at most `deadline` ms. */
  async drain(deadline: number): Promise<void> {
    if (!this.#live || this.#over || !this.#runner) return
    const left = this.#ended.promise.then(() => this.#settle())
    await withAwakePatience(left, deadline, undefined, this.#clock)
  }

  async #settle(): Promise<void> {
    // Behind rxrtmpsink's end all has left.
    if (this.#options.transport === 'rxrtmp') return
    // rtmp2sink only queues its goodbye, which has left when the socket's counter stands still.
    const settled = this.#clock.now() + SETTLE_MS
    for (let last = -1, now = this.#outBytes(); now !== last && this.#clock.now() < settled; now = this.#outBytes()) {
      last = now
      await sleep(WATCH_INTERVAL_MS, this.#clock)
    }
  }

  /** Ends this connection alone: its queue leaves first, then a goodbye to the server. */
  async goodbye(deadline: number): Promise<void> {
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
    // Without this, librtmp would wait for ever to say goodbye to a server that reads nothing.
    const goodbye = this.#clock.setTimeout(() => relay?.close(), GOODBYE_MS)
    await runner?.settle(deadline)
    this.#clock.clearTimeout(goodbye)
    relay?.close()
    if (!runner || this.#runner !== runner) return
    // The counters stay readable after the end.
    this.#outBytesAtEnd = this.#outBytes()
    this.#runner = null
    void runner.stop()
  }

  #outBytes(): number {
    if (!this.#runner) return this.#outBytesAtEnd
    return native().transportStats(this.#runner.element(PUBLISHER.sink))?.outBytes ?? 0
  }

  /** Bytes sent that RTMP has not acknowledged; the usual number depends on the server's window. */
  #ackLag(): number | null {
    const stats = this.#runner && native().transportStats(this.#runner.element(PUBLISHER.sink))
    return stats ? Math.max(0, stats.outBytes - stats.outBytesAcked) : null
  }

  /** Whether the server has acknowledged, in RTMP's way, what it took; null: unknown, as librtmp does not tell. */
  get acknowledged(): boolean | null {
    const stats = this.#runner && native().transportStats(this.#runner.element(PUBLISHER.sink))
    return stats ? stats.outBytesAcked > 0 : null
  }

  /**
   * Counter that shows best whether the server takes bytes: the TCP acknowledgements of its system. rtmp2sink counts
   * whole messages, and a slow network may need longer for one than a stall lasts. librtmp only shows the packets that
   * it has taken.
   */
  #bytesTaken(): number {
    if (this.#options.transport === 'librtmp') return this.#sent?.read().bytes ?? 0
    const stats = this.#runner && native().transportStats(this.#runner.element(PUBLISHER.sink))
    return stats?.acknowledged ?? stats?.outBytes ?? 0
  }

  /**
   * Whether the server has accepted the publication. rxrtmpsink and rtmp2sink count bytes from then on. librtmp has no
   * counters, but connects inside its first packet, so a second packet comes only after the server's answer.
   */
  #accepted(): boolean {
    if (this.#options.transport !== 'librtmp') return this.#outBytes() > 0
    return (this.#sent?.read().buffers ?? 0) > 1
  }

  #join(): void {
    if (this.#target || !this.#runner) return
    const ordered = this.#options.transport !== 'rxrtmp'
    const source = this.#runner.element(PUBLISHER.source)
    this.#target = this.#encoding.addTarget(fanout => fanout.add(source, ordered))
  }

  #look(): void {
    if (this.#over || !this.#runner) return
    const now = this.#clock.now()
    if (!this.#live) this.#lookForAnswer(now)
    else if (this.#target) this.#lookForTraffic(this.#target, now)
  }

  #lookForAnswer(now: number): void {
    const { url, connectTimeout } = this.#options
    const accepted = this.#accepted()
    if (accepted && !this.#wasAccepted) {
      // nginx accepts before it denies, and hangs up at once: the next look tells.
      this.#wasAccepted = true
    } else if (accepted) {
      this.#live = true
      this.#liveAt = now
      this.#join()
      this.#events.onLive()
    } else if (now - this.#startedAt > connectTimeout) {
      // The time-out of rtmp2sink covers only the handshake.
      this.#lose(
        new RxGstError('ERR_CONNECT_TIMEOUT', `${url.display} did not accept the stream within ${connectTimeout} ms`),
      )
    }
  }

  #lookForTraffic(target: number, now: number): void {
    const { url, stallTimeout, longestMs } = this.#options
    const stats = this.#encoding.targetStats(target)
    if (!stats) return
    if (this.#traffic.hangs({ now, packets: stats.packets, bytes: this.#bytesTaken() })) {
      const error = new RxGstError('ERR_STALLED', `${url.display} took no bytes for ${stallTimeout} ms`)
      if (!this.#events.staysStalled(error)) this.#lose(error)
      return
    }
    this.#events.onFlows()
    if (stats.position > longestMs) this.#events.onExpiring()
  }

  #lose(error: RxGstError): void {
    if (this.#over) return
    this.#finish()
    const liveMs = this.#clock.now() - this.#liveAt
    this.#events.onLost(this.#live ? withCodec(error, this.#encoding.codec, liveMs) : error)
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#ended.resolve()
    this.#unmeter?.()
    this.#ticker.stop()
    this.#final ??= this.#stats()
    if (this.#target) {
      const lost = this.#encoding.removeTarget(this.#target, false)
      this.#final = { ...this.#final, dropped: this.#final.dropped + lost }
    }
    this.#target = 0
    this.#sent?.close()
  }
}
