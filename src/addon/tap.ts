/** Types of native/tap: what leaves a pipeline for JavaScript, and its memory. */
import type { PixelFormat } from '../core/types'
import type { Packet } from '../core/pipeline-types'
import type { InputLimits, Timeline } from './capture'
import type { ElementHandle } from './gst'
import type { Changes } from './js'

export type NativeDropPolicy = 'oldest' | 'newest' | 'block'

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
export const AUDIO_FIELDS = ['position', 'rate', 'channels', 'mask', 'discontinuity'] as const

export interface VideoTapOptions {
  /** null: the source's where it is a PixelFormat, else RGB. */
  readonly format: PixelFormat | null
  /** 0: the source's, or by the other's ratio. */
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
  setPolicy(policy: NativeDropPolicy): void
  /** Whether anybody takes pictures. */
  setWanted(wanted: boolean): void
  /**
   * Notes arrivals at this element's sink pad, behind the limits' probe; unless `lenient` it keeps away what comes
   * before a picture to begin with, and does not show what is not whole yet.
   */
  watchArrival(element: ElementHandle, limits: InputLimits, lenient: boolean): void
  close(): void
}

export interface NativeAudio {
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
  AudioTap: new (appsink: ElementHandle, timeline: Timeline, changes: Changes) => AudioTap
  PacketTap: new (appsink: ElementHandle, options: { capacity: number; block: boolean }, changes: Changes) => PacketTap
  /** Must be equal to FRAME_FIELDS and SOUND_FIELDS. */
  frameFields: string[]
  audioFields: string[]
  endLease(lease: number, buffer: ArrayBuffer): void
  framePool(): { held: number; pooled: number; limit: number; leases: number }
  setFramePoolLimit(bytes: number): void
}
