/** Types of native/tap: the taps, which take pictures, audio and packets to JavaScript, and their memory. */
import type { PixelFormat } from '../core/types'
import type { Packet } from '../core/pipeline-types'
import type { CaptionTap, InputLimits, Timeline } from './capture'
import type { ElementHandle } from './gst'
import type { Changes } from './js'

export type NativeDropPolicy = 'oldest' | 'newest' | 'block'

/**
 * Numbers that VideoTap.read() writes for each picture, in this order. The addon has the same table. lease: for
 * endLease(); pixelN ÷ pixelD: width ÷ height of a pixel; all times in µs, `arrival` on CLOCK_MONOTONIC; discontinuity:
 * 0 or 1; format: index in PIXEL_FORMATS; color: of YUV, for the addon alone.
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
  'color',
] as const
/** Numbers that AudioTap.read() writes for each piece of sound; their meaning is that of NativeAudio. */
export const AUDIO_FIELDS = ['position', 'rate', 'channels', 'mask', 'discontinuity'] as const

export interface VideoTapOptions {
  /** null: the source's format where that is a PixelFormat, else RGB. */
  readonly format: PixelFormat | null
  /** 0: the source's width, or by the aspect ratio from the height; likewise the height. */
  readonly width: number
  readonly height: number
  /** 0: every picture. */
  readonly fpsN: number
  readonly fpsD: number
  readonly capacity: number
  readonly policy: NativeDropPolicy
}

export interface VideoTapStats {
  readonly decoded: number
  readonly queued: number
  readonly queuedBytes: number
  readonly droppedQueue: number
  /** Those of droppedQueue that were dropped while nobody took pictures. */
  readonly droppedUnwanted: number
  /** Media time of the pictures that wait, µs. */
  readonly queuedTime: number
  readonly droppedHeld: number
  readonly droppedBad: number
  /** Pictures that could not be decoded completely, since the stream was joined in its middle. */
  readonly incomplete: number
  /** Time for which pictures have come without one to begin with, µs; 0: that is not so. */
  readonly keyframeWait: number
  /** Whether the streaming thread waits for room ('block'). */
  readonly waiting: boolean
  readonly ended: boolean
  /** Size of the source's pictures; 0 before the first. */
  readonly width: number
  readonly height: number
  readonly pixelN: number
  readonly pixelD: number
  /** Caps of data that came in place of pictures; null: none. */
  readonly wrong: string | null
}

/** The account of a stream's frames, with a bound for their bytes. */
export interface FrameAccount {
  /**
   * `held`: bytes of pictures that wait or are lent. `atCeiling`: the last refusal came from the process's own bound.
   */
  read(): { held: number; atCeiling: boolean }
}

export interface VideoTap {
  /**
   * Takes the oldest pictures: returns their memory. `fields` gets the number of those that still wait, then
   * FRAME_FIELDS of each picture; its length bounds their number.
   */
  read(max: number, fields: Float64Array): ArrayBuffer[]
  /** Blocks the JS thread until a picture waits, at most `ms`. */
  wait(ms: number): boolean
  stats(): VideoTapStats
  setPolicy(policy: NativeDropPolicy): void
  /** Sets whether a consumer takes pictures. */
  setWanted(wanted: boolean): void
  /**
   * Notes the arrival times at this element's sink pad, behind the limits' probe. Unless `lenient`, the decoder gets no
   * pictures before one to begin with, and incomplete pictures are not shown.
   */
  watchArrival(element: ElementHandle, limits: InputLimits, lenient: boolean): void
  /** Frames have the captions of their pictures. Before data flows. */
  carryCaptions(captions: CaptionTap): void
  close(): void
}

export interface VideoViewOptions {
  readonly format: PixelFormat
  /** 0: the source's, or by the aspect ratio from the other side. */
  readonly width: number
  readonly height: number
  /** 0: every picture. */
  readonly fps: number
  readonly capacity: number
}

/** A tap's pictures once more, in another size, rate or format. It goes from the tap of one connection to the next. */
export interface VideoView {
  /** Looks at this tap's pictures, and no longer at those of an earlier one. */
  attach(tap: VideoTap): void
  /** As VideoTap.read(). */
  read(max: number, fields: Float64Array): ArrayBuffer[]
  /** Pictures that newer ones have replaced, or for which there was no memory. */
  dropped(): number
  close(): void
}

