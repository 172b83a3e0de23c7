import { systemClock, type Clock } from '../core/clock'
import type { DropCause } from './meter'
import type { MetricName } from './metrics'
import type { StreamPhase } from '../core/types'
import type { ElementHandle } from '../addon/gst'
import type { NativePacer } from '../addon/output'
import type { VideoTap } from '../addon/tap'
import { StreamMeter } from './stream-meter'

export interface PadPoint {
  readonly element: ElementHandle
  readonly pad: string
}

export type DropCounts = Readonly<Partial<Record<DropCause, number>>>

/** Where a stream can be measured while a connection of it lasts. */
export interface MeterPoints {
  /** Encoded pictures and sound. */
  readonly packets?: readonly PadPoint[]
  /** Decoded ones: what content health looks at. */
  readonly pictures?: readonly PadPoint[]
  readonly audio?: readonly PadPoint[]
  /** Latency, from here … */
  readonly entries?: readonly PadPoint[]
  readonly pacer?: NativePacer
  /** … to there. `tags`: FLV tags of the hand-over. */
  readonly exits?: readonly (PadPoint & { readonly tags?: boolean })[]
  readonly tap?: VideoTap
  /** Totals of this connection. */
  dropped?(): DropCounts
  /** Bytes sent that the peer has not acknowledged. */
  ackLagBytes?(): number | null
}

/** What a stream knows of itself besides its pads. */
export interface MeterHost {
  readonly direction: 'in' | 'out' | 'pipeline'
  phase(): StreamPhase
  /** ms that wait for the consumer, or for the slowest live target; null: nobody is there. */
  queueMs?(): number | null
  /** Totals since the stream was made, besides those of its connections. */
  dropped?(): DropCounts
  /** How often it came back; absent: its phases tell. */
  reconnects?(): number
  /** `performance.now()` of the last write of an output. */
  lastWrite?(): { readonly video: number | null; readonly audio: number | null }
  /** That of `liveSince` and `lastWrite`; default the system's. */
  readonly clock?: Clock
  /** Pictures a second that it was asked for. */
  readonly fpsTarget?: number
  /** The cause of a hole in the timestamps of packets; default 'source'; null: holes mean nothing. */
  readonly holes?: DropCause | null
}

/** An interval of time in which these points are there. */
export interface MeterConnection {
  readonly points: MeterPoints
  /** A connection of the stream: gauges begin anew with it. Otherwise a place more, as a target of an output. */
  readonly whole: boolean
}

/**
 * The meters of one stream, and where they can look now. The stream tells what comes and goes; with no meter open that
 * costs nothing but these calls. JS thread.
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

  /** Before data flows, so that nothing is missed. Returns what is to be called when the points go; idempotent. */
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

  /** The stream's phase from now on; an output's is 'live' while any of its targets is. */
  setPhase(phase: StreamPhase): void {
    // A first connection that took more than one attempt came for the first time, not back.
    if (phase === 'live' && this.#phase === 'reconnecting' && this.#wasLive) this.#reconnects++
    if (phase === 'live') this.#wasLive = true
    this.#phase = phase
    if (phase === 'live') this.#liveSince ??= this.clock.now()
    else if (phase !== 'stalled') this.#liveSince = null
  }

  /** `performance.now()` since which the stream is live, an output on any target; null: it is not. */
  get liveSince(): number | null {
    return this.#liveSince
  }

  get reconnects(): number {
    return this.host.reconnects?.() ?? this.#reconnects
  }

  /** Of the connection that has most; null: none tells. */
  ackLagBytes(): number | null {
    const known = [...this.#connections].map(({ points }) => points.ackLagBytes?.()).filter(bytes => bytes != null)
    return known.length > 0 ? Math.max(...known) : null
  }

  /** Of all connections. */
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
