/** Types of native/capture: the clock of a capture, its gates and its limits. */
import type { ScriptValue } from '../core/stream-data'
import type { ElementHandle } from './gst'
import type { Changes } from './js'

/** Size, pixel aspect ratio and frame rate of encoded video, from its parameter sets and timestamps. */
export interface VideoFactsReading {
  /** 0: unknown yet. */
  readonly width: number
  readonly height: number
  readonly pixelN: number
  readonly pixelD: number
  /** 0: unknown yet. */
  readonly fpsN: number
  readonly fpsD: number
}

/** Probes around a parser: they remove the container's claims from its input, and set each picture's true duration. */
export interface VideoFacts {
  read(): VideoFactsReading
  close(): void
}

/** The timeline of one connection: the zero that its taps share, on the clock of their capture. */
export interface Timeline {
  /** Reads the metadata in the FLV that this element gives out, or hears rxrtmpsrc, which reads it. */
  watchHeader(source: ElementHandle): void
  /** Whether the metadata announces sound; null: unknown. */
  audioAnnounced(): boolean | null
  /** No pictures are decoded, so sound waits for none. Before data flows. */
  leaveOutPictures(): void
  /** Gives running time 0 this timestamp, µs. Else the first buffer sets the zero. */
  startAt(us: number): void
}

export interface InputLimitOptions {
  readonly maxWidth: number
  readonly maxHeight: number
  readonly maxFps: number
  /** Bytes of one buffer of the source. */
  readonly maxMessage: number
}

/** The limits before the decoder. A refusal is reported by the element message 'rxgst-refused'. */
export interface InputLimits {
  stats(): {
    /** Pictures that came. */
    readonly pictures: number
    /** Pictures among them with an invalid part, which was left out. */
    readonly mended: number
    /** Pictures among them whose time no reordering explains: they got the time of their decoding. */
    readonly mistimed: number
  }
  close(): void
}

/** The gate before the demuxer, which stops unknown codecs and reports them by the element message 'rxgst-codec'. */
export interface CodecGate {
  /** First byte of the last audio tag that passed, which tells its codec; null: none has passed. */
  audio(): number | null
  close(): void
}

/** The same behind rxrtmpsrc, on the pad of each track. It names a codec by its media type. */
export interface TrackGate {
  /** Buffers of all tracks that came, decoded or not. */
  buffers(): number
  close(): void
}

/** Holds the packets of an input back until it is their time. */
export interface InputPace {
  /** Whether packets are there, and wait for their time. */
  waiting(): boolean
  /** Packets wait no longer, and do not pass: the input is being stopped. */
  close(): void
}

/** Bounds what waits between the network and the depayloaders of an rtspsrc. */
export interface WaitingPayloads {
  /** Packets for which there was no room. */
  dropped(): number
  /** Bytes that wait in the jitter buffers. */
  waiting(): number
}

export interface SegmentLevels {
  /** That wait. */
  readonly segments: number
  readonly bytes: number
  /** Segments that a demuxer has begun. */
  readonly begun: number
  /** Segments of which a demuxer has given all out. */
  readonly passed: number
  /** Whether all have passed, and no other follows. */
  readonly over: boolean
}

/** Feeds whole segments of a playlist to a demuxer. */
export interface SegmentFeed {
  /**
   * The bytes are copied.
   * @param demuxer factory of a new demuxer, which takes the place of the present one; '': that one goes on
   * @param renews whether the timestamps begin anew
   * @param base time from which the demuxer counts, µs; null: as before
   */
  push(bytes: Uint8Array, demuxer: string, renews: boolean, base: number | null): void
  /** The stream ends behind the segments that wait. */
  end(): void
  levels(): SegmentLevels
  close(): void
}

/** Makes the timestamps of a track running times on the capture's timeline. */
export interface TrackTimes {
  close(): void
}

/** An element that CodecSwitch makes. */
export interface SwitchedElement {
  readonly factory: string
  /** In its pipeline; '': GStreamer's. */
  readonly name: string
  /** Values as gst-launch writes them. */
  readonly properties: readonly (readonly [name: string, value: string])[]
}

/** A codec, for CodecSwitch. */
export interface SwitchedCodec {
  /** Caps of its packets. */
  readonly caps: string
  /** Elements of its branch; null: those that the graph has in this place. */
  readonly elements: readonly SwitchedElement[] | null
  /** Bytes of one sample of one channel; 0: a packet may have any length. */
  readonly unit: number
}

/** Puts the elements of the stream's codec between two elements of a graph. */
export interface CodecSwitch {
  close(): void
}

export interface FrameSkipperOptions {
  readonly fpsN: number
  readonly fpsD: number
  /** Pictures that are kept after each wanted one, so that a decoder that reorders gives that one out in time. */
  readonly behind: number
}

