import type { Observable } from 'rxjs'
import { systemClock, type Clock } from '../../core/clock'
import { asRxGstError, RxGstError, type ErrorCode } from '../../core/errors'
import { sumSrt } from '../../core/addresses/srt-stats'
import type { ResolvedOutputOptions } from '../options'
import type { MayConnect } from '../../core/transport-options'
import type { StreamState } from '../../core/types'
import type { RecordedSegment } from '../record/types'
import { destinationOf, type Connection, type Destination } from './destination'
import type { Encoding } from './encoding'
import { Publisher, type PublisherEvents, type PublisherOptions, type PublisherStats } from './publisher'
import type { OutputTargetStats } from './stats'
import { StateHolder } from '../../engine/state'
import { publishByUs } from '../../engine/reconnect/publish-by'
import { ReconnectMachine } from '../../engine/reconnect/reconnect-machine'
import type { Verdict } from '../../engine/reconnect/reconnect-options'
import { mayRetry } from './target-fault'
import type { EncodeGroup } from './groups/encode-groups'
import type { TargetAddress } from './target-url'
import { LONGEST_CONNECTION_MS } from './traffic-watch'

export interface TargetEvents {
  /** The target is live, for the first time or again. */
  onLive(): void
  /** A connection was lost or has failed; the state tells whether another attempt follows. */
  onLost(error: RxGstError): void
  /** A recording has a segment more. */
  onSegment?(segment: RecordedSegment): void
}

export type { Connection } from './destination'

/** Dependencies of a target, which tests replace. */
export interface TargetTools {
  readonly clock: Clock
  readonly random: () => number
  /** Age at which a connection of RTMP is renewed. */
  readonly longestMs: number
  /** Connects to a server of RTMP. */
  readonly connect: (encoding: Encoding, options: PublisherOptions, events: PublisherEvents) => Connection
}

const TOOLS: TargetTools = {
  clock: systemClock,
  random: Math.random,
  longestMs: LONGEST_CONNECTION_MS,
  connect: (encoding, options, events) => new Publisher(encoding, options, events),
}

/** Errors that do not come from the server: it has given no answer yet. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'ERR_CONNECTION_REFUSED',
  'ERR_HOST_NOT_FOUND',
  'ERR_CONNECT_TIMEOUT',
])

/** Deadline for a lost connection to stop before the next one begins; most stop within 10 ms. */
const LOST_DEADLINE_MS = 2000
/** Deadline for a renewed connection to say goodbye. */
const GOODBYE_DEADLINE_MS = 1300

/**
 * A target: one URL or recording of an output, its state, and its connections, one after the other. A new connection
 * joins the encoded stream at a keyframe. The packets that were encoded in between are lost to it, and counted.
 */
