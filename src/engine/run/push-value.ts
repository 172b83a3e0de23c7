import { types } from 'node:util'
import { badOption, badValue, checkInteger, checkNumber, checkOneOf, checkRecord } from '../../core/check'
import { layoutOf } from '../../core/channel-layout'
import { RxGstError } from '../../core/errors'
import { frameBytes, gstFormat, isPixelBytes, PIXEL_FORMATS } from '../../core/pixel-format'
import { fpsToFraction } from '../../core/rates'
import type { AudioChunk, PixelBytes, PixelFormat, VideoFrame, WriteOptions } from '../../core/types'
import type { Packet } from '../../core/pipeline-types'
import type { PushOptions } from '../../addon/pipeline'

/** A value of push(), in the form that the addon takes. */
export interface PushValue {
  readonly data: PixelBytes | Float32Array
  readonly options: PushOptions
  /** The frame, which stays open until its pixels have been read. */
  readonly frame: VideoFrame | null
  /** Timestamp that must not go back, µs; null: none, or it may go back. */
  readonly order: number | null
}

/**
 * Keeps the caps of pushed pictures constant. The frame rate comes from a frame's duration, which is rounded: computed
 * for each frame it would change all the time, and every change makes the pipeline renegotiate.
 */
export class CapsMemory {
  readonly #rates = new Map<string, string>()

  pictures(frame: VideoFrame): string {
    const size = `format=${gstFormat(frame.format)},width=${frame.width},height=${frame.height}`
    let rate = this.#rates.get(size)
    if (rate === undefined) {
      rate = rateOf(frame.duration)
      this.#rates.set(size, rate)
    }
    return `video/x-raw,${size},framerate=${rate}${pixels(frame)}`
  }
}

/** The pixel aspect ratio in caps; '' for square pixels. A frame that a program made itself may lack it. */
function pixels({ pixelAspectRatio }: VideoFrame): string {
  const { n, d } = pixelAspectRatio ?? { n: 1, d: 1 }
  if (n === d) return ''
  const side = (name: string, value: number): number => checkInteger(`value.pixelAspectRatio.${name}`, value, 1, 65_535)
  return `,pixel-aspect-ratio=${side('n', n)}/${side('d', d)}`
}

/** Frame rate of a duration: 33333 and 33334 µs both mean 30/1. 0/1: unknown or variable. */
function rateOf(duration: number): string {
  const fps = Math.round(100_000_000 / duration) / 100
  if (!(fps >= 1 && fps <= 120)) return '0/1'
  const { n, d } = fpsToFraction(fps)
  return `${n}/${d}`
}

/** Checks and converts a value of push(). ERR_OPTION, ERR_FRAME_SIZE, ERR_TIMESTAMP. */
export function pushValue(value: unknown, given: WriteOptions, memory: CapsMemory): PushValue {
  const timestamp = checkTime(checkRecord('options', given, ['timestamp']).timestamp)
  if (isPixelBytes(value)) {
    return { data: value, options: { rawBytes: true, pts: timestamp }, frame: null, order: timestamp }
  }
  if (typeof value !== 'object' || value === null) throw badOption(KINDS, 'value', value)
  if ('samples' in value) return audioValue(value as AudioChunk, timestamp)
  if ('caps' in value && 'data' in value) return packetValue(value as Packet, timestamp)
  if ('format' in value && 'data' in value) return frameValue(value as VideoFrame, timestamp, memory)
  throw badOption(KINDS, 'value', value)
}

const KINDS = 'a VideoFrame, AudioChunk, Packet, Uint8Array or Uint8ClampedArray'

function checkTime(timestamp: unknown): number | null {
  if (timestamp === undefined || timestamp === null) return null
  if (typeof timestamp === 'number' && timestamp >= 0 && timestamp <= Number.MAX_SAFE_INTEGER) return timestamp
  throw new RxGstError('ERR_TIMESTAMP', `expected microseconds from 0 for timestamp but received ${String(timestamp)}`)
}

function frameValue(frame: VideoFrame, timestamp: number | null, memory: CapsMemory): PushValue {
  const format: PixelFormat = checkOneOf('value.format', frame.format, PIXEL_FORMATS)
  const width = checkInteger('value.width', frame.width, 1, 32_768)
  const height = checkInteger('value.height', frame.height, 1, 32_768)
  const bytes = frameBytes(format, width, height)
  const data = frame.data
  if (!isPixelBytes(data)) throw badOption('a Uint8Array or Uint8ClampedArray', 'value.data', data)
  if (data.byteLength !== bytes) {
    throw new RxGstError(
      'ERR_FRAME_SIZE',
      `expected ${bytes} bytes (${width} × ${height} ${format}) but received ${data.byteLength}`,
    )
  }
  const pts = timestamp ?? checkTime(frame.timestamp)
  const options = {
    caps: memory.pictures(frame),
    pts,
    duration: frame.duration > 0 ? frame.duration : null,
    format,
    width,
    height,
  }
  return { data, options, frame, order: pts }
}

function audioValue(chunk: AudioChunk, timestamp: number | null): PushValue {
  if (!types.isFloat32Array(chunk.samples)) throw badOption('a Float32Array', 'value.samples', chunk.samples)
  const rate = checkNumber('value.sampleRate', chunk.sampleRate, 1, 768_000)
  const channels = checkInteger('value.channels', chunk.channels, 1, 64)
  if (chunk.samples.length % channels !== 0)
    throw badValue(`a multiple of ${channels} samples (interleaved)`, 'value.samples', chunk.samples.length)
  // Above two channels GStreamer needs the speaker of each channel; channels of the mask 0x0 are not mixed.
  const layout = layoutOf('value.channelMask', chunk.channelMask, channels)
  const mask = channels > 2 ? `,channel-mask=(bitmask)0x${layout.toString(16)}` : ''
  const pts = timestamp ?? checkTime(chunk.timestamp)
  const caps = `audio/x-raw,format=F32LE,layout=interleaved,rate=${rate},channels=${channels}${mask}`
  return {
    data: chunk.samples,
    options: { caps, pts, duration: chunk.duration > 0 ? chunk.duration : null },
    frame: null,
    order: pts,
  }
}

/** Packets come in decoding order, so their timestamps may go back. */
function packetValue(packet: Packet, timestamp: number | null): PushValue {
  if (!types.isUint8Array(packet.data)) throw badOption('a Uint8Array', 'value.data', packet.data)
  if (typeof packet.caps !== 'string') throw badOption('caps as text', 'value.caps', packet.caps)
  const options = {
    ...(packet.caps !== '' && { caps: packet.caps }),
    pts: timestamp ?? packet.timestamp,
    dts: timestamp === null ? packet.dts : null,
    duration: packet.duration,
    delta: !packet.keyframe,
    header: packet.header,
  }
  return { data: packet.data, options, frame: null, order: null }
}