/** Drops pictures before the decoder: those that no other picture refers to, and that the wanted frame rate skips. */
export interface FrameSkipper {
  dropped(): number
  close(): void
}

export interface NativeScriptMessage {
  /** µs on the capture's timeline. */
  readonly timestamp: number
  readonly values: readonly ScriptValue[]
}

/** Script data of an rxrtmpsrc with `script-data`. */
export interface DataTap {
  /** All messages that wait. */
  read(): NativeScriptMessage[]
  /** Messages that were lost, because nobody read for too long. */
  dropped(): number
  close(): void
}

/** Before a decoder whose pictures only meters look at. */
export interface AnalysisGate {
  close(): void
}

export interface NativeCue {
  /** µs on the capture's timeline. */
  readonly timestamp: number
  readonly duration: number
  readonly text: string
  /** Of CEA-608 1 to 4; of CEA-708 the service's number. */
  readonly channel: number
  readonly cea708: boolean
}

/** The captions of the pictures that enter an element. */
export interface CaptionTap {
  /** Reads their text from now on, and tells it with `packets`; null: no more. */
  listen(changes: Changes | null): void
  /** All cues that wait. */
  read(): NativeCue[]
  /** What stands on the screen is a cue as well, and nothing is read any more. */
  finish(): void
  /** Cues that were lost, because nobody read for too long. */
  dropped(): number
  close(): void
}

/** What the room exports. */
export interface CaptureExports {
  /**
   * @param previous timeline of the capture's last connection, which the new one continues
   * @param placedLater whether a TrackTimes places each track, and not its pad
   */
  Timeline: new (
    previous?: Timeline,
    placedLater?: boolean,
  ) => Timeline
  InputPace: new () => InputPace
  /**
   * Before data flows.
   * @param video where the branch of pictures begins; null: this demuxer has none. Likewise `audio`
   * @param onRoom called when a demuxer has begun another segment
   */
  SegmentFeed: new (
    appsrc: ElementHandle,
    demuxer: ElementHandle,
    gate: TrackGate,
    timeline: Timeline,
    video: ElementHandle | null,
    audio: ElementHandle | null,
    onRoom: () => void,
  ) => SegmentFeed
  /** Before the source connects. @param bytes of each track */
  WaitingPayloads: new (
    source: ElementHandle,
    bytes: number,
  ) => WaitingPayloads
  /**
   * At the sink pad of the element, before all other probes.
   * @param pace null: packets pass as they come
   * @param followsSegments whether a segment places its track
   */
  TrackTimes: new (
    element: ElementHandle,
    track: 'video' | 'audio',
    timeline: Timeline,
    pace: InputPace | null,
    followsSegments: boolean,
  ) => TrackTimes
  /** The parser stands between the two elements. */
  VideoFacts: new (
    entry: ElementHandle,
    behind: ElementHandle,
  ) => VideoFacts
  /**
   * The parser stands between `entry` and `behind`.
   * @param source element whose buffers are messages of the server; null: each is a picture or sound
   * @param changes wake-up for mistimed pictures
   */
  InputLimits: new (
    source: ElementHandle | null,
    entry: ElementHandle,
    behind: ElementHandle,
    options: InputLimitOptions,
    changes: Changes | null,
  ) => InputLimits
  CodecGate: new (source: ElementHandle, timeline: Timeline, audio: number) => CodecGate
  /**
   * @param video caps that are decoded, as `audio`
   * @param keepsSegments whether a TrackTimes reads the segments further on
   */
  TrackGate: new (
    source: ElementHandle,
    timeline: Timeline,
    video: string,
    audio: string,
    keepsSegments?: boolean,
    apart?: boolean,
  ) => TrackGate
  /**
   * Of the pictures that leave the element.
   * @param keyframes false: all from a keyframe on
   */
  AnalysisGate: new (
    element: ElementHandle,
    keyframes: boolean,
  ) => AnalysisGate
  /**
   * Before data flows.
   * @param leads whether nothing else begins the timeline
   */
  CaptionTap: new (
    element: ElementHandle,
    timeline: Timeline,
    leads: boolean,
  ) => CaptionTap
  /** @param changes told with `packets` when a message waits */
  DataTap: new (
    source: ElementHandle,
    timeline: Timeline,
    changes: Changes,
  ) => DataTap
  /** @param reorders whether decoders keep what they give out later, so that none of it is lost with a change */
  CodecSwitch: new (
    from: ElementHandle,
    to: ElementHandle,
    codecs: readonly SwitchedCodec[],
    reorders: boolean,
  ) => CodecSwitch
  /** @param behind element behind the parser */
  FrameSkipper: new (
    behind: ElementHandle,
    timeline: Timeline,
    options: FrameSkipperOptions,
  ) => FrameSkipper
}