/** Formats of a share; the addon has the same list. */
export const SHARE_FORMATS = ['RGB', 'RGBA', 'GRAY8', 'I420', 'BGR'] as const
export type ShareFormat = (typeof SHARE_FORMATS)[number]

export interface NativeShareOptions extends Omit<VideoViewOptions, 'format' | 'capacity'> {
  readonly format: ShareFormat
  readonly slots: number
}

/** Counters of a share since it was made; sizes and `bytes` are of now. */
export interface ShareStats {
  /** Pictures that were written. */
  readonly pictures: number
  /** Those of them that newer ones have replaced. Nobody knows whether a reader had seen them. */
  readonly overwritten: number
  /** Pictures for which there was no shared memory. */
  readonly dropped: number
  /** How often the size has changed, with the first one counted. */
  readonly generation: number
  /** 0: no picture has come. */
  readonly width: number
  /** 0: no picture has come. */
  readonly height: number
  /** Bytes of shared memory. */
  readonly bytes: number
  /** Why there is no shared memory now; null: there is. */
  readonly error: string | null
}

/** A tap's pictures in shared memory. It goes from the tap of one connection to the next. */
export interface PictureShare {
  /** Makes the memory, without a size, under this name; what is wrong, or null. */
  claim(name: string): { readonly taken: boolean; readonly text: string } | null
  /** Shares this tap's pictures, and no longer those of an earlier one. */
  attach(tap: VideoTap): void
  stats(): ShareStats
  close(): void
}

/** The memory of a picture in this thread, and the number of its lease. */
export interface NativeLease {
  readonly buffer: ArrayBuffer
  readonly lease: number
}

export interface NativeAudio {
  readonly samples: Float32Array
  /** Position of the first sample, in samples per channel since the capture's zero. */
  readonly position: number
  readonly rate: number
  readonly channels: number
  /** Speaker of each channel, as WAVE's mask; 0: unknown. */
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
  readonly cut: number
  /** Whether the streaming thread waits for room ('block'). */
  readonly waiting: boolean
  readonly ended: boolean
  /** Caps of data that came in place of sound; null: none. */
  readonly wrong: string | null
}

export interface AudioTap {
  /**
   * Takes the oldest pieces of sound: returns their samples. `fields` gets the number of pieces that still wait, then
   * AUDIO_FIELDS of each piece; its length bounds their number.
   */
  read(fields: Float64Array): Float32Array[]
  wait(ms: number): boolean
  stats(): AudioTapStats
  setBlock(block: boolean): void
  close(): void
}

export interface PacketTapStats {
  readonly received: number
  readonly queued: number
  readonly dropped: number
  readonly ended: boolean
  /** Caps of data that came in place of packets; null: none. */
  readonly wrong: string | null
}

export interface PacketTap {
  read(max: number): Packet[]
  stats(): PacketTapStats
  close(): void
}

/** What the room exports. */
export interface TapExports {
  FrameAccount: new (bytes: number) => FrameAccount
  VideoTap: new (
    appsink: ElementHandle,
    timeline: Timeline,
    options: VideoTapOptions,
    changes: Changes,
    account?: FrameAccount,
  ) => VideoTap
  VideoView: new (options: VideoViewOptions, changes: Changes, account: FrameAccount) => VideoView
  PictureShare: new (options: NativeShareOptions, changes: Changes) => PictureShare
  AudioTap: new (appsink: ElementHandle, timeline: Timeline, changes: Changes) => AudioTap
  PacketTap: new (appsink: ElementHandle, options: { capacity: number; block: boolean }, changes: Changes) => PacketTap
  /** Must be equal to FRAME_FIELDS and AUDIO_FIELDS. */
  frameFields: string[]
  audioFields: string[]
  /** Captions that go with a frame, cc_data of A/53; null: none. */
  frameCaptions(lease: number): Uint8Array | null
  endLease(lease: number, buffer: ArrayBuffer): void
  /** Puts a frame's memory on its way to another thread; its number, or 0 if the lease has ended. */
  moveFrame(lease: number): number
  /** null: nothing of this number is on its way. */
  takeFrame(moved: number): NativeLease | null
  /** What has been on its way for so long, in ms, returns to the pool; how many still are. */
  dropMoved(ms: number): number
  framePool(): { held: number; pooled: number; limit: number; leases: number }
  setFramePoolLimit(bytes: number): void
}
