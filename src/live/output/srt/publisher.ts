import type { Clock } from '../../../core/clock'
import { sleep, withAwakePatience } from '../../../core/deadline'
import { deferred } from '../../../core/deferred'
import { RxGstError } from '../../../core/errors'
import { Ticker } from '../../../core/ticker'
import type { Logger } from '../../../core/types'
import { native } from '../../../addon/binding'
import { prepare } from '../../../engine/prepare'
import { pinnedHost } from '../../../engine/private-addresses'
import { Runner } from '../../../engine/runner'
import { SRT_PUBLISHER, srtPublisherPipeline } from '../../../pipelines/srt'
import { ownGraph } from '../../own-graph'
import type { Connection } from '../destination'
import type { PacketSource } from '../../record/packet-source'
import type { PublisherEvents, PublisherStats } from '../publisher'
import { countersOf, queueMsOf } from '../target-counters'
import { TrafficWatch } from '../traffic-watch'
import { SentStats } from './sent-stats'
import type { SrtTarget } from './srt-target'

export interface SrtPublisherOptions {
  readonly url: SrtTarget
  readonly connectTimeout: number
  readonly stallTimeout: number
  readonly logger: Logger
  readonly clock: Clock
}

const WATCH_INTERVAL_MS = 100

/** One connection of a target to an SRT peer. */
export class SrtPublisher implements Connection {
  readonly #packets: PacketSource
  readonly #options: SrtPublisherOptions
  readonly #events: PublisherEvents
  readonly #ticker: Ticker
  readonly #traffic: TrafficWatch
  readonly #ended = deferred()
  readonly #srt = new (native().StreamStats)()
  readonly #network = new SentStats()
  #runner: Runner | null = null
  #target = 0
  #startedAt = 0
  #live = false
  #over = false
  #outBytes = 0
  #final: PublisherStats | null = null
  /** SRT tells of keys before the stream begins. */
  readonly acknowledged = true

  constructor(packets: PacketSource, options: SrtPublisherOptions, events: PublisherEvents) {
    this.#packets = packets
    this.#options = options
    this.#events = events
    this.#ticker = new Ticker(options.clock, WATCH_INTERVAL_MS, () => this.#look(), { keepsAlive: true })
    this.#traffic = new TrafficWatch(options.stallTimeout)
  }

  async start(): Promise<void> {
    const { url, logger, clock, connectTimeout } = this.#options
    this.#startedAt = clock.now()
    // A listener's host is this machine's own side.
    const host = url.mode === 'listener' ? url.host : await pinnedHost(url, connectTimeout)
    const graph = srtPublisherPipeline({ ...url, host })
    await prepare(graph)
    if (this.#over) return
    const runner = new Runner(ownGraph(graph, logger), {
      secrets: url.secrets,
      clock,
      logger,
      peer: url.display,
      wasLive: () => this.#live,
      onError: error => this.#lose(this.#translated(error)),
      onEos: () => this.#ended.resolve(),
    })
    this.#runner = runner
    this.#ticker.start()
    const ok = await runner.setState('PLAYING')
    runner.poll()
    if (this.#over) return
    if (!ok) return this.#lose(new RxGstError('ERR_CONNECTION_REFUSED', `${url.display} cannot be opened`))
    // srtsink connects at once, and says whether it has when it has something to send.
    const source = runner.element(SRT_PUBLISHER.source)
    this.#target = this.#packets.addTarget(fanout => fanout.addStream(source))
    // Who listens waits for nobody.
    if (url.mode === 'listener') this.#goLive()
  }

  /** srtsink has one code for everything. */
  #translated(error: RxGstError): RxGstError {
    const { url } = this.#options
    const text = `${error.gst?.text ?? error.message}`
    if (this.#live) return new RxGstError('ERR_CONNECTION_LOST', `${url.display}: ${text}`, { gst: error.gst })
    if (/password|passphrase|encrypt|secret/i.test(text))
      return new RxGstError('ERR_AUTHENTICATION', `${url.display}: ${text}`, { gst: error.gst })
    if (/reject|forbidden|peer/i.test(text))
      return new RxGstError('ERR_CONNECT_REJECTED', `${url.display}: ${text}`, { gst: error.gst })
    if (/timeout|timed out/i.test(text)) {
      const why = `${url.display} does not answer, or does not take the passphrase (${text})`
      return new RxGstError('ERR_CONNECT_TIMEOUT', why, { gst: error.gst })
    }
    if (/resolve|host/i.test(text)) return new RxGstError('ERR_HOST_NOT_FOUND', `${url.display}: ${text}`)
    const why = `${url.display}: ${text}`
    return new RxGstError('ERR_CONNECTION_REFUSED', why, { gst: error.gst })
  }

  #goLive(): void {
    if (this.#live || this.#over) return
    this.#live = true
    this.#events.onLive()
  }

  #look(): void {
    const runner = this.#runner
    if (this.#over || !runner) return
    const { url, connectTimeout, stallTimeout, clock } = this.#options
    const numbers = this.#srt.read(runner.element(SRT_PUBLISHER.sink))
    this.#network.look(numbers)
    this.#outBytes = Math.max(this.#outBytes, numbers['bytes-sent-total'] ?? 0)
    const now = clock.now()
    if (!this.#live) {
      if (this.#outBytes > 0) this.#goLive()
      else if (now - this.#startedAt > connectTimeout)
        this.#lose(new RxGstError('ERR_CONNECT_TIMEOUT', `${url.display} took nothing within ${connectTimeout} ms`))
      return
    }
    const packets = this.stats.packets
    if (url.mode === 'listener') return
    if (!this.#traffic.hangs({ now, packets, bytes: this.#outBytes })) return this.#events.onFlows()
    const error = new RxGstError('ERR_STALLED', `${url.display} took no bytes for ${stallTimeout} ms`)
    if (!this.#events.staysStalled(error)) this.#lose(error)
  }

  get queueMs(): number {
    return queueMsOf(this.#packets, this.#target)
  }

  get stats(): PublisherStats {
    return this.#final ?? this.#stats()
  }

  #stats(): PublisherStats {
    return { ...countersOf(this.#packets, this.#target, this.#outBytes), srt: this.#network.stats }
  }

  async drain(deadline: number): Promise<void> {
    if (!this.#live || this.#over) return
    const { clock, url } = this.#options
    // SRT sends what was lost on the way again for as long as its latency.
    const left = this.#ended.promise.then(() => sleep(Math.min(url.latencyMs, deadline), clock))
    await withAwakePatience(left, deadline, undefined, clock)
  }

  async goodbye(deadline: number): Promise<void> {
    if (this.#live) this.#leave(true)
    await this.drain(deadline)
  }

  /** `end`: what waits still leaves. */
  #leave(end: boolean): void {
    this.#final ??= this.#stats()
    if (this.#target === 0) return
    const lost = this.#packets.removeTarget(this.#target, end)
    this.#final = { ...this.#final, dropped: this.#final.dropped + lost * Number(!end) }
    this.#target = 0
  }

  async stop(deadline: number): Promise<void> {
    this.#finish()
    const runner = this.#runner
    this.#runner = null
    await runner?.stop(deadline)
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
    this.#ticker.stop()
    this.#leave(false)
  }
}
