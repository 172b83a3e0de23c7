import { Subject, type Observable } from 'rxjs'
import { sumSrt } from '../../core/addresses/srt-stats'
import { asRxGstError, type RxGstError, type ErrorCode } from '../../core/errors'
import type { StreamState } from '../../core/types'
import { StateHolder } from '../../engine/state'
import type { Connection } from '../output/destination'
import type { PacketSource } from '../record/packet-source'
import type { PublisherEvents, PublisherStats } from '../output/publisher'
import { RecordConnection } from '../output/record-connection'
import { SrtPublisher } from '../output/srt/publisher'
import { parseSrtTarget, sameSrtTarget, type SrtTarget } from '../output/srt/srt-target'
import type { OutputTargetStats } from '../output/stats'
import { mayRetry } from '../output/target-fault'
import { Library } from '../record/library'
import { RecordTarget } from '../record/record'
import type { RecordedSegment } from '../record/types'
import { ReconnectMachine } from '../../engine/reconnect/reconnect-machine'
import type { ResolvedRelayOptions } from './options'
import type { RelayTools, TargetEvents } from './relay-peer'
import type { KnownCodec } from './relay-target'
import type { TargetPart } from './target-part'

/** For a connection that ends to stop, behind its goodbye, ms. */
const STOP_MS = 1500

/** Where such a target leads: a peer of SRT, or a folder. */
type Place = SrtTarget | RecordTarget

/** ERR_URL: it is no address of a peer of SRT that can be sent to. */
export function packetPlace(given: string | RecordTarget): Place {
  return given instanceof RecordTarget ? given : parseSrtTarget(given)
}

/** A recording or a peer of SRT as a target of a relay: the packets that it copies, one connection after the other. */
export class PacketTarget implements TargetPart {
  readonly #place: Place
  readonly #options: ResolvedRelayOptions
  readonly #events: TargetEvents
  readonly #tools: RelayTools
  readonly #packets: PacketSource
  readonly #codec: () => KnownCodec
  readonly #state: StateHolder
  readonly #machine: ReconnectMachine<Connection>
  readonly #segments = new Subject<RecordedSegment>()
  readonly #library: Library | null
  readonly #stopping = new Set<Connection>()
  #past: PublisherStats = { packets: 0, bytes: 0, dropped: 0, outBytes: 0 }
  #packetsAtLoss: number | null = null
  #begun = false
  #wasLive = false
  #reconnects = 0
  #leaving: Promise<void> | null = null
  /** Each finished segment of a recording. */
  readonly recording$ = this.#segments.asObservable()

