import { resolveOverlays, type ResolvedOverlay } from '../../core/pictures/overlay-options'
import { badOption, badValue, checkBoolean, checkInteger, checkNumber, checkOneOf, checkRecord } from '../../core/check'
import { RxGstError } from '../../core/errors'
import {
  resolveTransportOptions,
  TRANSPORT_OPTION_NAMES,
  type ResolvedTransportOptions,
} from '../../core/transport-options'
import { AUDIO_SAMPLE_RATES, checkOutputSize, MAX_BUFFER, MAX_FPS, MIN_FPS } from '../../core/video-options'
import { frameBytes, isPixelBytes, PIXEL_FORMATS } from '../../core/pixel-format'
import { checkBitrate, fpsToFraction, type Fraction } from '../../core/rates'
import { outputCodec, type OutputCodec } from '../../pipelines/candidates'
import { usualAudioBitrate } from '../../pipelines/output'
import type { EncoderPreset, PixelFormat, RTMPOutputOptions, VideoCodec } from '../../core/types'

export type { VideoCodec } from '../../core/types'

export const VIDEO_CODECS = [
  'libx264',
  'h264_nvenc',
  'h264_vaapi',
  'libopenh264',
  'libx265',
  'hevc_nvenc',
  'hevc_vaapi',
  'libaom-av1',
  'libsvtav1',
  'av1_nvenc',
  'av1_vaapi',
] as const satisfies readonly VideoCodec[]

/** Presets of x264, fastest first. */
export const PRESETS = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
  'slow',
  'slower',
  'veryslow',
  'placebo',
] as const satisfies readonly EncoderPreset[]
export type Preset = EncoderPreset

/** Sample rates that servers and players of RTMP take. */
const SAMPLE_RATES = AUDIO_SAMPLE_RATES.filter(rate => rate <= 48000)

export interface ResolvedOutputOptions extends ResolvedTransportOptions {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly fpsFraction: Fraction
  /** bit/s. */
  readonly bitrate: number
  /** A target has asked for it: what is set for all changes nothing. */
  readonly ownBitrate: boolean
  readonly rateControl: 'cbr' | 'capped'
  readonly format: 'flv'
  /** Of the video. */
  readonly codec: OutputCodec
  /** null: the best one that works here, subject to gpuAcceleration. */
  readonly vcodec: VideoCodec | null
  readonly acodec: 'aac'
  readonly audioSampleRate: number
  readonly audioChannels: 1 | 2
  /** bit/s. */
  readonly audioBitrate: number
  readonly preset: Preset
  /** Seconds. */
  readonly keyframeInterval: number
  /** The encoder takes one of so many slots. */
  readonly every: number
  readonly pixelFormat: PixelFormat
  readonly stampLatency: boolean
  /** Lowest bitrate of the video, bit/s; null: its bitrate is fixed. */
  readonly adaptiveBitrate: number | null
  readonly bufferSize: number
  readonly dropPolicy: 'block' | 'newest'
  readonly fill: 'repeat' | 'slate' | 'none'
  /** A copy of the caller's picture, in pixelFormat; null: black. */
  readonly slate: Uint8Array | null
  readonly slateAfter: number
  /** Copies; the first one is the lowest. */
  readonly overlay: readonly ResolvedOverlay[]
}

const NAMES = [
  'width',
  'height',
  'fps',
  'bitrate',
  'rateControl',
  'format',
  'vcodec',
  'acodec',
  'audioSampleRate',
  'audioChannels',
  'audioBitrate',
  'preset',
  'keyframeInterval',
  'pixelFormat',
  'stampLatency',
  'adaptiveBitrate',
  'bufferSize',
  'dropPolicy',
  'fill',
  'slate',
  'slateAfter',
  'overlay',
  ...TRANSPORT_OPTION_NAMES,
] as const satisfies readonly (keyof RTMPOutputOptions)[]

/** Checks the caller's options and fills in defaults. Nothing checks them again after this. */
export function resolveOutputOptions(options: unknown): ResolvedOutputOptions {
  const given = checkRecord('options', options, NAMES)
  const transport = resolveTransportOptions(given)
  const encoding = resolveEncoding(given)
  // librtmp does not tell how many bytes have left.
  if (transport.transport === 'librtmp' && encoding.adaptiveBitrate !== null)
    throw badValue("false with the transport 'librtmp'", 'adaptiveBitrate', given.adaptiveBitrate)
  checkCarrier(transport, encoding)
  return { ...transport, ...resolvePictures(given), ...encoding, every: 1 }
}

/** The encoder for messages, and for checks of what a target can carry; null: H.264's best one. */
export function namedEncoder({ codec, vcodec }: Pick<ResolvedOutputOptions, 'codec' | 'vcodec'>): VideoCodec | null {
  return vcodec ?? { h264: null, hevc: 'libx265' as const, av1: 'libaom-av1' as const }[codec]
}

