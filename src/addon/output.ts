/** Types of native/output: the clock of what goes out, and the hand-over to targets. */
import type { PixelBytes, PixelFormat } from '../core/types'
import type { ElementHandle } from './gst'

/**
 * How a written picture finds its slot: the next 1/fps, the caller's timestamp, or a source's, which may start anew.
 */
export type Timing = 'next' | 'explicit' | 'media'

export interface EncodingOptions {
  readonly width: number
  readonly height: number
  readonly fpsN: number
  readonly fpsD: number
  readonly rate: number
  readonly channels: number
  readonly capacity: number
  readonly fill: 'repeat' | 'slate' | 'none'
  readonly slateAfter: number
  readonly bt709: boolean
  /** null: black. */
  readonly slate: PixelBytes | null
  readonly slateFormat: PixelFormat
}

export interface PacerStats {
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
  attach(packets: ElementHandle): void
  setBitrate(bitrate: number): void
  /** Of filler so far. */
  bytes(): number
  close(): void
}

export interface NativePacer {
  start(): void
  /** The packets that enter this element get the wall clock of their pictures. */
  stamp(packets: ElementHandle): void
  /** Nothing more goes to the encoders, which may hang, until others are attached. */
  detach(): void
  /** Other encoders go on where the ones before have stopped. */
  attach(video: ElementHandle, audio: ElementHandle): void
  /**
   * A promise of whether it was taken, for when its memory has been read; or why it is not: 'wrong-size' is the array,
   * which is not of the picture's size any more.
   */
  write(
    pixels: PixelBytes | null,
    format: PixelFormat,
    timing: Timing,
    timestamp: number,
    samples: Float32Array | Int16Array | null,
    rate: number,
    channels: number,
    channelMask?: number,
  ): Promise<boolean> | 'full' | 'over' | 'wrong-size'
  /** Writes that have not been taken come to this error. */
  reject(reason: Error): void
  /** 'broken': the encoders take nothing more; 'ended': and the programme is over. */
  failure(): 'broken' | 'ended' | null
  /** ms from now until pictures begin by themselves, if none was written. */
  fillAfter(ms: number): void
  finish(): void
  stats(): PacerStats | null
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
  attach(video: ElementHandle, audio: ElementHandle): void
  /** The end of the encoders' streams is that of the targets'. */
  finish(): void
  add(appsrc: ElementHandle): number
  /** With `end` what it has got leaves, followed by end-of-stream. Returns how many packets are lost otherwise. */
  remove(target: number, end: boolean): number
  stats(): FanoutStats
  stats(target: number): TargetStats | null
  close(): void
}

/** What the room exports. */
export interface OutputExports {
  Pacer: new (video: ElementHandle, audio: ElementHandle, options: EncodingOptions, onChange: () => void) => NativePacer
  Fanout: new (video: ElementHandle, audio: ElementHandle, options: FanoutOptions) => NativeFanout
  Filler: new (bitrate: number) => NativeFiller
}