export class OutputTarget {
  readonly #destination: Destination
  readonly #options: ResolvedOutputOptions
  readonly #events: TargetEvents
  readonly #state: StateHolder
  readonly #machine: ReconnectMachine<Connection>
  readonly #clock: Clock
  /** Whether the program says when it may connect. */
  readonly #isGated: boolean
  #group: EncodeGroup | null = null
  #encoding: Encoding | null = null
  #first = true
  #explained = false
  #wasLive = false
  #reconnects = 0
  /** Connections that stop: their counters still move. */
  readonly #stopping = new Set<Connection>()
  /** Counters of the connections that have ended, and of the time between connections. */
  #past: { -readonly [Name in keyof PublisherStats]: PublisherStats[Name] } = {
    packets: 0,
    bytes: 0,
    dropped: 0,
    outBytes: 0,
  }
  #encodedAtLoss: number | null = null
  #stopDeadlineMs = LOST_DEADLINE_MS

  constructor(
    target: TargetAddress,
    options: ResolvedOutputOptions,
    events: TargetEvents,
    tools: TargetTools = TOOLS,
    mayConnect: MayConnect | null = null,
  ) {
    this.#isGated = mayConnect !== null
    this.#clock = tools.clock
    this.#destination = destinationOf(target, options, tools, segment => events.onSegment?.(segment))
    this.#options = options
    this.#events = events
    this.#state = new StateHolder(tools.clock)
    this.#machine = new ReconnectMachine<Connection>({
      state: this.#state,
      reconnect: options.reconnect,
      retriesFirst: true,
      attemptTimeoutMs: null,
      logger: options.logger,
      name: this.url,
      clock: tools.clock,
      random: tools.random,
      mayConnect,
      make: () => this.#make(this.#encoding!),
      start: (connection, until) => this.#start(connection, until),
      stop: (connection, goodbye) => this.#stop(connection, goodbye),
      judge: error => this.#judge(error),
      acknowledged: connection => connection.acknowledged,
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

  /** Without key and credentials; of a recording, its folder. */
  get url(): string {
    return this.#destination.display
  }

  /** The targets with the same encode; null: it has left them. */
  get inGroup(): EncodeGroup | null {
    return this.#group
  }

  /** The same, by its id. */
  get group(): string {
    return this.#group?.id ?? ''
  }

  join(group: EncodeGroup): void {
    this.#group = group
  }

  /** Its reconnects. */
  get reconnects(): number {
    return this.#reconnects
  }

  /** How many of its connections in a row were short-lived. */
  get shortLives(): number {
    return this.#machine.shortLives
  }

  get queueMs(): number {
    return this.#machine.attempt?.queueMs ?? 0
  }

  /** Counters since start(), over all connections. */
  get totals(): PublisherStats {
    const all = [...this.#stopping, ...(this.#machine.attempt ? [this.#machine.attempt] : [])]
    return all.reduce((sum, { stats }) => add(sum, stats), this.#past)
  }

  /** The same counters, and the present queue. */
  stats(): OutputTargetStats {
    const { totals } = this
    return { ...totals, srt: totals.srt ?? null, queueMs: this.queueMs, reconnects: this.#reconnects }
  }

  /** For logs. */
  toJSON(): { state: StreamState } {
    return { state: this.state }
  }

  /** What waits for it tells nothing of a network. */
  get isRecording(): boolean {
    return this.#destination.isRecording
  }

  /** Whether this target is the same stream or folder, even in another spelling. */
  same(target: TargetAddress): boolean {
    return this.#destination.same(target)
  }

  /** A better reason for a time-out; null: none is known. */
  async explain(error: RxGstError): Promise<RxGstError | null> {
    const held = this.state.reason === 'ERR_MAY_NOT_CONNECT'
    if (held) return new RxGstError('ERR_MAY_NOT_CONNECT', `${this.url}: mayConnect has not said yes`)
    // To find a reason is to connect.
    return this.#machine.mayConnect ? this.#destination.explain(error) : null
  }

  begin(): void {
    if (this.#state.apply({ type: 'start' })) this.#machine.begin()
  }

  /** Begins to connect; called once, when the encoding runs. */
  connect(encoding: Encoding): void {
    if (this.state.phase !== 'connecting' || this.#encoding) return
    this.#encoding = encoding
    this.#machine.connect()
  }

  #make(encoding: Encoding): Connection {
    if (this.#destination.needsPicture) encoding.fillAfter(0)
    const connection: Connection = this.#destination.open(encoding, {
      onLive: () => this.#machine.live(connection),
      onLost: error => this.#lose(connection, error),
      onExpiring: () => this.#renew(connection),
      staysStalled: error => this.#machine.keepsStalled(connection, error),
      onFlows: () => this.#machine.flows(connection),
      onWish: follow => this.#machine.wish(connection, until => follow(publishByUs(until, this.#clock))),
    })
    return connection
  }

  #start(connection: Connection, until: number): void {
    connection
      .start(this.#isGated ? publishByUs(until, this.#clock) : null)
      .catch((error: unknown) => this.#lose(connection, asRxGstError(error, 'the publisher could not be built')))
  }

  async #stop(connection: Connection, goodbye: boolean): Promise<void> {
    this.#stopping.add(connection)
    if (goodbye) await connection.goodbye(GOODBYE_DEADLINE_MS)
    await connection.stop(this.#stopDeadlineMs)
    this.#stopping.delete(connection)
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
      // start() and the targets must give the same reason, so explain() runs before the state changes.
      this.#explained = true
      void this.explain(error).then(reason => this.#lose(connection, reason ?? error))
      return
    }
    const reason = this.#machine.lost(connection, error)
    if (connection !== this.#machine.attempt) this.#events.onLost(reason)
  }

  #judge(error: RxGstError): Verdict {
    const retryable = mayRetry(error, this.#first)
    // Without an answer of the server, the next attempt may still get its first one (reconnect.first).
    if (!NO_ANSWER.has(error.code)) this.#first = false
    return retryable ? 'retry' : 'final'
  }

  /** The connection has reached its age limit: it says goodbye, and another one follows at once. */
  #renew(connection: Connection): void {
    if (connection !== this.#machine.attempt) return
    this.#machine.replace(connection, 'ERR_CONNECTION_AGE', null)
    if (connection === this.#machine.attempt) return
    this.#options.logger.info(`${this.url}: the connection is renewed before its timestamps overflow`)
  }

  get #encoded(): number {
    return this.#encoding?.stats()?.videoPackets ?? 0
  }

  /** The output has failed, and this target with it. */
  fail(error: RxGstError): void {
    this.#machine.halt()
    const { reason, hint } = this.state
    this.#state.apply({
      type: 'lost',
      ...(reason === null ? { reason: error.code, hint: error.hint } : { reason, hint }),
    })
  }

  /** First of the four steps of stop(): the target is no longer live. */
  markStopping(): void {
    this.#machine.halt()
    this.#state.apply({ type: 'stop' })
  }

  /** Second step: waits until its queue has left. */
  async drain(deadline: number): Promise<void> {
    await this.#machine.attempt?.drain(deadline)
  }

  /** Third step: ends the connections. */
  async end(deadline: number): Promise<void> {
    this.#stopDeadlineMs = deadline
    await this.#machine.stop()
  }

  /** Last step. */
  markStopped(): void {
    this.#state.apply({ type: 'stopped' })
  }

  /** Ends this target alone, after its queue has left. */
  async remove(drain: number, deadline: number): Promise<void> {
    this.markStopping()
    await this.#machine.attempt?.goodbye(drain)
    await this.end(deadline)
    this.markStopped()
  }
}

function add(a: PublisherStats, b: PublisherStats): PublisherStats {
  const srt = sumSrt(a.srt ?? null, b.srt ?? null)
  return {
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    dropped: a.dropped + b.dropped,
    outBytes: a.outBytes + b.outBytes,
    ...(srt && { srt }),
  }
}
