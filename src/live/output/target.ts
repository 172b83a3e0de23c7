import type { Observable } from 'rxjs'
import { systemClock, type Clock } from '../../core/clock'
import { asRxGstError, type ErrorCode, type RxGstError } from '../../core/errors'
import { checkTransport, type ResolvedOutputOptions } from '../options'
import type { StreamState } from '../../core/types'
import { parseRtmpUrl, sameStream, type RtmpUrl } from '../../core/url'
import type { Encoding } from './encoding'
import { Publisher, type PublisherEvents, type PublisherOptions, type PublisherStats } from './publisher'
import type { OutputTargetStats } from './stats'
import { explainTimeout } from '../../engine/reach'
import { StateHolder } from '../../engine/state'
import { ReconnectMachine, type Verdict } from '../reconnect/reconnect-machine'
import { mayRetry } from './target-fault'
import { LONGEST_CONNECTION } from './traffic-watch'

export interface TargetEvents {
  /** Also each time it is live again. */
  onLive(): void
  /** A connection was lost, or did not come about; the state says whether another is tried. */
  onLost(error: RxGstError): void
}

/** One connection, as a target sees it. */
export type Connection = Pick<Publisher, 'start' | 'drain' | 'leave' | 'stop' | 'stats' | 'queueMs'>

/** What a target leans on; tests turn the hands of its clock and stand in for its connections. */
export interface TargetTools {
  readonly clock: Clock
  readonly random: () => number
  /** ms after which a connection is renewed. */
  readonly longest: number
  readonly connect: (encoding: Encoding, options: PublisherOptions, events: PublisherEvents) => Connection
}

const TOOLS: TargetTools = {
  clock: systemClock,
  random: Math.random,
  longest: LONGEST_CONNECTION,
  connect: (encoding, options, events) => new Publisher(encoding, options, events),
}

/** What is said of a server that has said nothing itself. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'ERR_CONNECTION_REFUSED',
  'ERR_HOST_NOT_FOUND',
  'ERR_CONNECT_TIMEOUT',
])

/** A connection that was lost is given this long to be gone before the next one begins, ms: most are in 10. */
const LOST_DEADLINE = 2000
/** And one that is renewed, to say goodbye. */
const GOODBYE_DEADLINE = 1300

/**
 * One URL of an output: its state, and one connection after the other. A connection that is lost is made anew, alone,
 * and joins the programme at a keyframe; what was encoded meanwhile is gone, and counted.
 */
export class OutputTarget {
  readonly #url: RtmpUrl
  readonly #options: ResolvedOutputOptions
  readonly #events: TargetEvents
  readonly #tools: TargetTools
  readonly #state: StateHolder
  readonly #machine: ReconnectMachine<Connection>
  #encoding: Encoding | null = null
  #first = true
  #explained = false
  #wasLive = false
  #reconnects = 0
  /** On their way out: their counters still move. */
  readonly #leaving = new Set<Connection>()
  /** Of the connections that are gone, and of the time between them. */
  #past = { packets: 0, bytes: 0, dropped: 0, outBytes: 0 }
  #encodedAtLoss: number | null = null
  #stopDeadline = LOST_DEADLINE

