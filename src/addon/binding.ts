/**
 * The addon's door: the only loader of the .node file, and what it exports, in types. Everything here is called on the
 * JS thread; what it wraps works in GStreamer's streaming threads. Facades validate before; C++ trusts.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { RxGstError, type GstErrorDetail } from '../core/errors'
import { scriptsNotRun } from '../core/runtime'
import type { PixelFormat } from '../core/types'
import type { Packet } from '../core/pipeline-types'
import { RUNTIME_PACKAGES } from './debian'

/** The address of a GstObject, from the control plane. */
export type Address = number

/** Order = the addon's enum, and that of PIXEL_FORMATS. */
export const PIXEL_FORMAT_INDEX: Readonly<Record<PixelFormat, number>> = {
  RGB: 0,
  RGBA: 1,
  BGRA: 2,
  GRAY8: 3,
  I420: 4,
  NV12: 5,
}
export const DROP_POLICY_INDEX = { oldest: 0, newest: 1, block: 2 } as const
export const FILL_INDEX = { repeat: 0, slate: 1, none: 2 } as const
/**
 * How a written picture finds its slot: the next 1/fps, the caller's timestamp, or a source's, which may start anew.
 */
export const TIMING_INDEX = { next: 0, explicit: 1, media: 2 } as const

/** What may change on a connection, one bit each. The addon has the same table (native/js/changes.h). */
export const CHANGE = {
  /** Pictures, sound or packets wait in a tap. */
  frames: 1 << 0,
  audio: 1 << 1,
  packets: 1 << 2,
  /** Size, shape, rate or channels are others than before. Told before the first picture or sound of that kind. */
  info: 1 << 3,
  /** A picture found no memory. */
  held: 1 << 4,
  /** The time of a picture's decoding was taken for its own. */
  mistimed: 1 << 5,
  /** A tap's stream has ended. */
  ended: 1 << 6,
  /** A tap got what it cannot read. */
  wrong: 1 << 7,
} as const

/** The wake-up that the taps of one connection share. */
export interface Changes {
  /** Takes the bits of CHANGE that onWake has not got yet: blocking readers do not let the event loop turn. */
  take(): number
  /** Only these bits wake JavaScript from now on, at first all do; others are told with the next wake-up. */
  wakeFor(changes: number): void
  /** onWake is not called any more. */
  close(): void
}

/**
 * Numbers that VideoTap.read() writes of each picture, in this order. The addon has the same table. lease: for
 * endLease(); pixelN ÷ pixelD: width ÷ height of a pixel; times in µs, `arrival` of CLOCK_MONOTONIC; discontinuity: 0
 * or 1; format: index of PIXEL_FORMATS.
 */
export const FRAME_FIELDS = [
  'lease',
  'width',
  'height',
  'pixelN',
  'pixelD',
  'timestamp',
  'duration',
  'arrival',
  'sequence',
  'discontinuity',
  'format',
] as const
/** Numbers that AudioTap.read() writes of each piece of sound, as those of NativeSound. */
export const SOUND_FIELDS = ['position', 'rate', 'channels', 'mask', 'discontinuity'] as const

export interface VideoTapOptions {
  /** −1: the source's where it is one of PIXEL_FORMATS, else RGB. */
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
  readonly queuedBytes: number
  readonly droppedQueue: number
  /** Of droppedQueue, while nobody took pictures. */
  readonly droppedUnwanted: number
  /** µs of pictures that wait. */
  readonly queuedTime: number
  readonly droppedHeld: number
  readonly droppedBad: number
  /** Pictures from before all of the picture was right. */
  readonly incomplete: number
  /** µs since when pictures have come without one to begin with; 0: they have not. */
  readonly keyframeWait: number
  /** Whether the streaming thread waits for room ('block'). */
  readonly waiting: boolean
  readonly ended: boolean
  /** Of the source. */
  readonly width: number
  readonly height: number
  readonly pixelN: number
  readonly pixelD: number
  /** Caps of what came instead of pictures. */
  readonly wrong: string | null
}

/** What a compressed video is, by its parameter sets and timestamps. */
export interface VideoFactsReading {
  /** 0: nothing is known yet. */
  readonly width: number
  readonly height: number
  readonly pixelN: number
  readonly pixelD: number
  /** 0: it is not known yet. */
  readonly fpsN: number
  readonly fpsD: number
}

/** Around a parser: takes the container's claims off what enters it, and gives each picture its true duration. */
export interface VideoFacts {
  read(): VideoFactsReading
  close(): void
}