/** FLV has a number for H.264 alone, and rtmp2sink and librtmp write nothing else. */
export function checkCarrier(
  { transport }: Pick<ResolvedTransportOptions, 'transport'>,
  encoder: Pick<ResolvedOutputOptions, 'codec' | 'vcodec'>,
): void {
  if (encoder.codec === 'h264' || transport === 'auto' || transport === 'rxrtmp') return
  throw badValue(`'auto' or 'rxrtmp' with the encoder ${namedEncoder(encoder)}`, 'transport', transport)
}

function resolvePictures(given: Readonly<Record<string, unknown>>) {
  const { fps = 30, bufferSize = 10, dropPolicy = 'block', fill = 'repeat', slate, slateAfter = 2_000 } = given
  const { width, height } = checkOutputSize(given.width, given.height)
  const rate = checkNumber('fps', fps, MIN_FPS, MAX_FPS)
  const { pixelFormat: pixels = 'RGB' } = given
  const pixelFormat = checkOneOf('pixelFormat', pixels, PIXEL_FORMATS)
  return {
    width,
    height,
    fps: rate,
    fpsFraction: fpsToFraction(rate),
    pixelFormat,
    bufferSize: checkInteger('bufferSize', bufferSize, 1, MAX_BUFFER),
    dropPolicy: checkOneOf('dropPolicy', dropPolicy, ['block', 'newest']),
    fill: checkOneOf('fill', fill, ['repeat', 'slate', 'none']),
    slate: slate === undefined ? null : checkSlate(slate, pixelFormat, width, height),
    slateAfter: checkNumber('slateAfter', slateAfter, 0, 3_600_000),
    overlay: resolveOverlays(given.overlay),
  }
}

function resolveEncoding(given: Readonly<Record<string, unknown>>) {
  const { bitrate = '2500k', rateControl = 'capped' } = given
  const { format = 'flv', vcodec, preset = 'ultrafast', keyframeInterval = 2 } = given
  const {
    acodec = 'aac',
    audioSampleRate = 44100,
    audioChannels = 2,
    stampLatency = false,
    adaptiveBitrate = false,
  } = given
  const rate = checkBitrate('bitrate', bitrate)
  const encoder = vcodec === undefined ? null : checkOneOf('vcodec', vcodec, VIDEO_CODECS)
  const channels = checkOneOf('audioChannels', audioChannels, [1, 2])
  return {
    bitrate: rate,
    ownBitrate: false,
    rateControl: checkOneOf('rateControl', rateControl, ['cbr', 'capped']),
    adaptiveBitrate: checkAdaptive(adaptiveBitrate, rate),
    format: checkOneOf('format', format, ['flv']),
    codec: outputCodec(encoder),
    vcodec: encoder,
    preset: checkOneOf('preset', preset, PRESETS),
    keyframeInterval: checkNumber('keyframeInterval', keyframeInterval, 0.1, 60),
    acodec: checkOneOf('acodec', acodec, ['aac']),
    audioSampleRate: checkOneOf('audioSampleRate', audioSampleRate, SAMPLE_RATES),
    audioChannels: channels,
    audioBitrate: checkAudioBitrate(given.audioBitrate, channels),
    stampLatency: checkBoolean('stampLatency', stampLatency),
  }
}

const MIN_AUDIO_BITRATE = 16_000
const MAX_AUDIO_BITRATE = 512_000

export function checkAudioBitrate(value: unknown, channels: number): number {
  if (value === undefined) return usualAudioBitrate(channels)
  const bitrate = checkBitrate('audioBitrate', value)
  if (bitrate >= MIN_AUDIO_BITRATE && bitrate <= MAX_AUDIO_BITRATE) return bitrate
  throw badValue(`bit/s from ${MIN_AUDIO_BITRATE} to ${MAX_AUDIO_BITRATE}`, 'audioBitrate', value)
}

/** Default for the lowest bitrate, as a share of the full one: at a fifth, pictures are still recognisable. */
const LOWEST_SHARE = 0.2

export function checkAdaptive(value: unknown, bitrate: number): number | null {
  if (value === false) return null
  if (value === true) return Math.round(bitrate * LOWEST_SHARE)
  if (typeof value !== 'object' || value === null) throw badOption('a boolean or { min }', 'adaptiveBitrate', value)
  const { min } = checkRecord('adaptiveBitrate', value, ['min'])
  if (min === undefined) return Math.round(bitrate * LOWEST_SHARE)
  const least = checkBitrate('adaptiveBitrate.min', min)
  if (least > bitrate) throw badValue(`at most the bitrate (${bitrate} bit/s)`, 'adaptiveBitrate.min', min)
  return least
}

/** A copy of the slate: it is shown much later, and the caller may draw into its own array until then. */
export function checkSlate(value: unknown, format: PixelFormat, width: number, height: number): Uint8Array {
  if (!isPixelBytes(value)) throw badOption('a Uint8Array or Uint8ClampedArray', 'slate', value)
  const bytes = frameBytes(format, width, height)
  if (value.byteLength === bytes) return new Uint8Array(value)
  const expected = `${bytes} bytes (${width} × ${height} ${format})`
  throw new RxGstError('ERR_FRAME_SIZE', `expected ${expected} for slate but received ${value.byteLength} bytes`)
}
