/** Types of native/capture: the clock of what comes in, its gates and its limits. */
import type { ElementHandle } from './gst'
import type { Changes } from './js'

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

/** The zero that the taps of one connection share, on the clock of their capture. */
export interface Timeline {
  /** Looks into the FLV that this element gives out for what its metadata says of a picture. */
  watchHeader(source: ElementHandle): void
  /** What the metadata says of sound; null: nothing. */
  audioAnnounced(): boolean | null
  /** That running time (µs) is zero, whatever comes first. */
  startAt(us: number): void
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
  audio(): number | null
  close(): void
}

/** `elements` null: those that the graph has in this place. */
export interface NativeAudioCodec {
  readonly caps: string
  readonly elements: readonly string[] | null
  readonly unit: number
}

/** Puts the elements of the codec that comes between two elements of a graph. */
export interface AudioSwitch {
  close(): void
}

export interface FrameSkipperOptions {
  readonly fpsN: number
  readonly fpsD: number
  /** Pictures that always follow a wanted one, so that a decoder that reorders gives it out in time. */
  readonly behind: number
}

/** Ends pictures before the decoder that nothing refers to and that no slot of the wanted frame rate will show. */
export interface FrameSkipper {
  dropped(): number
  close(): void
}

/** What the room exports. */
export interface CaptureExports {
  /** `previous`: of the capture's last connection, whose time goes on. */
  Timeline: new (
    previous?: Timeline,
  ) => Timeline
  VideoFacts: new (parser: ElementHandle) => VideoFacts
  /** `changes`: who hears of pictures that are mistimed. */
  InputLimits: new (
    source: ElementHandle,
    parser: ElementHandle,
    options: InputLimitOptions,
    changes: Changes | null,
  ) => InputLimits
  CodecGate: new (source: ElementHandle, timeline: Timeline, audio: number) => CodecGate
  AudioSwitch: new (from: ElementHandle, to: ElementHandle, codecs: readonly NativeAudioCodec[]) => AudioSwitch
  FrameSkipper: new (parser: ElementHandle, timeline: Timeline, options: FrameSkipperOptions) => FrameSkipper
}