/** Whose frames they are, and how many bytes of them there may be. */
export interface FrameAccount {
  /** Bytes, waiting and lent together; atCeiling: what was last refused was so for all frames of the process. */
  read(): { held: number; atCeiling: boolean }
}

export interface VideoTap {
  /**
   * The memory of the oldest pictures. `fields` gets how many wait after them, then FRAME_FIELDS of each; it bounds
   * their number.
   */
  read(max: number, fields: Float64Array): ArrayBuffer[]
  /** Blocks the JS thread, at most `ms`. */
  wait(ms: number): boolean
  stats(): VideoTapStats
  setPolicy(policy: number): void
  /** Whether anybody takes pictures. */
  setWanted(wanted: boolean): void
  /**
   * Notes arrivals at this element's sink pad, behind the limits' probe; unless `lenient` it keeps away what comes
   * before a picture to begin with, and does not show what is not whole yet.
   */
  watchArrival(element: Address, limits: InputLimits, lenient: boolean): void
  close(): void
}

export interface NativeSound {
  readonly samples: Float32Array
  /** Of the first sample, in samples per channel since the capture's zero. */
  readonly position: number
  readonly rate: number
  readonly channels: number
  /** Which speaker each channel is for, as WAVE's mask; 0: none in particular. */
  readonly mask?: number
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
  /** Caps of what came instead of sound. */
  readonly wrong: string | null
}

export interface AudioTap {
  /**
   * The samples of the oldest sound. `fields` gets how many pieces wait after them, then SOUND_FIELDS of each; it
   * bounds their number.
   */
  read(fields: Float64Array): Float32Array[]
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
  /** That running time (µs) is zero, whatever comes first. */
  startAt(us: number): void
}

export interface PacketTapStats {
  readonly received: number
  readonly queued: number
  readonly dropped: number
  readonly ended: boolean
  /** Caps of what came instead of packets. */
  readonly wrong: string | null
}

export interface PacketTap {
  read(max: number): Packet[]
  stats(): PacketTapStats
  close(): void
}

/** How a push ended. Order = the addon's enum. */
export const PUSH_RESULTS = ['ok', 'stopped', 'ended', 'wrong-media', 'wrong-size', 'failed'] as const

/** Times in µs; absent or null: none. */
export interface PushOptions {
  /** Absent: those that the appsrc has. */
  readonly caps?: string
  /** Nothing is known of them but the appsrc's caps. */
  readonly rawBytes?: boolean
  readonly pts?: number | null
  readonly dts?: number | null
  readonly duration?: number | null
  readonly delta?: boolean
  readonly header?: boolean
  /** A picture of tight rows. */
  readonly format?: number
  readonly width?: number
  readonly height?: number
}

export interface NativePushSource {
  /** The push's number, which takeDone() names; a lent picture may be drawn into from then on. Order is kept. */
  push(data: Uint8Array | Uint8ClampedArray | Float32Array, options: PushOptions): number
  end(): void
  takeDone(): [id: number, result: number, text: string][]
  stats(): { readonly pushed: number; readonly queuedBytes: number; readonly queuedBuffers: number } | null
  close(): void
}

/** A bus message. Which fields are filled depends on its type. */
export interface NativeMessage extends GstErrorDetail {
  /** GStreamer's name of its type: 'error', 'eos', 'state-changed' … */
  readonly type: string
  /** Of an element message's structure. */
  readonly name: string
  readonly detail: Readonly<Record<string, unknown>>
  /** µs, CLOCK_MONOTONIC. */
  readonly time: number
  /** Whether the pipeline itself says so. */
  readonly own: boolean
}

/** A graph for the addon. */
export interface Description {
  readonly name: string
  readonly elements: readonly {
    readonly name: string
    readonly factory: string
    readonly props: readonly (readonly [name: string, value: string | number | boolean | bigint])[]
  }[]
  readonly links: readonly (readonly [from: string, pad: string | null, to: string, pad: string | null])[]
  /** Whether what goes over its pads is counted from the start. */
  readonly counted: boolean
  /**
   * Of a graph on a live source: elements whose `async`, and queues whose limits, the program has set itself. No other
   * sink waits for its first buffer, and other queues grow while what is behind them waits for another pad.
   */
  readonly live: { readonly async: readonly string[]; readonly limits: readonly string[] } | null
}

/** Where a graph waits for what cannot come. */
export interface Standstill {
  /** 'element.pad' that holds data until … */
  readonly held: string
  /** … this one gets some. */
  readonly starved: string
  /** The full queue before `held`, if there is one. */
  readonly queue: string | null
  /** Over all pads so far: while it grows something moves. */
  readonly buffers: number
}

