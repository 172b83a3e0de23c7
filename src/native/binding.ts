/**
 * The addon's door: the only loader of the .node file, and what it exports, in types. Everything here is called on the
 * JS thread; what it wraps works in GStreamer's streaming threads. Facades validate before; C++ trusts.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { RxGstError } from '../core/errors'
import type { Stretch } from '../core/meter'
import type { MetricName } from '../core/metrics'
import type { PixelFormat } from '../core/types'

/** The address of a GstObject, from the control plane. */
export type Address = number

/** Order = the addon's enum. */
export const PIXEL_FORMAT_INDEX: Readonly<Record<PixelFormat, number>> = { RGB: 0, RGBA: 1, BGRA: 2, GRAY8: 3, I420: 4, NV12: 5 }
export const DROP_POLICY_INDEX = { oldest: 0, newest: 1, block: 2 } as const
export const FILL_INDEX = { repeat: 0, slate: 1, none: 2 } as const
/** How a written picture finds its slot: the next 1/fps, the caller's timestamp, or a source's, which may start anew. */
export const TIMING_INDEX = { next: 0, explicit: 1, media: 2 } as const

export interface NativePicture {
  readonly buffer: ArrayBuffer
  /** For endLease(). */
  readonly lease: number
  readonly width: number
  readonly height: number
  /** µs. */
  readonly timestamp: number
  readonly duration: number
  /** µs, CLOCK_MONOTONIC. */
  readonly arrival: number
  readonly sequence: number
  readonly discontinuity: boolean
}

export interface VideoTapOptions {
  readonly format: number
  /** 0: the source's, or by the other's ratio. */
  readonly width: number
  readonly height: number
  /** 0: every picture. */
  readonly fpsN: number
  readonly fpsD: number
  readonly capacity: number
  readonly policy: number
}

export interface VideoTapStats {
  readonly decoded: number
  readonly queued: number
  readonly droppedQueue: number
  /** Of droppedQueue, while nobody took pictures. */
  readonly droppedUnwanted: number
  /** µs of pictures that wait. */
  readonly queuedTime: number
  readonly droppedHeld: number
  readonly droppedBad: number
  /** Whether the streaming thread waits for room ('block'). */
  readonly waiting: boolean
  readonly ended: boolean
  readonly width: number
  readonly height: number
  readonly fpsN: number
  readonly fpsD: number
}

export interface VideoTap {
  read(max: number): NativePicture[]
  /** Blocks the JS thread, at most `ms`. */
  wait(ms: number): boolean
  stats(): VideoTapStats
  setPolicy(policy: number): void
  /** Whether anybody takes pictures. */
  setWanted(wanted: boolean): void
  /** Notes arrivals at this element's sink pad, and keeps away what comes before the first keyframe. */
  watchArrival(element: Address): void
  close(): void
}

export interface NativeSound {
  readonly samples: Float32Array
  /** Of the first sample, in samples per channel since the capture's zero. */
  readonly position: number
  readonly rate: number
  readonly channels: number
  readonly discontinuity: boolean
}

export interface AudioTapStats {
  /** 0 before the first sample. */
  readonly rate: number
  readonly channels: number
  readonly received: number
  readonly queued: number
  readonly dropped: number
  readonly inserted: number
  readonly cut: number
  /** Whether the streaming thread waits for room ('block'). */
  readonly waiting: boolean
  readonly ended: boolean
}

export interface AudioTap {
  read(): NativeSound[]
  wait(ms: number): boolean
  stats(): AudioTapStats
  setBlock(block: boolean): void
  close(): void
}

/** The zero that the taps of one connection share, on the clock of their capture. */
export interface Timeline {
  /** Looks into the FLV that this element gives out for what its metadata says of a picture. */
  watchHeader(source: Address): void
  /** What the metadata says of sound; null: nothing. */
  soundAnnounced(): boolean | null
  /** How often timestamps began anew within this connection. */
  jumps(): number
}

