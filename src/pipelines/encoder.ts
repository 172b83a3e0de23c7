import type { Fraction } from '../core/rates'
import type { EncoderPreset } from '../core/types'
import { el, type Part } from './graph/graph'
import { deviceOf } from './candidates'

/** An encoder. Its properties go by the names that GStreamer 1.26 has; own-properties.ts has the others. */
export interface EncoderElement {
  readonly factory: string
}

/** What holds an encoder to a bitrate, bit/s; may be set while it plays. */
export function bitrateProps(factory: string, bitrate: number): Record<string, number> {
  return { bitrate: factory === 'openh264enc' ? Math.round(bitrate) : Math.max(1, Math.round(bitrate / 1000)) }
}

/** What VA's encoders take at most; a keyframe more than was asked for does no harm. */
const MOST_VA_GOP = 1024

/** Those for which quality comes before speed: VA has seven of its own, from 1, the best. */
const CAREFUL = new Set<EncoderPreset>(['fast', 'medium', 'slow', 'slower', 'veryslow', 'placebo'])

/**
 * Of NVENC's seven. Its time is the card's, not the processor's: what x264 can only be asked for in 'fast' is fast
 * enough for several streams there.
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

/** What an encoder of pictures is told. */
export interface EncoderSettings {
  /** bit/s. */
  readonly bitrate: number
  readonly preset: EncoderPreset
  /** Seconds. */
  readonly keyframeInterval: number
  readonly fpsFraction: Fraction
}

/**
 * Closed GOPs of a constant length, no B-frames, a bitrate that is held over half a second: what platforms ask of a
 * live stream. Where it is to be constant, what an encoder leaves of it is filled behind it (native/output/filler.h).
 * Scene cuts would put keyframes elsewhere, so each encoder's detection is off.
 *
 * @param present bit/s that it begins with, at most settings.bitrate
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
        // openh264 refuses a bitrate above it, and takes both with the same picture, this one last: it stays.
        'max-bitrate': Math.round(bitrate),
        'rate-control': 'bitrate',
        'gop-size': gop,
        'scene-change-detection': false,
        'enable-frame-skip': false,
        // 'high' took a third more of the processor and gave nothing for it: an SSIM of 0.8980 beside 0.8981.
        complexity: 'low',
        'usage-type': 'camera',
      })
    case 'nvh264enc':
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
      return el(factory, {
        ...common,
        'rate-control': 'cbr',
        'key-int-max': Math.min(gop, MOST_VA_GOP),
        'b-frames': 0,
        'ref-frames': 1,
        'target-usage': CAREFUL.has(preset) ? 2 : 6,
      })
    case 'vaapih264enc':
      return el(factory, {
        ...common,
        'rate-control': 'cbr',
        'keyframe-period': gop,
        'max-bframes': 0,
        refs: 1,
        'quality-level': CAREFUL.has(preset) ? 2 : 6,
      })
    default:
      return el('x264enc', {
        ...common,
        tune: 'zerolatency',
        'speed-preset': preset,
        'key-int-max': gop,
        bframes: 0,
        // ms. With 1000 the fullest second had 1.34 × its share in place of 1.22, for an SSIM of 0.8871 in place of
        // 0.8866.
        'vbv-buf-capacity': 500,
        'option-string': 'scenecut=0',
      })
  }
}

/**
 * What stands before it. Software and `nvh264enc` up to 1.24 take I420 as it is; VA's encoders, and NVIDIA's of 1.26,
 * take NV12 of what we have. Idle where there is nothing to do.
 */
export function encoderInput(factory: string): readonly Part[] {
  return deviceOf(factory) === 'software' ? [] : [el('videoconvert')]
}
