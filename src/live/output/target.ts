import type { Observable } from 'rxjs'
import { systemClock, type Clock } from '../../core/clock'
import { RxGstError, type ErrorCode } from '../../core/errors'
import { checkTransport, type ResolvedOutputOptions } from '../options'
import type { StreamState } from '../../core/types'
import { parseRtmpUrl, sameStream, type RtmpUrl } from '../../core/url'
import type { Program } from './encoding'
import { Publisher, type PublisherEvents, type PublisherOptions, type PublisherStats } from './publisher'
import type { OutputTargetStats } from './stats'
import { explainTimeout } from '../../engine/reach'
import { StateHolder } from '../../engine/state'
import { Outages } from '../reconnect/retry-budget'
import { mayRetry } from './target-fault'
import { LONGEST_CONNECTION } from '../reconnect/progress'

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
  readonly connect: (program: Program, options: PublisherOptions, events: PublisherEvents) => Connection
}

const TOOLS: TargetTools = {
  clock: systemClock,
  random: Math.random,
  longest: LONGEST_CONNECTION,
  connect: (program, options, events) => new Publisher(program, options, events),
}

/** What is said of a server that has said nothing itself. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'ERR_CONNECTION_REFUSED',
  'ERR_HOST_NOT_FOUND',
  'ERR_CONNECT_TIMEOUT',
])

/** A connection that was lost is given this long to be gone before the next one begins, ms: most are in 10. */
const BURIAL = 2000
/** And one that is renewed, to say goodbye. */
const FAREWELL = 1300

/**
 * One URL of an output: its state, and one connection after the other. A connection that is lost is made anew, alone,
 * and joins the programme at a keyframe; what was encoded meanwhile is gone, and counted.
 */
export class OutputTarget {
  readonly #url: RtmpUrl
  readonly #options: ResolvedOutputOptions
  readonly #events: TargetEvents
  readonly #tools: TargetTools
  readonly #state = new StateHolder()
  #program: Program | null = null
  #connection: Connection | null = null
  #buried: Promise<void> = Promise.resolve()
  #timer: unknown = null
  #outages: Outages | null = null
  #first = true
  #explained = false
  #wasLive = false
  #reconnects = 0
  /** Of the connections before this one, and of the time between them. */
  #past = { packets: 0, bytes: 0, dropped: 0, outBytes: 0 }
  #encodedAtLoss: number | null = null

  constructor(text: string, options: ResolvedOutputOptions, events: TargetEvents, tools: TargetTools = TOOLS) {
    this.#url = parseRtmpUrl(text)
    checkTransport(options.transport, this.#url)
    this.#options = options
    this.#events = events
    this.#tools = tools
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
    return this.#connection?.queueMs ?? 0
  }

  /** Since start(), over all connections. `dropped`: packets that its network or its absence lost. */
  get totals(): PublisherStats {
    return add(this.#past, this.#connection?.stats)
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
    if (this.#state.apply({ type: 'start' })) this.#outages = new Outages(this.#tools.clock.now())
  }

  /** Once the programme runs. */
  connect(program: Program): void {
    if (this.state.phase !== 'connecting' || this.#program) return
    this.#program = program
    this.#attempt(program)
  }

  #attempt(program: Program): void {
    const { transport, connectTimeout, stallTimeout, logger } = this.#options
    const connection = this.#tools.connect(
      program,
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
        onLive: () => this.#live(connection),
        onLost: error => this.#lose(connection, error),
        onWornOut: () => this.#renew(connection),
      },
    )
    this.#connection = connection
    connection.start().catch((error: unknown) => {
      this.#lose(
        connection,
        error instanceof RxGstError
          ? error
          : new RxGstError('ERR_PIPELINE', 'the publisher could not be built', { cause: error }),
      )
    })
  }

