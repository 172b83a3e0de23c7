import type { RelayNews, RelayTargetCounters } from '../../addon/relay'
import { withAwakePatience } from '../../core/deadline'
import { deferred, type Deferred } from '../../core/deferred'
import { RxGstError, type ErrorCode } from '../../core/errors'
import type { RtmpUrl } from '../../core/url'
import { Watchdog } from '../../core/watchdog'
import type { OutputTargetStats } from '../output/stats'
import { mayRetry } from '../output/target-fault'
import { LONGEST_CONNECTION_MS, type TrafficObservation } from '../output/traffic-watch'
import { untaken, withCodec } from '../output/untaken-codec'
import { publishByUs } from '../../engine/reconnect/publish-by'
import { ReconnectMachine } from '../../engine/reconnect/reconnect-machine'
import type { ResolvedRelayOptions } from './options'
import { MOST_GAP_MS, RelayPeer, type RelayTools, type TargetEvents } from './relay-peer'
import type { TargetPart } from './target-part'
import { errorOf, type RelayWire } from './wire'

/** The pictures' codec, as far as servers may not know it; null: there are none, or nobody could tell. */
export type KnownCodec = 'h264' | 'hevc' | 'av1' | null

/** One connection. */
interface Attempt {
  /** Of the wire; null: it is closed, or has not begun. */
  number: number | null
  readonly traffic: Watchdog<TrafficObservation>
  /** Waits for a server that accepts before it denies. */
  accepting: unknown
  liveAt: number
  readonly over: Deferred<void>
}

/** nginx accepts before it denies, and hangs up at once: the server has meant it after so long, ms. */
const MEANT_MS = 60
/** For a connection that is renewed to say goodbye, ms. */
const GOODBYE_MS = 1300
/** Errors that do not come from the server: it has given no answer yet. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'ERR_CONNECTION_REFUSED',
  'ERR_HOST_NOT_FOUND',
  'ERR_CONNECT_TIMEOUT',
])

/** One target of a relay: one URL, its state, and its connections, one after the other. */
export class RelayTarget extends RelayPeer implements TargetPart {
  readonly #options: ResolvedRelayOptions
  readonly #wire: RelayWire
  readonly #events: TargetEvents
  readonly #tools: RelayTools
  readonly #codec: () => KnownCodec
  readonly #machine: ReconnectMachine<Attempt>
  #first = true
  #wasLive = false
  #begun = false
  #reconnects = 0
  /** Counters of the connections that have ended, and of the time between connections. */
  #past = { packets: 0, bytes: 0, dropped: 0, outBytes: 0 }
  /** Connections that say goodbye: their counters still move. */
  readonly #stopping = new Set<Attempt>()
  #packetsAtLoss: number | null = null

  constructor(
    url: RtmpUrl,
    options: ResolvedRelayOptions,
    wire: RelayWire,
    codec: () => KnownCodec,
    events: TargetEvents,
    tools: RelayTools,
  ) {
    super(url, tools.clock)
    this.#options = options
    this.#wire = wire
    this.#codec = codec
    this.#events = events
    this.#tools = tools
    const { reconnect, logger } = options
    this.#machine = new ReconnectMachine<Attempt>({
      state: this.holder,
      reconnect,
      retriesFirst: true,
      // The connection has the deadline itself, and says what it waited for.
      attemptTimeoutMs: null,
      logger,
      name: this.url,
      clock: tools.clock,
      random: tools.random,
      mayConnect: events.mayConnect,
      make: () => this.#make(),
      start: (attempt, until) => this.#start(attempt, until),
      stop: (attempt, goodbye) => this.#stop(attempt, goodbye),
      judge: error => {
        const retryable = mayRetry(error, this.#first)
        // Without an answer of the server, the next attempt may still get its first one.
        if (!NO_ANSWER.has(error.code)) this.#first = false
        return retryable ? 'retry' : 'final'
      },
      acknowledged: attempt => (this.#countersOf(attempt)?.outBytesAcked ?? 0) > 0,
      onLive: attempt => this.#onLive(attempt),
      onRetired: () => {
        this.#packetsAtLoss ??= this.#wire.packets.packets()
      },
      onFailed: error => {
        logger.error(`${this.url}: ${error.code}: ${error.message}`)
        events.onLost(error)
      },
    })
  }

  get shortLives(): number {
    return this.#machine.shortLives
  }

  get queueMs(): number {
    return this.#countersOf(this.#machine.attempt)?.queueMs ?? 0
  }

