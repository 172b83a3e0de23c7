import type { Fraction } from '../core/rates'
import type { EncoderPreset } from '../core/types'
import { el, type Part } from './graph/graph'
import { deviceOf } from './candidates'

/** An encoder element. Its properties have GStreamer 1.26's names; own-properties.ts has the others. */
export interface EncoderElement {
  readonly factory: string
}

/** The properties that limit an encoder's bitrate, bit/s; they can change while it plays. */
export function bitrateProps(factory: string, bitrate: number): Record<string, number> {
  const kbit = Math.max(1, Math.round(bitrate / 1000))
  if (factory === 'av1enc' || factory === 'svtav1enc') return { 'target-bitrate': kbit }
  return { bitrate: factory === 'openh264enc' ? Math.round(bitrate) : kbit }
}

/**
 * Whether a change of the bitrate is worth what it costs. x265enc makes a new encoder for each one, which begins with a
 * keyframe.
 */
export function isWorthChange(factory: string, from: number, to: number, full: number): boolean {
  return factory !== 'x265enc' || to === full || Math.abs(to - from) >= LEAST_X265_CHANGE * from
}
const LEAST_X265_CHANGE = 0.05

/** Whether an encoder stays with the bitrate that it begins with; GStreamer's svtav1enc passes over any other one. */
export function keepsBitrate(factory: string): boolean {
  return factory === 'svtav1enc'
}

/** Largest GOP of VA's encoders; an additional keyframe does no harm. */
const MOST_VA_GOP = 1024

/** The time over which software keeps to its bitrate, s. */
const BUFFER_S = 0.5

/** Presets with quality before speed. VA has seven of its own; 1 is the best. */
const CAREFUL = new Set<EncoderPreset>(['fast', 'medium', 'slow', 'slower', 'veryslow', 'placebo'])

/**
 * NVENC's preset for each x264 preset. NVENC uses the card, not the processor: with the quality of x264's 'fast', it is
 * still fast enough for several streams.
 */
const NVENC: Readonly<Record<EncoderPreset, string>> = {
  ultrafast: 'p3',
  superfast: 'p3',
  veryfast: 'p4',
  faster: 'p4',
  fast: 'p5',
  medium: 'p5',
  slow: 'p6',
  slower: 'p6',
  veryslow: 'p7',
  placebo: 'p7',
}

/**
 * libaom's speed for each x264 preset, in its profile for live pictures, which begins at 5; SVT-AV1's presets of the
 * same numbers are a little slower.
 */
const AV1_SPEED: Readonly<Record<EncoderPreset, number>> = {
  ultrafast: 10,
  superfast: 9,
  veryfast: 8,
  faster: 8,
  fast: 7,
  medium: 7,
  slow: 6,
  slower: 6,
  veryslow: 5,
  placebo: 5,
}

/** Settings of a video encoder. */
export interface EncoderSettings {
  /** bit/s. */
  readonly bitrate: number
  readonly preset: EncoderPreset
  /** Seconds. */
  readonly keyframeInterval: number
  readonly fpsFraction: Fraction
  /** Lowest bitrate to which it may be set while it plays, bit/s; null or absent: it stays. */
  readonly adaptiveBitrate?: number | null
}

/**
 * Makes the encoder of a live stream, as platforms ask: closed GOPs of a constant length, no B-frames, a bitrate limit
 * over 0.5 s. For a constant bitrate, filler is added behind the encoder (native/output/filler.h). Scene-cut detection
 * is off, because it would move keyframes.
 *
 * @param present bitrate at the start, bit/s
 */