  constructor(
    given: string | RecordTarget,
    options: ResolvedRelayOptions,
    packets: PacketSource,
    codec: () => KnownCodec,
    events: TargetEvents,
    tools: RelayTools,
  ) {
    const place = packetPlace(given)
    const { reconnect, logger } = options
    const { clock, random } = tools
    this.#place = place
    this.#options = options
    this.#packets = packets
    this.#codec = codec
    this.#events = events
    this.#tools = tools
    const onSegment = (segment: RecordedSegment): void => this.#segments.next(segment)
    this.#library = place instanceof RecordTarget ? new Library({ target: place, clock, logger, onSegment }) : null
    this.#state = new StateHolder(clock)
    let first = true
    this.#machine = new ReconnectMachine<Connection>({
      state: this.#state,
      reconnect,
      retriesFirst: true,
      attemptTimeoutMs: null,
      logger,
      name: this.url,
      clock,
      random,
      mayConnect: events.mayConnect,
      make: () => this.#make(),
      start: connection => {
        connection
          .start(null)
          .catch((error: unknown) => this.#lose(connection, asRxGstError(error, 'it could not be built')))
      },
      stop: (connection, goodbye) => this.#stop(connection, goodbye),
      judge: error => {
        const retry = mayRetry(error, first)
        first &&= NO_ANSWER.has(error.code)
        return retry ? 'retry' : 'final'
      },
      acknowledged: connection => connection.acknowledged,
      onLive: () => this.#onLive(),
      onRetired: () => {
        this.#packetsAtLoss ??= this.#sent
      },
      onFailed: error => {
        logger.error(`${this.url}: ${error.code}: ${error.message}`)
        events.onLost(error)
      },
    })
  }

  get url(): string {
    return this.#place instanceof RecordTarget ? this.#place.folder : this.#place.display
  }

  get state$(): Observable<StreamState> {
    return this.#state.state$
  }

  get state(): StreamState {
    return this.#state.state
  }

  get shortLives(): number {
    return this.#machine.shortLives
  }

  get queueMs(): number {
    return this.#machine.attempt?.queueMs ?? 0
  }

  stats(): OutputTargetStats {
    const all = [...this.#stopping, ...(this.#machine.attempt ? [this.#machine.attempt] : [])]
    const total = all.reduce((sum, { stats }) => add(sum, stats), this.#past)
    return { ...total, srt: total.srt ?? null, queueMs: this.queueMs, reconnects: this.#reconnects }
  }

  /** SRT and disks acknowledge nothing as RTMP does. */
  ackLag(): null {
    return null
  }

  /** Whether both are the same folder, or the same stream of a peer. */
  same(given: string | RecordTarget): boolean {
    const [one, other] = [this.#place, packetPlace(given)]
    if (one instanceof RecordTarget || other instanceof RecordTarget)
      return one instanceof RecordTarget && other instanceof RecordTarget && one.folder === other.folder
    return sameSrtTarget(one, other)
  }

  begin(): void {
    if (this.#state.apply({ type: 'start' })) this.#machine.begin()
  }

  connect(): void {
    if (this.state.phase !== 'connecting' || this.#begun) return
    this.#begun = true
    const isStream = !(this.#place instanceof RecordTarget) || this.#place.place.format === 'ts'
    if (isStream && this.#codec() === 'av1')
      this.#options.logger.warn(`${this.url}: a transport stream takes no AV1: the pictures are left out`)
    this.#machine.begin()
    this.#machine.connect()
  }

  #make(): Connection {
    const { connectTimeout, stallTimeout, logger } = this.#options
    const { clock } = this.#tools
    const [place, library] = [this.#place, this.#library]
    const events: PublisherEvents = {
      onLive: () => this.#machine.live(connection),
      onLost: error => this.#lose(connection, error),
      onExpiring: () => {},
      staysStalled: error => this.#machine.keepsStalled(connection, error),
      onFlows: () => this.#machine.flows(connection),
      onWish: () => {},
    }
    const connection: Connection =
      place instanceof RecordTarget
        ? new RecordConnection(this.#packets, { target: place, library: library!, stallTimeout, clock }, events)
        : new SrtPublisher(this.#packets, { url: place, connectTimeout, stallTimeout, logger, clock }, events)
    return connection
  }

  async #stop(connection: Connection, goodbye: boolean): Promise<void> {
    this.#stopping.add(connection)
    if (goodbye) await connection.goodbye(STOP_MS)
    await connection.stop(STOP_MS)
    this.#stopping.delete(connection)
    this.#past = add(this.#past, connection.stats)
  }

  get #sent(): number {
    return this.#packets.stats()?.videoPackets ?? 0
  }

  #onLive(): void {
    if (this.#wasLive) this.#reconnects++
    this.#wasLive = true
    const missed = this.#packetsAtLoss === null ? 0 : this.#sent - this.#packetsAtLoss
    this.#packetsAtLoss = null
    this.#past = { ...this.#past, dropped: this.#past.dropped + missed }
    this.#options.logger.info(`${this.url} is live`)
  }

  #lose(connection: Connection, error: RxGstError): void {
    const reason = this.#machine.lost(connection, error)
    if (connection !== this.#machine.attempt) this.#events.onLost(reason)
  }

  /** Its connections look by themselves. */
  look(): void {}

  fail(error: RxGstError): void {
    this.#machine.halt()
    this.#state.apply({ type: 'lost', reason: this.state.reason ?? error.code, hint: error.hint })
  }

  markStopping(): void {
    this.#machine.halt()
    this.#state.apply({ type: 'stop' })
  }

  /** What waits leaves, and a segment ends: nothing else tells this connection that nothing follows. */
  async drain(deadline: number): Promise<void> {
    this.#leaving ??= this.#machine.attempt?.goodbye(deadline) ?? Promise.resolve()
    await this.#leaving
  }

  async end(): Promise<void> {
    await this.#machine.stop()
  }

  markStopped(): void {
    this.#state.apply({ type: 'stopped' })
    this.#segments.complete()
  }

  async remove(deadline: number): Promise<void> {
    this.markStopping()
    await this.drain(deadline)
    await this.end()
    this.markStopped()
  }

  /** For logs. */
  toJSON(): { state: StreamState } {
    return { state: this.state }
  }
}

/** Errors that do not come from the peer: it has given no answer yet. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'ERR_CONNECTION_REFUSED',
  'ERR_HOST_NOT_FOUND',
  'ERR_CONNECT_TIMEOUT',
])

function add(a: PublisherStats, b: PublisherStats): PublisherStats {
  const [packets, bytes] = [a.packets + b.packets, a.bytes + b.bytes]
  const srt = sumSrt(a.srt ?? null, b.srt ?? null)
  return { packets, bytes, dropped: a.dropped + b.dropped, outBytes: a.outBytes + b.outBytes, ...(srt && { srt }) }
}
