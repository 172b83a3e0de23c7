import type { DropCause } from '../core/meter'
import type { MetricName } from '../core/metrics'
import type { StreamPhase } from '../core/types'
import type { Address, NativeProgram, VideoTap } from '../native/binding'
import { StreamMeter } from './stream-meter'

export interface PadPoint {
  readonly element: Address
  readonly pad: string
}

export type DropCounts = Readonly<Partial<Record<DropCause, number>>>

/** Where a stream can be measured while a connection of it lasts. */
export interface MeterPoints {
  /** Encoded pictures and sound. */
  readonly packets?: readonly PadPoint[]
  /** Decoded ones: what content health looks at. */
  readonly pictures?: readonly PadPoint[]
  readonly sound?: readonly PadPoint[]
  /** Latency, from here … */
  readonly entries?: readonly PadPoint[]
  readonly program?: NativeProgram
  /** … to there. `tags`: FLV tags of the hand-over. */
  readonly exits?: readonly (PadPoint & { readonly tags?: boolean })[]
  readonly tap?: VideoTap
  /** Totals of this connection. */
  dropped?(): DropCounts
}

/** What a stream knows of itself besides its pads. */
export interface MeterHost {
  readonly direction: 'in' | 'out' | 'pipeline'
  phase(): StreamPhase
  /** ms that wait for the consumer, or for the slowest live target; null: nobody is there. */
  queueMs?(): number | null
  ackLagBytes?(): number | null
  /** `performance.now()` of the last write of an output. */
  lastWrite?(): { readonly video: number | null; readonly audio: number | null }
  /** The cause of a hole in the timestamps of packets; default 'source'; null: holes mean nothing. */
  readonly holes?: DropCause | null
}

/** One stretch of time in which these points are there. */
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
  readonly #meters = new Set<StreamMeter>()
  readonly #connections = new Set<MeterConnection>()
  readonly #phases = new Map<object, StreamPhase>()
  readonly #live = new Map<object, number>()
  #dropped: DropCounts = {}
  #reconnects = 0

  constructor(host: MeterHost) {
    this.host = host
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

  /** `who`: the stream itself, or a target of it. */
  phase(who: object, phase: StreamPhase): void {
    const before = this.#phases.get(who)
    this.#phases.set(who, phase)
    if (phase === 'live') {
      if (before === 'reconnecting') this.#reconnects++
      if (!this.#live.has(who)) this.#live.set(who, performance.now())
    } else if (phase !== 'stalled') {
      this.#live.delete(who)
    }
  }

  /** A target that is no more. */
  forget(who: object): void {
    this.#phases.delete(who)
    this.#live.delete(who)
  }

  /** `performance.now()` since which the stream is live, an output on the oldest of its targets; null: it is not. */
  get liveSince(): number | null {
    return this.#live.size > 0 ? Math.min(...this.#live.values()) : null
  }

  get reconnects(): number {
    return this.#reconnects
  }

  /** Of all connections. */
  dropped(): DropCounts {
    let all = this.#dropped
    for (const { points } of this.#connections) all = sum(all, points.dropped?.() ?? {})
    return all
  }
}

function sum(a: DropCounts, b: DropCounts): DropCounts {
  const all: Partial<Record<DropCause, number>> = { ...a }
  for (const [cause, count] of Object.entries(b) as [DropCause, number][]) all[cause] = (all[cause] ?? 0) + count
  return all
}
