import { systemClock, type Clock } from '../core/clock'
import type { HlsStats } from '../core/addresses/hls-stats'
import type { SrtStats } from '../core/addresses/srt-stats'
import type { DropCause, GroupReading } from './meter'
import type { MetricName } from './metrics'
import type { StreamPhase } from '../core/types'
import type { ElementHandle } from '../addon/gst'
import type { NativePacer } from '../addon/output'
import type { PacketRelay } from '../addon/relay'
import type { VideoTap } from '../addon/tap'
import { StreamMeter } from './stream-meter'

export interface PadPoint {
  readonly element: ElementHandle
  readonly pad: string
}

export type DropCounts = Readonly<Partial<Record<DropCause, number>>>

/** The points where one connection of a stream can be measured. */
export interface MeterPoints {
  /** Encoded pictures and sound. */
  readonly packets?: readonly PadPoint[]
  /** Or the packets that a relay copies. */
  readonly relay?: PacketRelay
  /** Decoded pictures, for the content metrics. */
  readonly pictures?: readonly PadPoint[]
  /** Decoded sound. */
  readonly audio?: readonly PadPoint[]
  /** Latency begins here, */
  readonly entries?: readonly PadPoint[]
  /** or with the writes to this pacer. */
  readonly pacer?: NativePacer
  /** Latency ends here. `tags`: the pad carries the fan-out's FLV tags. */
  readonly exits?: readonly (PadPoint & { readonly tags?: boolean })[]
  /** Latency ends where JavaScript takes pictures from this tap. */
  readonly tap?: VideoTap
  /** Totals of this connection's drops. */
  dropped?(): DropCounts
  /** Bytes sent that the peer has not acknowledged. */
  ackLagBytes?(): number | null
}

/** The stream's own knowledge, besides its pads. */
export interface MeterHost {
  readonly direction: 'in' | 'out' | 'pipeline'
  phase(): StreamPhase
  /** Milliseconds of media that wait for the consumer, or for the slowest live target; null: there is none. */
  queueMs?(): number | null
  /** Totals of drops since the stream was made, without those of its connections. */
  dropped?(): DropCounts
  /** Count of reconnects. Absent: counted by the phases. */
  reconnects?(): number
  /** How many connections in a row the peer closed after a short time. */
  shortLives?(): number
  /** The network of its SRT connections; null: it has none. */
  srt?(): SrtStats | null
  /** What it has loaded over HLS; null: its address is none of HLS. */
  hls?(): HlsStats | null
  /** Of an output with groups of targets. */
  groups?(): readonly GroupReading[] | undefined
  /** `performance.now()` of the last write of an output. */
  lastWrite?(): { readonly video: number | null; readonly audio: number | null }
  /** Clock of `liveSince` and `lastWrite`; default the system's. */
  readonly clock?: Clock
  /** Frame rate that the caller has set. */
  readonly fpsTarget?: number
  /** Cause of gaps in the timestamps of packets; default 'source'; null: gaps mean nothing. */
  readonly holes?: DropCause | null
}

/** A connection of a stream, with its points. */
export interface MeterConnection {
  readonly points: MeterPoints
  /** Whether gauges begin again with it. Not so for a further point, such as a target of an output. */
  readonly whole: boolean
}

/**
 * The meters of one stream, and its present points. The stream attaches and detaches the points of its connections,
 * which costs next to nothing while no meter is open. JS thread.
 */
export class Meters {
  readonly host: MeterHost
  readonly clock: Clock
  readonly #meters = new Set<StreamMeter>()
  readonly #connections = new Set<MeterConnection>()
  #phase: StreamPhase = 'idle'
  #liveSince: number | null = null
  #dropped: DropCounts = {}
  #wasLive = false
  #reconnects = 0

  constructor(host: MeterHost) {
    this.host = host
    this.clock = host.clock ?? systemClock
  }

  open(metrics: readonly MetricName[]): StreamMeter {
    const meter: StreamMeter = new StreamMeter(this, metrics, () => this.#meters.delete(meter))
    this.#meters.add(meter)
    for (const connection of this.#connections) meter.attach(connection)
    return meter
  }

  /** Attaches points, before data flows. Returns the function that detaches them, which is idempotent. */
  attach(points: MeterPoints, { whole = true } = {}): () => void {
    const connection: MeterConnection = { points, whole }
    this.#connections.add(connection)
    for (const meter of this.#meters) meter.attach(connection)
    return () => {
      if (!this.#connections.delete(connection)) return
      this.#dropped = sum(this.#dropped, points.dropped?.() ?? {})
      for (const meter of this.#meters) meter.detach(connection)
    }
  }

  /** Sets the stream's phase. An output is 'live' while any of its targets is. */
  setPhase(phase: StreamPhase): void {
    // A first connection after several attempts is no reconnect.
    if (phase === 'live' && this.#phase === 'reconnecting' && this.#wasLive) this.#reconnects++
    if (phase === 'live') this.#wasLive = true
    this.#phase = phase
    if (phase === 'live') this.#liveSince ??= this.clock.now()
    else if (phase !== 'stalled') this.#liveSince = null
  }

  /** Start of the live phase, by performance.now(); of an output, on any target. null: it is not live. */
  get liveSince(): number | null {
    return this.#liveSince
  }

  get reconnects(): number {
    return this.host.reconnects?.() ?? this.#reconnects
  }

  /** The largest value of all connections; null: none is known. */
  ackLagBytes(): number | null {
    const known = [...this.#connections].map(({ points }) => points.ackLagBytes?.()).filter(bytes => bytes != null)
    return known.length > 0 ? Math.max(...known) : null
  }

  /** Drops over all connections, by cause. */
  dropped(): DropCounts {
    let all = sum(this.#dropped, this.host.dropped?.() ?? {})
    for (const { points } of this.#connections) all = sum(all, points.dropped?.() ?? {})
    return all
  }
}

function sum(a: DropCounts, b: DropCounts): DropCounts {
  const all: Partial<Record<DropCause, number>> = { ...a }
  for (const [cause, count] of Object.entries(b) as [DropCause, number][]) all[cause] = (all[cause] ?? 0) + count
  return all
}