  constructor(text: string, options: ResolvedOutputOptions, events: TargetEvents, tools: TargetTools = TOOLS) {
    this.#url = parseRtmpUrl(text)
    checkTransport(options.transport, this.#url)
    this.#options = options
    this.#events = events
    this.#tools = tools
    this.#state = new StateHolder(tools.clock)
    this.#machine = new ReconnectMachine<Connection>({
      state: this.#state,
      reconnect: options.reconnect,
      retriesFirst: true,
      attemptTimeout: null,
      logger: options.logger,
      name: this.url,
      clock: tools.clock,
      random: tools.random,
      make: () => this.#make(this.#encoding!),
      start: connection => this.#start(connection),
      stop: (connection, goodbye) => this.#stop(connection, goodbye),
      judge: error => this.#judge(error),
      onLive: () => this.#onLive(),
      onRetired: () => {
        this.#encodedAtLoss ??= this.#encoded
      },
      onFailed: error => options.logger.error(`${this.url}: ${error.code}: ${error.message}`),
    })
  }

  get state$(): Observable<StreamState> {
    return this.#state.state$
  }

  get state(): StreamState {
    return this.#state.state
  }

  /** Without key and credentials. */
  get url(): string {
    return this.#url.display
  }

  /** How often it came back. */
  get reconnects(): number {
    return this.#reconnects
  }

  get queueMs(): number {
    return this.#machine.attempt?.queueMs ?? 0
  }

  /** Since start(), over all connections. `dropped`: packets that its network or its absence lost. */
  get totals(): PublisherStats {
    const all = [...this.#leaving, ...(this.#machine.attempt ? [this.#machine.attempt] : [])]
    return all.reduce((sum, { stats }) => add(sum, stats), this.#past)
  }

  /** The same, with what holds now. */
  stats(): OutputTargetStats {
    return { ...this.totals, queueMs: this.queueMs, reconnects: this.#reconnects }
  }

  /** For logs. */
  toJSON(): { state: StreamState } {
    return { state: this.state }
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
    if (this.#state.apply({ type: 'start' })) this.#machine.begin()
  }

  /** Once the programme runs. */
  connect(encoding: Encoding): void {
    if (this.state.phase !== 'connecting' || this.#encoding) return
    this.#encoding = encoding
    this.#machine.connect()
  }

  #make(encoding: Encoding): Connection {
    const { transport, connectTimeout, stallTimeout, logger } = this.#options
    const connection = this.#tools.connect(
      encoding,
      // 'auto' is rtmp2: no server is known that takes librtmp's publications alone.
      {
        url: this.#url,
        transport: transport === 'librtmp' ? 'librtmp' : 'rtmp2',
        connectTimeout,
        stallTimeout,
        longest: this.#tools.longest,
        logger,
      },
      {
        onLive: () => this.#machine.live(connection),
        onLost: error => this.#lose(connection, error),
        onWornOut: () => this.#renew(connection),
      },
    )
    return connection
  }

  #start(connection: Connection): void {
    connection
      .start()
      .catch((error: unknown) => this.#lose(connection, asRxGstError(error, 'the publisher could not be built')))
  }

  async #stop(connection: Connection, goodbye: boolean): Promise<void> {
    this.#leaving.add(connection)
    if (goodbye) await connection.leave(GOODBYE_DEADLINE)
    await connection.stop(this.#stopDeadline)
    this.#leaving.delete(connection)
    this.#past = add(this.#past, connection.stats)
  }

  #onLive(): void {
    this.#first = false
    if (this.#wasLive) this.#reconnects++
    this.#wasLive = true
    if (this.#encodedAtLoss !== null) this.#past.dropped += this.#encoded - this.#encodedAtLoss
    this.#encodedAtLoss = null
    this.#options.logger.info(`${this.url} is live`)
    this.#events.onLive()
  }

  #lose(connection: Connection, error: RxGstError): void {
    if (connection !== this.#machine.attempt) return
    if (this.#first && !this.#explained && error.code === 'ERR_CONNECT_TIMEOUT') {
      // start() rejects with the reason that its targets show: it is looked for before either tells it.
      this.#explained = true
      void this.explain(error).then(reason => this.#lose(connection, reason ?? error))
      return
    }
    this.#machine.lost(connection, error)
    if (connection !== this.#machine.attempt) this.#events.onLost(error)
  }

  #judge(error: RxGstError): Verdict {
    const retryable = mayRetry(error, this.#first)
    // Nobody was there to answer: with reconnect.first the next attempt may have the first answer.
    if (!NO_ANSWER.has(error.code)) this.#first = false
    return retryable ? 'retry' : 'final'
  }

  /** Its time is near its end: it leaves with a goodbye and comes back at once. */
  #renew(connection: Connection): void {
    if (connection !== this.#machine.attempt) return
    this.#machine.replace(connection, 'ERR_CONNECTION_AGE', null)
    if (connection === this.#machine.attempt) return
    this.#options.logger.info(`${this.url}: the connection is renewed before its timestamps end`)
  }

  get #encoded(): number {
    return this.#encoding?.stats()?.videoPackets ?? 0
  }

  /** The output failed, and this target with it. */
  fail(error: RxGstError): void {
    this.#machine.halt()
    this.#state.apply({ type: 'lost', reason: this.state.reason ?? error.code })
  }

  /** stop(), in its three steps: no longer live; what is queued has left; the connection is gone. */
  leave(): void {
    this.#machine.halt()
    this.#state.apply({ type: 'stop' })
  }

  async drain(deadline: number): Promise<void> {
    await this.#machine.attempt?.drain(deadline)
  }

  async end(deadline: number): Promise<void> {
    this.#stopDeadline = deadline
    await this.#machine.stop()
  }

  left(): void {
    this.#state.apply({ type: 'stopped' })
  }

  /** Ends this target alone: what it has got leaves first. */
  async remove(drain: number, deadline: number): Promise<void> {
    this.leave()
    await this.#machine.attempt?.leave(drain)
    await this.end(deadline)
    this.left()
  }
}

function add(
  a: PublisherStats,
  b: PublisherStats,
): { packets: number; bytes: number; dropped: number; outBytes: number } {
  return {
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    dropped: a.dropped + b.dropped,
    outBytes: a.outBytes + b.outBytes,
  }
}
