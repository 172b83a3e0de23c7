import { types } from 'node:util'
import { badOption, badValue, checkInteger, checkNumber, checkRecord } from '../../core/check'
import { RxGstError } from '../../core/errors'
import type { Timing } from '../../addon/output'
import type { ResolvedOutputOptions } from '../options'
import { layoutOf } from '../../core/channel-layout'
import { LeasedFrame } from '../../core/frame'
import { frameBytes, isPixelBytes } from '../../core/pixel-format'
import type { AudioChunk, PixelBytes, PixelFormat, VideoFrame, WriteOptions } from '../../core/types'

/** One write to the pacer: a picture, sound, or both. Samples are floats or 16-bit integers, interleaved. */
export interface PacerWrite {
  readonly pixels: PixelBytes | null
  readonly format: PixelFormat
  readonly timing: Timing
  /** µs. */
  readonly timestamp: number
  readonly samples: Float32Array | Int16Array | null
  readonly rate: number
  readonly channels: number
  /** Speaker of each channel, as a mask; 0: unknown. */
  readonly channelMask?: number
  /** Of a frame that the program has made; null: those that its memory has. */
  readonly captions?: Uint8Array | null
}

/** The sound of a write. */
export interface Audio {
  readonly samples: Float32Array | Int16Array | null
  readonly rate: number
  readonly channels: number
  readonly channelMask?: number
}

export const NO_AUDIO: Audio = { samples: null, rate: 0, channels: 0 }

/** Checks that a picture has exactly the output's size. ERR_FRAME_SIZE, ERR_OPTION. */
export function checkFrame(
  frame: VideoFrame | PixelBytes,
  options: ResolvedOutputOptions,
): { pixels: PixelBytes; format: PixelFormat; captions: Uint8Array | null } {
  const { width, height, pixelFormat } = options
  if (isPixelBytes(frame)) {
    const bytes = frameBytes(pixelFormat, width, height)
    if (frame.byteLength === bytes) return { pixels: frame, format: pixelFormat, captions: null }
    throw new RxGstError(
      'ERR_FRAME_SIZE',
      `expected ${bytes} bytes (${width} × ${height} ${pixelFormat}) but received ${frame.byteLength}`,
    )
  }
  if (typeof frame !== 'object' || frame === null || !('data' in frame))
    throw badOption('a VideoFrame, Uint8Array or Uint8ClampedArray', 'frame', frame)
  if (frame.width !== width || frame.height !== height) {
    throw new RxGstError(
      'ERR_FRAME_SIZE',
      `expected ${width} × ${height} but received ${frame.width} × ${frame.height}`,
    )
  }
  const bytes = frameBytes(frame.format, width, height)
  const pixels = frame.data
  if (!isPixelBytes(pixels)) throw badOption('a Uint8Array or Uint8ClampedArray', 'frame.data', pixels)
  if (pixels.byteLength !== bytes) {
    throw new RxGstError(
      'ERR_FRAME_SIZE',
      `expected ${bytes} bytes (${width} × ${height} ${frame.format}) but received ${pixels.byteLength}`,
    )
  }
  return { pixels, format: frame.format, captions: ownCaptions(frame) }
}

/** Of a frame that the program has made. One of a capture has them with its memory. */
function ownCaptions(frame: VideoFrame): Uint8Array | null {
  if (frame instanceof LeasedFrame || frame.captions == null) return null
  if (types.isUint8Array(frame.captions)) return frame.captions
  throw badOption('a Uint8Array', 'frame.captions', frame.captions)
}

/** Limit of AAC and of WAVE. */
const MOST_CHANNELS = 64

/** Checks sound: samples for all channels, and a rate and a channel count that can be converted. ERR_OPTION. */
export function checkAudio(audio: AudioChunk | Float32Array | Int16Array, options: ResolvedOutputOptions): Audio {
  const chunk = types.isFloat32Array(audio) || types.isInt16Array(audio) ? null : audio
  const usable = chunk === null || (typeof chunk === 'object' && types.isFloat32Array(chunk.samples))
  if (audio == null || !usable) throw badOption('an AudioChunk, Float32Array or Int16Array', 'audio', audio)
  const samples = chunk ? chunk.samples : (audio as Float32Array | Int16Array)
  const rate = chunk ? checkNumber('audio.sampleRate', chunk.sampleRate, 1000, 384_000) : options.audioSampleRate
  const channels = chunk ? checkInteger('audio.channels', chunk.channels, 1, MOST_CHANNELS) : options.audioChannels
  if (samples.length % channels !== 0) {
    throw badValue(`a multiple of ${channels} samples (interleaved)`, 'audio', samples.length)
  }
  const channelMask = layoutOf('audio.channelMask', chunk?.channelMask, channels)
  return { samples: samples.length > 0 ? samples : null, rate, channels, channelMask }
}

/** Checks the timestamp of a write; null: none was given. ERR_TIMESTAMP. */
export function checkTimestamp(options: WriteOptions, last: number): number | null {
  const { timestamp } = checkRecord('options', options, ['timestamp']) as WriteOptions
  if (timestamp === undefined) return null
  if (typeof timestamp !== 'number' || !(timestamp >= 0 && timestamp <= Number.MAX_SAFE_INTEGER)) {
    throw new RxGstError(
      'ERR_TIMESTAMP',
      `expected microseconds from 0 for timestamp but received ${String(timestamp)}`,
    )
  }
  if (timestamp < last)
    throw new RxGstError('ERR_TIMESTAMP', `the timestamp ${timestamp} µs is before the last one, ${last} µs`)
  return timestamp
}