export function videoEncoder(
  settings: EncoderSettings,
  { factory }: EncoderElement,
  present = settings.bitrate,
  name = 'encoder',
): Part {
  const { bitrate, preset, keyframeInterval, fpsFraction } = settings
  const gop = Math.max(1, Math.round((keyframeInterval * fpsFraction.n) / fpsFraction.d))
  const common = { name, ...bitrateProps(factory, present) }
  switch (factory) {
    case 'openh264enc':
      return el('openh264enc', {
        ...common,
        // openh264 refuses a bitrate above it. Both are set with the same frame, this one last, so it stays.
        'max-bitrate': Math.round(Math.max(bitrate, present)),
        'rate-control': 'bitrate',
        'gop-size': gop,
        'scene-change-detection': false,
        'enable-frame-skip': false,
        // 'high' took a third more processor time for no gain: SSIM 0.8980 against 0.8981.
        complexity: 'low',
        'usage-type': 'camera',
      })
    case 'nvh264enc':
    case 'nvh265enc':
    case 'nvav1enc':
      return el(factory, {
        ...common,
        preset: NVENC[preset],
        tune: 'ultra-low-latency',
        'rate-control': 'cbr',
        'zero-reorder-delay': true,
        'b-frames': 0,
        'rc-lookahead': 0,
        'gop-size': gop,
        'strict-gop': true,
      })
    case 'vah264enc':
    case 'vah264lpenc':
    case 'vah265enc':
    case 'vah265lpenc':
      return el(factory, {
        ...common,
        'rate-control': 'cbr',
        'key-int-max': Math.min(gop, MOST_VA_GOP),
        'b-frames': 0,
        'ref-frames': 1,
        'target-usage': CAREFUL.has(preset) ? 2 : 6,
      })
    case 'vaav1enc':
    case 'vaav1lpenc':
      return el(factory, {
        ...common,
        'rate-control': 'cbr',
        'key-int-max': Math.min(gop, MOST_VA_GOP),
        // No picture refers to a later one.
        'hierarchical-level': 1,
        'target-usage': CAREFUL.has(preset) ? 2 : 6,
      })
    case 'vaapih264enc':
    case 'vaapih265enc':
      return el(factory, {
        ...common,
        'rate-control': 'cbr',
        'keyframe-period': gop,
        'max-bframes': 0,
        refs: 1,
        'quality-level': CAREFUL.has(preset) ? 2 : 6,
      })
    case 'x265enc':
      return el(factory, {
        ...common,
        tune: 'zerolatency',
        'speed-preset': preset,
        'key-int-max': gop,
        'option-string': x265Options(bitrate, settings.adaptiveBitrate ?? null),
      })
    case 'av1enc':
      return el(factory, {
        ...common,
        'usage-profile': 'realtime',
        'end-usage': 'cbr',
        'cpu-used': AV1_SPEED[preset],
        'lag-in-frames': 0,
        'keyframe-max-dist': gop,
        // Of 0 to 63. The defaults, 0 and 0, mean lossless pictures; libaom ends the process over them.
        'min-quantizer': 2,
        'max-quantizer': 63,
        ...AOM_BUFFER,
        'tile-columns': 1,
        'row-mt': true,
      })
    case 'svtav1enc':
      return el(factory, {
        ...common,
        preset: AV1_SPEED[preset],
        // Pictures between two keyframes.
        'intra-period-length': gop - 1,
        'intra-refresh-type': 'IDR',
        'maximum-buffer-size': BUFFER_S * 1000,
        'parameters-string': 'pred-struct=1:rc=2:scd=0:lookahead=0',
      })
    default:
      return el('x264enc', {
        ...common,
        tune: 'zerolatency',
        'speed-preset': preset,
        'key-int-max': gop,
        bframes: 0,
        // ms. With 1000, the fullest second had 1.34 × its share instead of 1.22 ×, for SSIM 0.8871 instead of 0.8866.
        'vbv-buf-capacity': BUFFER_S * 1000,
        'option-string': 'scenecut=0',
      })
  }
}

/** ms. libaom keeps to its bitrate over the whole buffer; what is there at first goes into the first keyframe. */
const AOM_BUFFER = {
  'buf-sz': BUFFER_S * 1000,
  'buf-initial-sz': BUFFER_S * 500,
  'buf-optimal-sz': BUFFER_S * 600,
} as const

/**
 * Open groups, the default, would have their keyframes as CRA pictures, which servers and players do not begin with. A
 * buffer without a rate makes x265 keep to `bitrate`, as it is at that time: GStreamer's element makes a new encoder
 * for each change of it, and cannot change these options. What the buffer holds at the beginning goes into the first
 * keyframe: with the default of 0.9, the first second had 1.22 × its share. Where the bitrate follows a network, each
 * encoder may begin in a queue, and has what the lowest bitrate has in a quarter of a second.
 */
function x265Options(bitrate: number, lowest: number | null): string {
  const buffer = Math.max(1, Math.round((bitrate / 1000) * BUFFER_S))
  // A share of the buffer up to 1, kbit above.
  const begin = lowest === null ? 0.5 : Math.max(2, Math.round(lowest / 1000 / 4))
  return `scenecut=0:bframes=0:frame-threads=1:open-gop=0:info=0:vbv-bufsize=${buffer}:vbv-init=${begin}`
}

/**
 * Whether an encoder asks if its source is live, and keeps four pictures for its device where it is not: those of
 * GStreamer's `va`. An output answers it (`answerAsLive`).
 */
export function asksWhetherLive(factory: string): boolean {
  return deviceOf(factory) === 'va' && !factory.startsWith('vaapi')
}

/**
 * The elements before an encoder. Software and NVIDIA's encoders up to 1.24 accept I420. VA's, and NVIDIA's of 1.26,
 * need NV12. The converter does nothing if it is not needed.
 */
export function encoderInput(factory: string): readonly Part[] {
  return deviceOf(factory) === 'software' ? [] : [el('videoconvert')]
}