/** A bus message. Which fields are filled depends on its type. */
export interface NativeMessage {
  readonly type: 'error' | 'warning' | 'eos' | 'element'
  readonly element: string
  readonly factory: string
  readonly domain: string
  readonly code: number
  readonly text: string
  readonly debug: string
  /** Of an element message's structure. */
  readonly name: string
  readonly fields: Readonly<Record<string, string>>
}

export interface NativePipeline {
  /**
   * Number of the change; takeEvents() names it when GStreamer has returned. `restless`: a source that must be at rest
   * before it is stopped.
   */
  setState(state: 'NULL' | 'READY' | 'PAUSED' | 'PLAYING', restless?: Address): number
  sendEos(): number
  requestKeyframe(element: Address): number
  linkLate(element: Address, links: readonly (readonly [string, Address])[], timeline: Timeline | null): void
  takeEvents(): { done: [id: number, ok: boolean][]; messages: NativeMessage[] }
  droppedMessages(): number
  close(): void
}

export interface PadCounts {
  readonly buffers: number
  readonly bytes: number
  readonly keyframes: number
  readonly lastTimestamp: number | null
  /** µs, CLOCK_MONOTONIC. */
  readonly lastArrival: number | null
  readonly caps: string | null
}

export interface PadCounter {
  read(): PadCounts
  /** Their number alone, which costs less. */
  buffers(): number
  /** Whether end-of-stream has passed. */
  ended(): boolean
  close(): void
}

export interface ProgramOptions {
  readonly width: number
  readonly height: number
  readonly fpsN: number
  readonly fpsD: number
  readonly rate: number
  readonly channels: number
  readonly capacity: number
  readonly fill: number
  readonly slateAfter: number
  readonly bt709: boolean
}

export interface ProgramStats {
  readonly written: number
  readonly repeated: number
  readonly late: number
  readonly silence: number
  readonly trimmed: number
  readonly queued: number
  readonly filling: boolean
}

export interface NativeProgram {
  start(): void
  /** The packets that enter this element get the wall clock of their pictures. */
  stamp(packets: Address): void
  /** The write's number; 0: full; −1: over. */
  write(
    pixels: Uint8Array | null,
    format: number,
    timing: number,
    timestamp: number,
    samples: Float32Array | Int16Array | null,
    rate: number,
    channels: number,
  ): number
  takeDone(): { done: number[]; finished: boolean; failed: boolean }
  /** ms from now until pictures begin by themselves, if none was written. */
  fillAfter(ms: number): void
  finish(): void
  stats(): ProgramStats | null
  close(): void
}

export interface TargetStats {
  readonly packets: number
  readonly bytes: number
  readonly dropped: number
  readonly queueMs: number
  readonly flowing: boolean
  /** ms of the connection's own time. */
  readonly position: number
}

export interface FanoutStats {
  readonly videoPackets: number
  readonly videoBytes: number
  readonly audioBytes: number
  readonly keyframes: number
  readonly ended: boolean
}

export interface FanoutOptions {
  /** s by which the audio encoder's packets lead what a decoder makes of them. */
  readonly audioDelay: number
  /** s that may wait for a target. */
  readonly maxQueue: number
  /** Whether the encoder waits for the fastest target rather than losing pictures. */
  readonly patient: boolean
  /** For the metadata that players read first. */
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly videoKbps: number
  readonly audioKbps: number
  readonly rate: number
  readonly channels: number
}

export interface NativeFanout {
  add(appsrc: Address): number
  /** With `end` what it has got leaves, followed by end-of-stream. Returns how many packets are lost otherwise. */
  remove(target: number, end: boolean): number
  stats(): FanoutStats
  stats(target: number): TargetStats | null
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
  readonly stretches: readonly Stretch[]
}