/** What stood in the way of a graph or a property. */
export interface Trouble {
  readonly code: 'ERR_UNKNOWN_ELEMENT' | 'ERR_UNKNOWN_PROPERTY' | 'ERR_PROPERTY_VALUE' | 'ERR_LINK' | 'ERR_GRAPH'
  readonly element: string
  readonly factory: string
  /** The factory or property that was named. */
  readonly subject: string
  readonly text: string
  readonly known: readonly string[]
  /** Which sentence `text` is: what was 'expected', which pad is not there ('no-pad'), or a reason by itself. */
  readonly kind: 'expected' | 'no-child' | 'no-pad' | 'other'
}

export interface NativePipeline {
  /** 0: there is no element of this name. */
  address(name: string): Address
  /** Neither field: the element did not answer in time. */
  get(element: string, property: string): { value?: string | number | boolean | bigint; trouble?: Trouble }
  /** All or none; `late`: an element holds its lock, and they are set when it lets go. */
  set(
    element: string,
    props: readonly (readonly [string, string | number | boolean | bigint])[],
  ): { late?: boolean; trouble?: Trouble }
  /** Names of an element's pads, and the templates of those that it may get. */
  pads(element: string): { now: string[]; later: string[] }
  /** Of a pad since the start; null: no such pad so far, or not counted. */
  counts(pad: string): PadCounts | null
  /** An element waits on one pad for another, and what could bring that waits as well; null: not so. */
  standstill(): Standstill | null
  /** Whether what a source brings is being taken just now. */
  held(source: string): boolean
  /** For Graphviz; null: it did not answer in time. */
  dot(): string | null
  /** Posts a message with the pipeline as its source on the bus of the last `rxgstdoor`; false: there is none. */
  introspect(): boolean
  /** End-of-stream out of every source but these, which end by themselves. */
  endSources(but?: readonly Address[]): number
  /** Whether something is lost when the stream is cut off instead of ended. */
  wantsEnd(): boolean
  /** No event is told any more, and the process may end; elements can still be read. */
  mute(): void
  /**
   * Number of the change; takeEvents() names it when GStreamer has returned. `restless`: sources that must be at
   * rest before they are stopped.
   */
  setState(state: 'NULL' | 'READY' | 'PAUSED' | 'PLAYING', restless?: readonly Address[]): number
  requestKeyframe(element: Address): number
  takeEvents(): { done: [id: number, ok: boolean][]; messages: NativeMessage[] }
  droppedMessages(): number
  close(): void
}

