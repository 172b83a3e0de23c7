/** Types of native/meter: what is measured. */
import type { ElementHandle } from './gst'
import type { NativePacer } from './output'
import type { VideoTap } from './tap'

/**
 * What is noted at a pad. time: when a buffer passes, by its running time; tags: an FLV tag of the hand-over, by the
 * pacer's; bytes: what has no time; after: when a sink is through with it; accepted: when what passes was written.
 */
export type PadTimeKind = 'time' | 'tags' | 'bytes' | 'after' | 'accepted'

/** When each buffer passed some pads, for benches. */
export interface PadTimes {
  /** `place` is the caller's number for it. False: there is no such pad. Before data flows. */
  watch(place: number, element: ElementHandle, pad: string, kind: PadTimeKind): boolean
  /** Whose writes 'accepted' tells of. */
  watchPacer(pacer: NativePacer): void
  /** Since the last call: place, key (µs; −1: none), µs of CLOCK_MONOTONIC, and again. */
  take(): Float64Array
  /** Notes that nobody took in time. */
  lost(): number
  close(): void
}

type Gauge = number | null

/** One track of encoded packets. Totals since the meter was made; a gauge that was not asked for is not there. */
export interface NativeFlow {
  readonly bytes: number
  readonly packets: number
  readonly keyframes: number
  /** Pictures that the timestamps leave out. */
  readonly missing: number
  /** s. */
  readonly sinceLast: Gauge
  readonly bitsPerSecond?: Gauge
  readonly perSecond?: Gauge
  readonly perSecondPts?: Gauge
  /** ms. */
  readonly jitter?: Gauge
  readonly jitterP50?: Gauge
  readonly jitterP90?: Gauge
  readonly jitterP99?: Gauge
  /** s. */
  readonly keyframeLast?: Gauge
  readonly keyframeMax5?: Gauge
  readonly keyframeAge?: Gauge
  /** 1: pictures come out of order. */
  readonly reordered?: Gauge
  /** ms, arrival − PTS: medians of the window and of a connection's first ten seconds. */
  readonly late?: Gauge
  readonly lateAtFirst?: Gauge
  readonly lateness?: Gauge
}

/** An interval of content in which nothing happened. */
export interface Interval {
  /** What there was of it. */
  readonly kind: 'freeze' | 'black' | 'silence'
  /** s, by the stream's own timestamps. */
  readonly start: number
  /** As `start`. */
  readonly end: number
}

export interface NativeMeterReading {
  readonly video: NativeFlow
  readonly audio: NativeFlow
  /** ms. */
  readonly latency?: Gauge
  readonly latencyP95?: Gauge
  readonly endToEnd?: Gauge
  readonly endToEndP95?: Gauge
  /** s. */
  readonly freeze?: Gauge
  readonly black?: Gauge
  readonly silence?: Gauge
  readonly silentChannels?: readonly number[]
  /** LUFS. */
  readonly shortTerm?: Gauge
  readonly momentary?: Gauge
  readonly integrated?: Gauge
  /** dBTP. */
  readonly truePeak?: Gauge
  readonly intervals: readonly Interval[]
}

/** What it measures is chosen when it is made; the pads, one connection after the other. */
export interface NativeMeter {
  /** Encoded pictures or sound. A number for unwatch(); null: there is no such pad, or no longer. */
  watchPackets(element: ElementHandle, pad: string): number | null
  /** Pictures in I420 or NV12, or sound in F32 or S16; others are not looked at. */
  watchRaw(element: ElementHandle, pad: string): number | null
  /** Where latency begins and where it ends, by running time; `tags`: of the hand-over's FLV tags, by the pacer's. */
  watchEntry(element: ElementHandle, pad: string): number | null
  watchExit(element: ElementHandle, pad: string, tags: boolean): number | null
  /** Latency ends where JS takes pictures from this tap. */
  watchTap(tap: VideoTap | null): void
  /** Latency begins where pictures are written to this pacer. */
  watchPacer(pacer: NativePacer | null): void
  unwatch(id: number): void
  /** Another connection: gauges begin anew, totals go on. */
  reset(): void
  /** null: closed. */
  read(): NativeMeterReading | null
  close(): void
}

/** What the room exports. */
export interface MeterExports {
  PadTimes: new () => PadTimes
  Meter: new (wanted: Readonly<Record<string, boolean | undefined>>) => NativeMeter
  /** How many meters are alive, for tests. */
  meterStates(): number
}
