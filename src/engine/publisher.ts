import { RxGstError } from '../core/errors'
import type { Logger } from '../core/types'
import type { RtmpUrl } from '../core/url'
import { native, type PadCounter } from '../native/binding'
import { PUBLISHER, publisherGraph } from '../pipelines/output-graph'
import type { Transport } from '../pipelines/transport'
import { prepare } from './prepare'
import { reach } from './reach'
import type { Program } from './program'
import { Runner } from './runner'

export interface PublisherOptions {
  readonly url: RtmpUrl
  readonly transport: Transport
  readonly connectTimeout: number
  readonly stallTimeout: number
  readonly logger: Logger
}

export interface PublisherEvents {
  /** The server takes the stream. */
  onLive(): void
  onLost(error: RxGstError): void
}

const WATCH_INTERVAL = 50
/** The network's share of a graceful end: what is left in the socket, then the goodbye. ms. */
const SETTLE = 500

/** One connection to one target. Made anew for every attempt. */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #program: Program
  readonly #events: PublisherEvents
  #runner: Runner | null = null
  #outBytesAtEnd = 0
  #watch: NodeJS.Timeout | null = null
  #sent: PadCounter | null = null
  #target = 0
  #startedAt = 0
  #live = false
  #over = false
  #progress = { bytes: 0, packets: 0, at: 0 }
  #ended: { promise: Promise<void>; resolve: () => void }

  constructor(program: Program, options: PublisherOptions, events: PublisherEvents) {
    this.#program = program
    this.#options = options
    this.#events = events
    let resolve = (): void => {}
    this.#ended = { promise: new Promise<void>((done) => (resolve = done)), resolve }
  }

  async start(): Promise<void> {
    this.#startedAt = performance.now()
    const { url, transport, connectTimeout, logger } = this.#options
    const graph = publisherGraph(url, transport, Math.max(1, Math.ceil(connectTimeout / 1000)))
    await prepare(graph)
    if (transport === 'librtmp') await reach(url, connectTimeout)
    if (this.#over) return
    const runner = new Runner(graph, {
      secrets: url.secrets,
      logger,
      wasLive: () => this.#live,
      onError: (error) => this.#lose(error),
      onEos: () => this.#ended.resolve(),
    })
    this.#runner = runner
    this.#sent = runner.counter(PUBLISHER.sink, 'sink')
    this.#watch = setInterval(() => this.#look(), WATCH_INTERVAL)
    // librtmp connects at the first packet: it must have one.
    if (transport === 'librtmp') this.#join()
    const ok = await runner.setState('PLAYING')
    runner.poll()
    if (!ok) this.#lose(new RxGstError('ERR_STATE_CHANGE', 'the publishing pipeline did not start', { element: PUBLISHER.sink }))
  }

  get queueMs(): number {
    return this.#target ? (this.#program.targetStats(this.#target)?.queueMs ?? 0) : 0
  }

  get stats(): { packets: number; bytes: number; dropped: number; outBytes: number } {
    const target = this.#target ? this.#program.targetStats(this.#target) : null
    return { packets: target?.packets ?? 0, bytes: target?.bytes ?? 0, dropped: target?.dropped ?? 0, outBytes: this.#outBytes() }
  }

  /** Waits until the end-of-stream that the program sent has left, at most `deadline` ms. */
  async drain(deadline: number): Promise<void> {
    if (!this.#live || this.#over || !this.#runner) return
    const until = performance.now() + deadline
    await Promise.race([this.#ended.promise, sleep(deadline)])
    // rtmp2sink only queues its goodbye: it has left when the socket's count stands still.
    const settled = Math.min(until, performance.now() + SETTLE)
    for (let last = -1, now = this.#outBytes(); now !== last && performance.now() < settled; now = this.#outBytes()) {
      last = now
      await sleep(WATCH_INTERVAL)
    }
  }

  /** Ends this connection alone, with a goodbye to its server. */
  async leave(deadline: number): Promise<void> {
    if (this.#live && !this.#over && this.#target) {
      this.#program.removeTarget(this.#target, true)
      this.#target = 0
      await this.drain(deadline)
    }
  }

  async stop(deadline: number): Promise<void> {
    this.#finish()
    const runner = this.#runner
    await runner?.settle(deadline)
    if (!runner || this.#runner !== runner) return
    // Counters are asked for after the end too.
    this.#outBytesAtEnd = this.#outBytes()
    this.#runner = null
    runner.close()
  }

  #outBytes(): number {
    if (!this.#runner) return this.#outBytesAtEnd
    return native().transportStats(this.#runner.address(PUBLISHER.sink))?.outBytes ?? 0
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
    this.#target = this.#program.addTarget(this.#runner.address(PUBLISHER.source))
  }

  #look(): void {
    if (this.#over || !this.#runner) return
    const now = performance.now()
    if (!this.#live) {
      if (now - this.#startedAt > this.#options.connectTimeout) {
        // rtmp2sink's own time-out ends with the handshake.
        this.#lose(new RxGstError('ERR_CONNECT_TIMEOUT', `${this.#options.url.display} did not accept the stream within ${this.#options.connectTimeout} ms`))
      }
      if (this.#over || !this.#accepted()) return
      this.#live = true
      this.#progress.at = now
      this.#join()
      this.#events.onLive()
      return
    }
    // Packets go in and no byte comes out: the server takes nothing any more, and says nothing either.
    const bytes = this.#options.transport === 'rtmp2' ? this.#outBytes() : (this.#sent?.read().bytes ?? 0)
    if (!this.#target) return // leaving
    const packets = this.#program.targetStats(this.#target)?.packets ?? 0
    const waiting = packets > this.#progress.packets
    if (bytes !== this.#progress.bytes || !waiting) this.#progress = { bytes, packets, at: now }
    else if (now - this.#progress.at > this.#options.stallTimeout) {
      this.#lose(new RxGstError('ERR_STALLED', `${this.#options.url.display} took no bytes for ${this.#options.stallTimeout} ms`))
    }
  }

  #lose(error: RxGstError): void {
    if (this.#over) return
    this.#finish()
    this.#events.onLost(error)
  }

  #finish(): void {
    this.#over = true
    this.#ended.resolve()
    if (this.#watch) clearInterval(this.#watch)
    if (this.#target) this.#program.removeTarget(this.#target, false)
    this.#target = 0
    this.#sent?.close()
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
