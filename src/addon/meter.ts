/** Types of native/meter: the measurements at pads. */
import type { ElementHandle } from './gst'
import type { NativePacer } from './output'
import type { PacketRelay } from './relay'
import type { VideoTap } from './tap'

/**
 * What PadTimes notes at a pad. time: when a buffer passes, by its running time; tags: when an FLV tag of the fan-out
 * passes, by the pacer's time; bytes: when data without a time passes; after: when a sink has finished a buffer;
 * accepted: when the picture that passes was written.
 */
export type PadTimeKind = 'time' | 'tags' | 'bytes' | 'after' | 'accepted'

/** The times at which buffers passed some pads, for benches. */
export interface PadTimes {
  /** Watches a pad, before data flows. `place` is the caller's number for it. False: there is no such pad. */
  watch(place: number, element: ElementHandle, pad: string, kind: PadTimeKind): boolean
  /** Sets the pacer whose writes 'accepted' notes. */
  watchPacer(pacer: NativePacer): void
  /** The notes since the last call, three numbers each: place, key (µs; −1: none), time on CLOCK_MONOTONIC (µs). */
  take(): Float64Array
  /** Notes that were lost, because they were not taken in time. */
  lost(): number
  close(): void
}

type Gauge = number | null

/** One track of encoded packets. Totals count since the meter was made; gauges that were not requested are absent. */
export interface NativeFlow {
  readonly bytes: number
  readonly packets: number
  readonly keyframes: number
  /** Pictures that are missing by the timestamps. */
  readonly missing: number
  /** Time since the last packet, s. */
  readonly sinceLast: Gauge
  readonly bitsPerSecond?: Gauge
  readonly perSecond?: Gauge
  readonly perSecondPts?: Gauge
  /** Milliseconds. */
  readonly jitter?: Gauge
  readonly jitterP50?: Gauge
  readonly jitterP90?: Gauge
  readonly jitterP99?: Gauge
  /** Seconds. */
  readonly keyframeLast?: Gauge
  readonly keyframeMax5?: Gauge
  readonly keyframeAge?: Gauge
  /** 1: pictures come out of order; else 0. */
  readonly reordered?: Gauge
  /** Arrival − PTS, ms: the medians of the window and of the connection's first ten seconds. */
  readonly late?: Gauge
  readonly lateAtFirst?: Gauge
  readonly lateness?: Gauge
}

/** An interval of black, frozen or silent content. */
export interface Interval {
  /** Its kind of content. */
  readonly kind: 'freeze' | 'black' | 'silence'
  /** Its start, s, by the stream's own timestamps. */
  readonly start: number
  /** Its end, like `start`. */
  readonly end: number
}

export interface NativeMeterReading {
  readonly video: NativeFlow
  readonly audio: NativeFlow
  /** Milliseconds. */
  readonly latency?: Gauge
  readonly latencyP95?: Gauge
  readonly endToEnd?: Gauge
  readonly endToEndP95?: Gauge
  /** Seconds. */
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

/** A meter of one stream. Its metrics are chosen when it is made; its pads change with each connection. */
export interface NativeMeter {
  /** Watches encoded pictures or sound. Returns a number for unwatch(); null: there is no such pad. */
  watchPackets(element: ElementHandle, pad: string): number | null
  /** Watches pictures in I420 or NV12, or sound in F32 or S16; other formats are not measured. */
  watchRaw(element: ElementHandle, pad: string): number | null
  /**
   * The pads where latency begins and where it ends, by running time. `tags`: FLV tags of the fan-out, by pacer time.
   */
  watchEntry(element: ElementHandle, pad: string): number | null
  watchExit(element: ElementHandle, pad: string, tags: boolean): number | null
  /** Latency ends where JavaScript takes pictures from this tap. */
  watchTap(tap: VideoTap | null): void
  /** Latency begins where pictures are written to this pacer. */
  watchPacer(pacer: NativePacer | null): void
  /** Watches the packets that this relay copies. */
  watchRelay(relay: PacketRelay | null): void
  unwatch(id: number): void
  /** A new connection: gauges begin again, totals go on. */
  reset(): void
  /** null: the meter is closed. */
  read(): NativeMeterReading | null
  close(): void
}

/** What the room exports. */
export interface MeterExports {
  PadTimes: new () => PadTimes
  Meter: new (wanted: Readonly<Record<string, boolean | undefined>>) => NativeMeter
  /** Number of live meters, for tests. */
  meterStates(): number
}