  stats(): OutputTargetStats {
    const { attempt } = this.#machine
    const connections = new Set(attempt ? [...this.#stopping, attempt] : this.#stopping)
    const all = [...connections].reduce((past, each) => sum(past, this.#countersOf(each)), this.#past)
    return { ...all, srt: null, queueMs: this.queueMs, reconnects: this.#reconnects }
  }

  /** Bytes sent that RTMP has not acknowledged; null: it is not connected. */
  ackLag(): number | null {
    const counters = this.#countersOf(this.#machine.attempt)
    return counters ? Math.max(0, counters.outBytes - counters.outBytesAcked) : null
  }

  begin(): void {
    if (this.holder.apply({ type: 'start' })) this.#machine.begin()
  }

  /** Begins to connect, once. */
  connect(): void {
    if (this.state.phase !== 'connecting' || this.#begun) return
    this.#begun = true
    this.#machine.begin()
    this.#machine.connect()
  }

  #make(): Attempt {
    const traffic = new Watchdog<TrafficObservation>({
      patience: this.#options.stallTimeout,
      mostGap: MOST_GAP_MS,
      isWell: (look, _, well) => look.bytes !== well.bytes || look.packets <= well.packets,
    })
    return { number: null, traffic, accepting: null, liveAt: 0, over: deferred() }
  }

  #start(attempt: Attempt, until: number): void {
    const publishBy = this.#events.mayConnect ? publishByUs(until, this.#tools.clock) : null
    const times = { timeout: this.#options.connectTimeout, publishBy }
    attempt.number = this.#wire.addTarget(this.address, times, news => this.#on(attempt, news))
  }

  /** The server wishes to be left for another one. */
  #follow({ number }: Attempt, until: number): void {
    if (number !== null) this.#wire.packets.followWish(number, publishByUs(until, this.#tools.clock))
  }

  async #stop(attempt: Attempt, goodbye: boolean): Promise<void> {
    this.#stopping.add(attempt)
    if (goodbye) await this.#finish(attempt, GOODBYE_MS)
    this.#tools.clock.clearTimeout(attempt.accepting)
    this.#stopping.delete(attempt)
    this.#past = sum(this.#past, this.#countersOf(attempt))
    if (attempt.number !== null) this.#wire.closeConnection(attempt.number)
    attempt.number = null
  }

  async #finish(attempt: Attempt | null, deadline: number): Promise<void> {
    if (attempt?.number == null) return
    this.#wire.packets.finish(attempt.number)
    await withAwakePatience(attempt.over.promise, deadline, undefined, this.#tools.clock)
  }

  #countersOf(attempt: Attempt | null): RelayTargetCounters | null {
    return attempt?.number == null ? null : this.#wire.packets.target(attempt.number)
  }

  #on(attempt: Attempt, { what, text, failure }: RelayNews): void {
    if (what === 'over') attempt.over.resolve()
    if (attempt !== this.#machine.attempt) return
    const { logger } = this.#options
    const isLive = this.#machine.isLive(attempt)
    if (what === 'started') {
      attempt.accepting = this.#tools.clock.setTimeout(() => this.#machine.live(attempt), MEANT_MS)
    } else if (what === 'takes') {
      const codec = this.#codec()
      const warning = codec && untaken(codec, text)
      if (warning) logger.warn(`${this.url} ${warning}`)
    } else if (what === 'wish') {
      this.#machine.wish(attempt, until => this.#follow(attempt, until))
    } else if (what === 'moved') {
      logger.info(`${this.url} is published to the address that its server named`)
    } else if (what === 'over') {
      const closed = new RxGstError('ERR_CONNECTION_LOST', `${this.url} closed the connection`)
      const error = failure ? errorOf(failure, this.address, isLive) : closed
      this.#lose(attempt, isLive ? this.#explained(error, attempt) : error)
    }
  }

  #explained(error: RxGstError, attempt: Attempt): RxGstError {
    const codec = this.#codec()
    return codec ? withCodec(error, codec, this.#tools.clock.now() - attempt.liveAt) : error
  }

  #onLive(attempt: Attempt): void {
    attempt.liveAt = this.#tools.clock.now()
    this.#first = false
    if (this.#wasLive) this.#reconnects++
    this.#wasLive = true
    if (this.#packetsAtLoss !== null) {
      const dropped = this.#wire.packets.packets() - this.#packetsAtLoss
      this.#past = { ...this.#past, dropped: this.#past.dropped + dropped }
    }
    this.#packetsAtLoss = null
    this.#options.logger.info(`${this.url} is live`)
  }

  #lose(attempt: Attempt, error: RxGstError): void {
    this.#tools.clock.clearTimeout(attempt.accepting)
    const reason = this.#machine.lost(attempt, error)
    if (attempt !== this.#machine.attempt) this.#events.onLost(reason)
  }

  /** One look at what no server reports: it takes no bytes, or the connection is old. */
  look(): void {
    const { attempt } = this.#machine
    const counters = this.#countersOf(attempt)
    if (!attempt || !counters || !this.#machine.isLive(attempt)) return
    const { stallTimeout, logger } = this.#options
    const bytes = counters.acknowledged ?? counters.outBytes
    if (attempt.traffic.overdue({ now: this.#tools.clock.now(), packets: counters.packets, bytes })) {
      const error = new RxGstError('ERR_STALLED', `${this.url} took no bytes for ${stallTimeout} ms`)
      if (!this.#machine.keepsStalled(attempt, error)) this.#lose(attempt, error)
      return
    }
    this.#machine.flows(attempt)
    if (counters.positionMs <= LONGEST_CONNECTION_MS) return
    this.#machine.replace(attempt, 'ERR_CONNECTION_AGE', null)
    if (attempt !== this.#machine.attempt)
      logger.info(`${this.url}: the connection is renewed before its timestamps overflow`)
  }

  /** The relay has failed, and this target with it. */
  fail(error: RxGstError): void {
    this.#machine.halt()
    const { reason, hint } = this.state
    const own = reason === null ? { reason: error.code, hint: error.hint } : { reason, hint }
    this.holder.apply({ type: 'lost', ...own })
  }

  /** First step of stop(): the target is no longer live. */
  markStopping(): void {
    this.#machine.halt()
    this.holder.apply({ type: 'stop' })
  }

  /** Second step: what waits leaves, then a goodbye. */
  async drain(deadline: number): Promise<void> {
    await this.#finish(this.#machine.attempt, deadline)
  }

  /** Third step: ends the connections. */
  async end(): Promise<void> {
    await this.#machine.stop()
  }

  /** Ends this target alone, after its queue has left. */
  async remove(drain: number): Promise<void> {
    this.markStopping()
    await this.drain(drain)
    await this.end()
    this.markStopped()
  }
}

type Counters = Record<'packets' | 'bytes' | 'dropped' | 'outBytes', number>

function sum(a: Counters, b: Counters | null): Counters {
  if (!b) return a
  return {
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    dropped: a.dropped + b.dropped,
    outBytes: a.outBytes + b.outBytes,
  }
}
