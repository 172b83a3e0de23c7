/** Types of native/stills: pictures as JPEG and PNG, encoded by workers. */
import type { PixelBytes, PixelFormat } from '../core/types'
import type { ElementHandle } from './gst'
import type { NativeLease } from './tap'

export interface NativeStillOptions {
  readonly format: 'jpeg' | 'png'
  /** Of JPEG, 1 to 100. */
  readonly quality: number
  /** 0: follows from the height, or the picture's own; likewise the height. */
  readonly width: number
  readonly height: number
}

/** The bytes, or the reason as text; 'no element NAME': GStreamer lacks it. */
export type NativeStill = Promise<Uint8Array | string>

/** Has pictures encoded. One for each thread of JavaScript. */
export interface NativeStillDesk {
  /** 'full': too many pictures wait; 'wrong-size': the array does not have the size of the picture. */
  encode(
    pixels: PixelBytes,
    format: PixelFormat,
    width: number,
    height: number,
    pixelN: number,
    pixelD: number,
    color: number,
    options: NativeStillOptions,
  ): NativeStill | 'full' | 'wrong-size'
  /** The keeper's picture, decoded by this element; null: it has none. */
  decode(keeper: KeyframeKeeper, decoder: string, options: NativeStillOptions): NativeStill | 'full' | null
  /** The pixels of a PNG of this size, as RGBA. */
  unpack(png: Uint8Array, width: number, height: number): NativeStill | 'full'
  /** Makes an overlay ready for the pictures of an output: null when it is done. */
  lay(overlay: NativeOverlay, width: number, height: number, bt709: boolean): Promise<string | null> | 'full'
  /** Lays the overlay over a frame's own pixels: null when it is done, or the reason. */
  draw(...what: NativeDrawing): Promise<string | null> | 'full' | 'wrong-size'
  /** The same in new memory; null: there is none. */
  drawCopy(
    ...what: NativeDrawing
  ): (NativeLease & { readonly done: Promise<string | null> | 'full' }) | 'wrong-size' | null
  /** A slate as a short group of pictures: a configuration record, a keyframe, others, each behind its length. */
  slate(order: NativeSlateOrder): NativeStill | 'full'
}

export interface NativeSlateOrder {
  /** RGBA; null: black. */
  readonly rgba: Uint8Array | null
  readonly width: number
  readonly height: number
  /** Else H.264. */
  readonly hevc: boolean
  /** Of the stream that it must be like; null: of none, and the size follows. */
  readonly record: Uint8Array | null
  readonly keyframe: Uint8Array | null
  readonly streamWidth: number
  readonly streamHeight: number
}

export type NativeDrawing = [
  overlay: NativeOverlay,
  pixels: Uint8Array,
  format: PixelFormat,
  width: number,
  height: number,
  color: number,
]

declare const overlay: unique symbol

/** A picture with alpha, with its place and opacity. */
export interface NativeOverlay {
  readonly [overlay]: never
}

/** Keeps the last keyframe that enters an element, encoded. */
export interface KeyframeKeeper {
  /** Milliseconds since it came; null: none has come. */
  age(): number | null
  close(): void
}

/** What the room exports. */
export interface StillsExports {
  StillDesk: new () => NativeStillDesk
  /** Copies the pixels. Below 0, x and y count from the right and from below. */
  OverlayPicture: new (
    rgba: Uint8Array,
    width: number,
    height: number,
    x: number,
    y: number,
    opacity: number,
  ) => NativeOverlay
  KeyframeKeeper: new (element: ElementHandle) => KeyframeKeeper
}