export interface PadCounts {
  readonly buffers: number
  readonly bytes: number
  readonly keyframes: number
  readonly lastTimestamp: number | null
  /** µs of running time. */
  readonly lastRunning: number | null
  /** µs, CLOCK_MONOTONIC. */
  readonly lastArrival: number | null
  /** Whether end-of-stream has passed. */
  readonly ended: boolean
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

/**
 * What is noted at a pad. time: when a buffer passes, by its running time; tags: an FLV tag of the hand-over, by the
 * program's; bytes: what has no time; after: when a sink is through with it; accepted: when what passes was written.
 */
export const PAD_TIME_INDEX = { time: 0, tags: 1, bytes: 2, after: 3, accepted: 4 } as const

/** When each buffer passed some pads, for benches. */
export interface PadTimes {
  /** `place` is the caller's number for it. False: there is no such pad. Before data flows. */
  watch(place: number, element: Address, pad: string, kind: number): boolean
  /** Whose writes 'accepted' tells of. */
  watchProgram(program: NativeProgram): void
  /** Since the last call: place, key (µs; −1: none), µs of CLOCK_MONOTONIC, and again. */
  take(): Float64Array
  /** Notes that nobody took in time. */
  lost(): number
  close(): void
}

export interface InputLimitOptions {
  readonly maxWidth: number
  readonly maxHeight: number
  readonly maxFps: number
  /** Bytes of one buffer of the source. */
  readonly maxMessage: number
}

/** The gate before the decoder; what it refuses it tells by the element message 'rxgst-refused'. */
export interface InputLimits {
  stats(): {
    /** That came. */
    readonly pictures: number
    /** Of those: some part was no part of a picture, and was left out. */
    readonly mended: number
    /** Of those: no reordering explains their time, and that of their decoding was taken. */
    readonly mistimed: number
  }
  close(): void
}

/** The gate before the demuxer, by codecs; what it keeps away it tells by the element message 'rxgst-codec'. */
export interface CodecGate {
  /** The first byte of the last sound tag that passed, which says its codec; null: none has. */
  sound(): number | null
  close(): void
}

/** `elements` null: those that the graph has in this place. */
export interface NativeSoundCodec {
  readonly caps: string
  readonly elements: readonly string[] | null
  readonly unit: number
}

/** Names the channels that come for no speaker to a converter, so that it can mix them. */
export interface SoundLayout {
  close(): void
}

/** Puts the elements of the codec that comes between two elements of a graph. */
export interface SoundSwitch {
  close(): void
}

/**
 * Ends pictures before the decoder that nothing refers to and that no slot of the wanted frame rate will show.
 * `behind`: pictures that always follow a wanted one, so that a decoder that reorders gives it out in time.
 */
export interface Thinner {
  dropped(): number
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

/** Fills pictures up to a bitrate, bit/s, with what decoders leave out. */
export interface NativeFiller {
  /** The packets that enter this element, from now on; those of another before it no more. */
  attach(packets: Address): void
  setBitrate(bitrate: number): void
  /** Of filler so far. */
  bytes(): number
  close(): void
}

export interface NativeProgram {
  start(): void
  /** The packets that enter this element get the wall clock of their pictures. */
  stamp(packets: Address): void
  /** Nothing more goes to the encoders, which may hang, until others are attached. */
  detach(): void
  /** Other encoders go on where the ones before have stopped. */
  attach(video: Address, audio: Address): void
  /** The write's number; 0: full; −1: over; −2: the array is not of the picture's size any more. */
  write(
    pixels: Uint8Array | Uint8ClampedArray | null,
    format: number,
    timing: number,
    timestamp: number,
    samples: Float32Array | Int16Array | null,
    rate: number,
    channels: number,
    channelMask?: number,
  ): number
  /** `broken`: the encoders take nothing more. */
  takeDone(): { done: number[]; finished: boolean; broken: boolean }
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
  /** The network holds the encoder up. */
  readonly waiting: boolean
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
  /** Packets come from other encoders from now on. */
  attach(video: Address, audio: Address): void
  /** The end of the encoders' streams is that of the targets'. */
  finish(): void
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

/** A stretch of content in which nothing happened. */
export interface Stretch {
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
  /** By this system's TCP, whether rtmp2src has read it or not; null where that is not known. */
  readonly received: number | null
}

/**
 * Takes the connections of librtmp on a port of the loopback and makes them to the server: what the server sends goes
 * through in whole messages, and what librtmp could not survive does not. What is refused it tells by 'rxgst-refused'.
 */
export interface RtmpRelay {
  /** 0: the system has none left. */
  port(): number
  /** Who tells it. */
  watch(element: Address): void
  /** Ends its connections: librtmp returns from whatever it waits for. */
  close(): void
}

export interface Native {
  /** `onWake`: is called with the bits of CHANGE that have come up since the last call. */
  Changes: new (
    onWake: (changes: number) => void,
  ) => Changes
  /** What must be equal to the tables of this file. */
  tables: { change: Record<string, number>; frameFields: string[]; soundFields: string[] }
  /** `previous`: of the capture's last connection, whose time goes on. */
  Timeline: new (
    previous?: Timeline,
  ) => Timeline
  VideoFacts: new (parser: Address) => VideoFacts
  FrameAccount: new (bytes: number) => FrameAccount
  VideoTap: new (
    appsink: Address,
    timeline: Timeline,
    options: VideoTapOptions,
    changes: Changes,
    account?: FrameAccount,
  ) => VideoTap
  AudioTap: new (appsink: Address, timeline: Timeline, changes: Changes) => AudioTap
  PacketTap: new (appsink: Address, options: { capacity: number; block: boolean }, changes: Changes) => PacketTap
  /** `untyped`: the graph says neither caps nor format of it. */
  PushSource: new (
    appsrc: Address,
    untyped: boolean,
    onChange: () => void,
  ) => NativePushSource
  /** A pipeline in state NULL, or what stood in the way. */
  build(
    description: Description,
    timeline: Timeline | null,
    onEvent: () => void,
    allMessages: boolean,
  ): NativePipeline | Trouble
  /** `timeout`: for the server to take the connection, ms. */
  RtmpRelay: new (
    host: string,
    port: number,
    timeout: number,
  ) => RtmpRelay
  /** `changes`: who hears of pictures that are mistimed. */
  InputLimits: new (
    source: Address,
    parser: Address,
    options: InputLimitOptions,
    changes: Changes | null,
  ) => InputLimits
  CodecGate: new (source: Address, timeline: Timeline, sounds: number) => CodecGate
  SoundLayout: new (audioconvert: Address, channels: number) => SoundLayout
  SoundSwitch: new (from: Address, to: Address, codecs: readonly NativeSoundCodec[]) => SoundSwitch
  Thinner: new (parser: Address, timeline: Timeline, fpsN: number, fpsD: number, behind: number) => Thinner
  PadCounter: new (element: Address, pad: string) => PadCounter
  PadTimes: new () => PadTimes
  Program: new (
    video: Address,
    audio: Address,
    options: ProgramOptions,
    slate: Uint8Array | null,
    slateFormat: number,
    onChange: () => void,
  ) => NativeProgram
  Fanout: new (video: Address, audio: Address, options: FanoutOptions) => NativeFanout
  Filler: new (bitrate: number) => NativeFiller
  Meter: new (wanted: Readonly<Record<string, boolean | undefined>>) => NativeMeter
  /** How many meters are alive, for tests. */
  meterStates(): number
  transportStats(element: Address): TransportStats | null
  /**
   * Where pictures are wanted soon: a server that waits for acknowledgements is not kept waiting. Before it connects.
   */
  acknowledgePromptly(rtmp2src: Address): void
  endLease(lease: number, buffer: ArrayBuffer): void
  frameMemory(): { held: number; pooled: number; limit: number; leases: number }
  setFrameMemoryLimit(bytes: number): void
  /** GStreamer's version; it need not have begun. */
  gstreamer(): { readonly major: number; readonly minor: number; readonly text: string }
  /**
   * Has GStreamer begin in a worker: the first time it takes 20 ms, and seconds where its plugins have changed. Where
   * nobody has called it, the first call that needs GStreamer waits for it. Rejects with GStreamer's reason.
   */
  startGStreamer(): Promise<void>
  /** The elements that this GStreamer has, some 1300: for "did you mean". */
  elementNames(): string[]
  /** Makes the element `rxgstdoor` known, by which node-gtk gives the addon a bus; see src/gi. */
  openDoor(): boolean
  /**
   * Keeps another addon in memory when the worker that loaded it ends; this one stays by itself.
   * @param name of its file, without `.node`
   */
  keepLoaded(name: string): void
  /** Every object of GStreamer's that is alive; null unless the process runs with GST_TRACERS=leaks. */
  liveObjects(): string[] | null
  /** Loads the plugins of these elements in a worker, since dlopen of FFmpeg takes longer than a picture. */
  loadFactories(names: readonly string[], done: (missing: string[]) => void, files?: readonly string[]): void
  /**
   * What the dynamic linker says of a library, which may be of another that it needs; null: it loads. In a trial alone.
   */
  libraryError(soname: string): string | null
  /** What NVIDIA's driver says when it is begun; null: nothing, or it is not there. In a trial alone. */
  cudaError(): string | null
  /** What keeps libva from beginning on a render node; null: nothing, or there is no libva. In a trial alone. */
  vaError(path: string): string | null
  /** A card has failed: pipelines that come get a context of their own, as those that have one keep it. */
  forgetContexts(): void
  /** The file of an element's plugin; null: it is not there. Loads it: call loadFactories() first. */
  elementType(factory: string): { readonly plugin: string | null } | null
  /** Whether an element that is loaded can be made with it; null: it has no such property, or is not there. */
  takes(factory: string, property: string, value: string | number | boolean): boolean | null
}

let loaded: Native | null = null

/** Loads the addon once. ERR_ADDON_NOT_BUILT tells what to do. */
export function native(): Native {
  if (loaded) return loaded
  const file = addonFile()
  try {
    loaded = require(file) as Native
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    const run = `it needs the Debian packages ${RUNTIME_PACKAGES.join(' ')}`
    const compile = 'where they are installed, run "npm rebuild rxgst --ignore-scripts=false", which compiles it anew'
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon does not load (${why}): ${run}; ${compile}`, {
      cause,
    })
  }
  return loaded
}

/** What was compiled here, in build/, before what came with the package, in prebuilds/. */
function addonFile(): string {
  // This file is dist/src/addon/binding.js, in a checkout as in a package.
  const root = path.resolve(__dirname, '../../..')
  try {
    return (require('node-gyp-build') as { path(root: string): string }).path(root)
  } catch (cause) {
    const tried = existsSync(path.join(root, 'build'))
    const installed = tried ? 'it did not compile; run "npm rebuild rxgst" and see why' : scriptsNotRun('rxgst')
    const checkout = 'run "npm start" or "npm test" in a checkout: they build it'
    const todo = root.includes('node_modules') ? installed : checkout
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon is missing (${root}): ${todo}`, { cause })
  }
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