/** What it measures is chosen when it is made; the pads, one connection after the other. */
export interface NativeMeter {
  /** Encoded pictures or sound. A number for unwatch(); 0: there is no such pad. */
  watchPackets(element: Address, pad: string): number
  /** Pictures in I420 or NV12, or sound in F32 or S16; others are not looked at. */
  watchRaw(element: Address, pad: string): number
  /** Where latency begins and where it ends, by running time; `tags`: of the hand-over's FLV tags, by the program's. */
  watchEntry(element: Address, pad: string): number
  watchExit(element: Address, pad: string, tags: boolean): number
  /** Latency ends where JS takes pictures from this tap. */
  watchTap(tap: VideoTap | null): void
  /** Latency begins where pictures are written to this program. */
  watchProgram(program: NativeProgram | null): void
  unwatch(id: number): void
  /** Another connection: gauges begin anew, totals go on. */
  reset(): void
  /** null: closed. */
  read(): NativeMeterReading | null
  close(): void
}

export interface TransportStats {
  readonly inBytes: number
  /** Of whole messages. */
  readonly outBytes: number
  /** By the server, in RTMP. */
  readonly outBytesAcked: number
  /** By the other end's TCP; null where that is not known. */
  readonly acknowledged: number | null
}

export interface Native {
  /** `previous`: of the capture's last connection, whose time goes on. */
  Timeline: new (previous?: Timeline) => Timeline
  VideoTap: new (appsink: Address, timeline: Timeline, options: VideoTapOptions, onChange: () => void) => VideoTap
  AudioTap: new (appsink: Address, timeline: Timeline, onChange: () => void) => AudioTap
  Pipeline: new (pipeline: Address, onEvent: () => void) => NativePipeline
  PadCounter: new (element: Address, pad: string) => PadCounter
  Program: new (
    video: Address,
    audio: Address,
    options: ProgramOptions,
    slate: Uint8Array | null,
    slateFormat: number,
    onChange: () => void,
  ) => NativeProgram
  Fanout: new (video: Address, audio: Address, options: FanoutOptions) => NativeFanout
  Meter: new (wanted: Readonly<Partial<Record<MetricName, boolean>>>) => NativeMeter
  /** How many meters are alive, for tests. */
  meterStates(): number
  transportStats(element: Address): TransportStats | null
  endLease(lease: number, buffer: ArrayBuffer): void
  frameMemory(): { held: number; pooled: number; limit: number; leases: number }
  setFrameMemoryLimit(bytes: number): void
  /** Loads the plugins of these elements in a worker, since dlopen of FFmpeg takes longer than a picture. */
  loadFactories(names: readonly string[], done: (missing: string[]) => void): void
}

let loaded: Native | null = null

/** Loads the addon once. ERR_ADDON_NOT_BUILT tells what to do. */
export function native(): Native {
  if (loaded) return loaded
  // From dist/src/native and from nowhere else.
  const file = path.resolve(__dirname, '../../../build/Release/rxgst.node')
  if (!existsSync(file)) {
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon is missing (${file}): run "npm rebuild rxgst", or "npm install" in a checkout`)
  }
  try {
    loaded = require(file) as Native
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon does not load (${why}): run "npm rebuild rxgst"; the Debian packages libgstreamer1.0-0, libgstreamer-plugins-base1.0-0 and libyuv0 must be installed`, { cause })
  }
  return loaded
}

/** performance.now() of a CLOCK_MONOTONIC time in µs. */
export function toPerformanceTime(monotonic: number): number {
  return monotonic / 1000 - ORIGIN
}

/**
 * What performance.now() counts from, in ms of CLOCK_MONOTONIC: both clocks are the same but for this. The closest of
 * several readings, since the first ones are slow.
 */
const ORIGIN = ((): number => {
  let best = { gap: Infinity, origin: 0 }
  for (let round = 0; round < 20; round++) {
    const before = performance.now()
    const monotonic = Number(process.hrtime.bigint()) / 1e6
    const after = performance.now()
    if (after - before < best.gap) best = { gap: after - before, origin: monotonic - (before + after) / 2 }
  }
  return best.origin
})()
