import type { RelayInputCounters, RelayNews } from '../../addon/relay'
import { RxGstError } from '../../core/errors'
import { Watchdog, type Observation } from '../../core/watchdog'
import type { RtmpUrl } from '../../core/url'
import { noKeyframe } from '../capture/codec-error'
import { unanswered } from '../capture/unanswered'
import { ReconnectMachine } from '../../engine/reconnect/reconnect-machine'
import { PastInput, type InputEvents, type InputPart } from './input-part'
import type { ResolvedRelayOptions } from './options'
import { MOST_GAP_MS, RelayPeer, type RelayTools } from './relay-peer'
import type { RelayInputStats } from './stats'
import { errorOf, type RelayWire } from './wire'

interface Flow extends Observation {
  readonly packets: number
}

/** One connection. */
interface Attempt {
  /** Of the wire; null: it is closed, or has not begun. */
  number: number | null
  readonly flow: Watchdog<Flow>
  stalled: boolean
  lastPackets: number
  /** The publisher has left: the stream goes on with something to begin with, and not with what was on its way. */
  left: boolean
}

/** One input of a relay: its URL, its state, and its connections, one after the other. */
export class RelayInput extends RelayPeer implements InputPart {
  readonly #rank: number
  readonly #options: ResolvedRelayOptions
  readonly #wire: RelayWire
  readonly #events: InputEvents
  readonly #tools: RelayTools
  readonly #machine: ReconnectMachine<Attempt>
  #wasLive = false
  #reconnects = 0
  readonly #past = new PastInput()

  constructor(
    url: RtmpUrl,
    rank: number,
    options: ResolvedRelayOptions,
    wire: RelayWire,
    events: InputEvents,
    tools: RelayTools,
  ) {
    super(url, tools.clock)
    this.#rank = rank
    this.#options = options
    this.#wire = wire
    this.#events = events
    this.#tools = tools
    const { reconnect, connectTimeout, logger } = options
    this.#machine = new ReconnectMachine<Attempt>({
      state: this.holder,
      reconnect,
      // Whether the relay waits for the first one of all is the relay's to decide.
      retriesFirst: true,
      attemptTimeoutMs: connectTimeout,
      logger,
      name: url.display,
      clock: tools.clock,
      random: tools.random,
      make: () => this.#make(),
      start: attempt => this.#start(attempt),
      stop: async attempt => this.#stop(attempt),
      look: attempt => this.#look(attempt),
      overdue: (attempt, ms) => this.#overdue(attempt, ms),
      judge: error => (error.retryable || error.code === 'ERR_STREAM_ENDED' ? 'retry' : 'final'),
      onLive: () => this.#onLive(),
      onRetired: attempt => this.#note(attempt),
      onFailed: error => {
        logger.error(`${url.display}: ${error.code}: ${error.message}`)
        events.onLost(error)
      },
    })
  }

  get onAir(): boolean {
    return this.counters?.onAir ?? false
  }

  get shortLives(): number {
    return this.#machine.shortLives
  }

  /** Of the present connection; null: there is none. */
  get counters(): RelayInputCounters | null {
    return this.#countersOf(this.#machine.attempt)
  }

  stats(): RelayInputStats {
    return { ...this.#past.with(this.counters), reconnects: this.#reconnects }
  }

  start(): void {
    if (!this.holder.apply({ type: 'start' })) return
    this.#machine.begin()
    this.#machine.connect()
  }

  /** One look at what no server reports. */
  look(): void {
    this.#machine.look()
  }

  /** Makes no further attempt. */
  markStopping(): void {
    this.#machine.halt()
    this.holder.apply({ type: 'stop' })
  }

  async end(): Promise<void> {
    await this.#machine.stop()
  }

  /** The relay has failed, and this input with it. */
  fail(error: RxGstError): void {
    this.#machine.halt()
    this.holder.apply({ type: 'lost', reason: error.code, hint: error.hint })
  }

  #make(): Attempt {
    const flow = new Watchdog<Flow>({
      patience: this.#options.stallTimeout,
      mostGap: MOST_GAP_MS,
      isWell: ({ packets }, last) => packets !== last.packets,
    })
    return { number: null, flow, stalled: false, lastPackets: 0, left: false }
  }

  #start(attempt: Attempt): void {
    const { connectTimeout } = this.#options
    attempt.number = this.#wire.addInput(this.address, connectTimeout, this.#rank, news => this.#on(attempt, news))
  }

  #stop(attempt: Attempt): void {
    if (attempt.number !== null) this.#wire.closeConnection(attempt.number)
    attempt.number = null
  }

  #countersOf(attempt: Attempt | null): RelayInputCounters | null {
    return attempt?.number == null ? null : this.#wire.packets.input(attempt.number)
  }

  #note(attempt: Attempt): void {
    this.#past.add(this.#countersOf(attempt))
  }

  #on(attempt: Attempt, { what, failure }: RelayNews): void {
    if (attempt !== this.#machine.attempt) return
    const display = this.url
    const isLive = this.#machine.isLive(attempt)
    if (what === 'on-air') this.#events.onAir(this)
    else if (what === 'ready') this.#goesOn(attempt)
    else if (what === 'left' && isLive) {
      attempt.left = true
      this.#stalls(attempt, new RxGstError('ERR_STREAM_ENDED', `the publisher of ${display} has left`))
    }
    if (what === 'moved') this.#options.logger.info(`${display} is played from the address that it named`)
    else if (what === 'over') {
      const ended = new RxGstError('ERR_STREAM_ENDED', `${display} ended: its publisher or the server closed it`)
      this.#lose(attempt, failure ? errorOf(failure, this.address, isLive) : ended)
    }
  }

  #goesOn(attempt: Attempt): void {
    attempt.left = false
    if (this.#machine.isLive(attempt)) this.#flows(attempt)
    else this.#machine.live(attempt)
  }

  #onLive(): void {
    if (this.#wasLive) this.#reconnects++
    this.#wasLive = true
    this.#options.logger.info(`${this.url} is live`)
  }

  #lose(attempt: Attempt, error: RxGstError): void {
    const reason = this.#machine.lost(attempt, error)
    if (attempt !== this.#machine.attempt) this.#events.onLost(reason)
  }

  #look(attempt: Attempt): void {
    if (!this.#machine.isLive(attempt)) return
    const packets = this.#countersOf(attempt)?.packets
    if (packets === undefined) return
    const stands = attempt.flow.overdue({ now: this.#tools.clock.now(), packets }) !== null
    const moved = packets !== attempt.lastPackets
    attempt.lastPackets = packets
    const { stallTimeout } = this.#options
    if (moved && !attempt.left) this.#flows(attempt)
    else if (stands)
      this.#stalls(attempt, new RxGstError('ERR_STALLED', `no bytes from ${this.url} for ${stallTimeout} ms`))
  }

  #stalls(attempt: Attempt, error: RxGstError): void {
    if (attempt.stalled) return
    attempt.stalled = true
    this.#machine.stalled(attempt, error)
    if (attempt !== this.#machine.attempt || this.state.phase === 'failed') this.#events.onLost(error)
  }

  #flows(attempt: Attempt): void {
    if (!attempt.stalled) return
    attempt.stalled = false
    this.#machine.flows(attempt)
  }

  #overdue(attempt: Attempt, ms: number): RxGstError {
    const counters = this.#countersOf(attempt)
    if (counters && counters.pictures > 0) return noKeyframe(this.url, counters.pictures)
    const text = `no media from ${this.url} within ${Math.round(ms)} ms`
    return unanswered(counters?.phase, this.address) ?? new RxGstError('ERR_CONNECT_TIMEOUT', text)
  }
}
