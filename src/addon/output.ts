/** Types of native/output: the pacer, the fan-out and the filler of an output. */
import type { PixelBytes, PixelFormat } from '../core/types'
import type { ElementHandle } from './gst'
import type { PacketListener } from './record'
import type { NativeOverlay, NativeStill, NativeStillDesk, NativeStillOptions } from './stills'

/**
 * How a written picture finds its slot: 'next', the next 1/fps; 'explicit', the caller's timestamp; 'media', the
 * timestamp of a source, which may begin again.
 */
export type Timing = 'next' | 'explicit' | 'media'

/** Options of the pacer. */
export interface PacerOptions {
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
  /** Triples of captions for which no picture had room. */
  readonly captionsDropped: number
  readonly silence: number
  readonly trimmed: number
  readonly queued: number
  readonly filling: boolean
}

/** The filler: pads encoded pictures up to a bitrate, bit/s, with data that decoders ignore. */
export interface NativeFiller {
  /** Fills the packets that enter this element, from now on and in place of an earlier element. */
  attach(packets: ElementHandle): void
  setBitrate(bitrate: number): void
  /** Bytes of filler so far. */
  bytes(): number
  close(): void
}

/** The pacer, the clock of an output: a picture in each slot, and audio without a gap. */
export interface NativePacer {
  start(): void
  /** Opens a way to an encoder, and returns its number. Of the slots, it gets those that `every` divides. */
  open(kind: 'pictures' | 'audio', every: number): number
  /** Gives pictures or audio to this encoder, from where the last one of the outlet has stopped. */
  attach(outlet: number, source: ElementHandle): void
  /** Gives nothing more to the encoder, which may hang, until another one is attached. */
  detach(outlet: number): void
  /** Ends an outlet. */
  shut(outlet: number): void
  /** Pictures for which the outlet's encoder had no room. */
  dropped(outlet: number): number
  /** Running time, µs: all encoders that get the slots of `every` can have what follows it as a keyframe. */
  keyframeTime(every: number): number
  /** Puts the captions of written pictures into the packets that enter this element, behind the outlet's encoder. */
  writeCaptions(outlet: number, packets: ElementHandle): void
  /** Stamps the packets that enter this element, behind the outlet's encoder, with the wall clock of their pictures. */
  stamp(outlet: number, packets: ElementHandle): void
  /**
   * Takes a write: the promise resolves when its memory has been copied. Else the reason: the queue is 'full', the
   * pacer is closed ('over'), or the array no longer has the picture's size ('wrong-size'). A picture of a capture has
   * its captions with it, unless others are given.
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
    captions?: Uint8Array | null,
  ): Promise<boolean> | 'full' | 'over' | 'wrong-size'
  /** Rejects the writes that are not yet copied with this error. */
  reject(reason: Error): void
  /** 'broken': the encoder takes nothing more; 'ended': it gets nothing more because the stream has ended. */
  failure(outlet: number): 'broken' | 'ended' | null
  /** Starts the fill after `ms`, if no picture was written by then. */
  fillAfter(ms: number): void
  /** Ends the stream after the writes in the queue. */
  finish(): void
  /** Lays these over all pictures from the next slot on, the first one lowest. */
  setOverlays(overlays: readonly NativeOverlay[]): void
  /** Copies a picture, which is shown from the next fill on. */
  setSlate(pixels: PixelBytes, format: PixelFormat): void
  /** The last picture that has left, as a still; null: none has. */
  snapshot(desk: NativeStillDesk, options: NativeStillOptions): NativeStill | 'full' | null
  stats(): PacerStats | null
  close(): void
}

export interface TargetStats {
  readonly packets: number
  readonly bytes: number
  readonly dropped: number
  readonly queueMs: number
  readonly flowing: boolean
  /** Time since the connection's first packet, ms. */
  readonly position: number
}

export interface FanoutStats {
  readonly videoPackets: number
  readonly videoBytes: number
  readonly audioBytes: number
  readonly keyframes: number
  /** Whether the network holds the encoder up. */
  readonly waiting: boolean
  readonly ended: boolean
}

export interface FanoutOptions {
  /** Seconds by which the sound of a decoded packet lies before the packet's timestamp. */
  readonly audioDelay: number
  /** Longest queue of a target, s. */
  readonly maxQueue: number
  /** Whether the encoder waits for the fastest target, so that no picture is lost. */
  readonly patient: boolean
  /** Size, rates and bitrates for the metadata that players read first. */
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Whether the colours are BT.709's, which AV1's sequence header tells; otherwise BT.601's. */
  readonly bt709: boolean
  readonly videoKbps: number
  readonly audioKbps: number
  readonly rate: number
  readonly channels: number
}

/** The fan-out: hands packets to each target of an output. */
export interface NativeFanout {
  /** Takes pictures from another encoder from now on. */
  attach(video: ElementHandle): void
  /** From now on the end of the encoders' streams ends the targets' streams too. */
  finish(): void
  /**
   * Adds a target, and returns its number.
   * @param ordered sound and pictures leave in one order of time, so a picture waits for the sound beside it
   */
  add(appsrc: ElementHandle, ordered: boolean): number
  /** As add(), for a target that takes an MPEG transport stream. */
  addStream(appsrc: ElementHandle): number
  /** Gives a listener the packets as they are; returns its number, which remove() takes. */
  listen(listener: PacketListener): number
  /** Removes a target. With `end` its queue leaves, then end-of-stream; else returns how many packets are lost. */
  remove(target: number, end: boolean): number
  stats(): FanoutStats
  stats(target: number): TargetStats | null
  close(): void
}

/** The audio feed: hands the packets of one audio encoder to several fan-outs. */
export interface NativeAudioFeed {
  /** Takes packets from another encoder from now on. */
  attach(audio: ElementHandle): void
  add(fanout: NativeFanout): void
  remove(fanout: NativeFanout): void
  /** How many have come. */
  packets(): number
}

/** The statistics of a sink, by their names; of a listener's callers together. */
export interface StreamStats {
  /** What was last read; begins to read anew. */
  read(sink: ElementHandle): Readonly<Record<string, number>>
}

/** What the room exports. */
export interface OutputExports {
  StreamStats: new () => StreamStats
  Pacer: new (options: PacerOptions, onChange: () => void) => NativePacer
  Fanout: new (video: ElementHandle, options: FanoutOptions) => NativeFanout
  AudioFeed: new () => NativeAudioFeed
  Filler: new (bitrate: number) => NativeFiller
  /** This encoder, which asks upstream whether its source is live, hears that it is. Before it plays. */
  answerAsLive(encoder: ElementHandle): void
}