  #live(connection: Connection): void {
    if (connection !== this.#connection || !this.#state.apply({ type: 'live' })) return
    this.#first = false
    this.#outages?.live(this.#tools.clock.now())
    if (this.#wasLive) this.#reconnects++
    this.#wasLive = true
    if (this.#encodedAtLoss !== null) this.#past.dropped += this.#encoded - this.#encodedAtLoss
    this.#encodedAtLoss = null
    this.#options.logger.info(`${this.url} is live`)
    this.#events.onLive()
  }

  #lose(connection: Connection, error: RxGstError): void {
    if (connection !== this.#connection || !this.#outages) return
    if (this.#first && !this.#explained && error.code === 'ERR_CONNECT_TIMEOUT') {
      // start() rejects with the reason that its targets show: it is looked for before either tells it.
      this.#explained = true
      void this.explain(error).then(reason => this.#lose(connection, reason ?? error))
      return
    }
    const { logger, reconnect } = this.#options
    const retryable = mayRetry(error, this.#first)
    // Nobody was there to answer: with reconnect.first the next attempt may have the first answer.
    if (!NO_ANSWER.has(error.code)) this.#first = false
    const { clock, random } = this.#tools
    const next = this.#outages.lost(clock.now(), reconnect, retryable, random())
    if (next.retry && error.code === 'ERR_STALLED') this.#state.apply({ type: 'stall', reason: error.code })
    const why = `${this.url}: ${error.code}: ${error.message}`
    const applied = next.retry
      ? this.#state.apply({ type: 'retry', reason: error.code, nextRetryAt: clock.unix() + next.delay })
      : this.#state.apply({ type: 'lost', reason: error.code })
    if (!applied) return
    this.#bury(connection, connection.stop(BURIAL))
    if (next.retry) {
      logger.warn(`${why}; the next attempt in ${next.delay} ms`)
      this.#later(next.delay)
    } else {
      logger.error(why)
    }
    this.#events.onLost(error)
  }

  /** Its time is near its end: it leaves with a goodbye and comes back at once. */
  #renew(connection: Connection): void {
    if (connection !== this.#connection) return
    if (!this.#state.apply({ type: 'retry', reason: 'ERR_CONNECTION_AGE', nextRetryAt: this.#tools.clock.unix() }))
      return
    this.#options.logger.info(`${this.url}: the connection is renewed before its timestamps end`)
    this.#bury(
      connection,
      connection.leave(FAREWELL).then(() => connection.stop(BURIAL)),
    )
    this.#later(0)
  }

  #bury(connection: Connection, gone: Promise<void>): void {
    this.#connection = null
    this.#encodedAtLoss ??= this.#encoded
    this.#buried = Promise.all([this.#buried, gone]).then(() => {
      this.#past = add(this.#past, connection.stats)
    })
  }

  get #encoded(): number {
    return this.#program?.stats()?.videoPackets ?? 0
  }

  /** The next attempt: after the delay, and when the connection before it is gone. */
  #later(delay: number): void {
    this.#timer = this.#tools.clock.setTimeout(() => {
      void this.#buried.then(() => {
        if (this.#program && this.#state.apply({ type: 'attempt' })) this.#attempt(this.#program)
      })
    }, delay)
  }

  /** The output failed, and this target with it. */
  fail(error: RxGstError): void {
    this.#cancel()
    this.#state.apply({ type: 'lost', reason: this.state.reason ?? error.code })
  }

  /** stop(), in its three steps: no longer live; what is queued has left; the connection is gone. */
  leave(): void {
    this.#cancel()
    this.#state.apply({ type: 'stop' })
  }

  async drain(deadline: number): Promise<void> {
    await this.#connection?.drain(deadline)
  }

  async end(deadline: number): Promise<void> {
    this.#cancel()
    await Promise.all([this.#buried, this.#connection?.stop(deadline)])
  }

  left(): void {
    this.#state.apply({ type: 'stopped' })
  }

  /** Ends this target alone: what it has got leaves first. */
  async remove(drain: number, deadline: number): Promise<void> {
    this.leave()
    await this.#connection?.leave(drain)
    await this.end(deadline)
    this.left()
  }

  #cancel(): void {
    this.#tools.clock.clearTimeout(this.#timer)
  }
}

function add(
  a: PublisherStats,
  b: PublisherStats | undefined,
): { packets: number; bytes: number; dropped: number; outBytes: number } {
  return {
    packets: a.packets + (b?.packets ?? 0),
    bytes: a.bytes + (b?.bytes ?? 0),
    dropped: a.dropped + (b?.dropped ?? 0),
    outBytes: a.outBytes + (b?.outBytes ?? 0),
  }
}
