import type { ResolvedOutputOptions, VideoCodec } from '../core/options'
import { el, type Part } from './graph'

/** The GStreamer element behind each codec name of FFmpeg's. */
export const ENCODERS: Readonly<Record<VideoCodec, string>> = {
  libx264: 'x264enc',
  h264_nvenc: 'nvh264enc',
  h264_vaapi: 'vah264enc',
  libopenh264: 'openh264enc',
}

/** What holds an encoder to a bitrate, bit/s; may be set while it plays. */
export function bitrateProps(vcodec: VideoCodec, bitrate: number): Record<string, number> {
  return { bitrate: vcodec === 'libopenh264' ? Math.round(bitrate) : Math.max(1, Math.round(bitrate / 1000)) }
}

/** openh264's two speeds: its `low` is about x264's first four presets. */
const OPENH264_SLOW = new Set(['fast', 'medium', 'slow', 'slower', 'veryslow', 'placebo'])

/**
 * Closed GOPs of a constant length, no B-frames, constant bitrate: what platforms ask of a live stream. Scene cuts
 * would put keyframes elsewhere, so each encoder's detection is off.
 *
 * @param present bit/s that it begins with, at most options.bitrate
 */
export function videoEncoder(options: ResolvedOutputOptions, present = options.bitrate): Part {
  const { vcodec, bitrate, preset, keyframeInterval, fpsFraction } = options
  const gop = Math.max(1, Math.round((keyframeInterval * fpsFraction.n) / fpsFraction.d))
  const rate = bitrateProps(vcodec, present)
  const name = 'encoder'
  switch (vcodec) {
    case 'libx264':
      return el('x264enc', {
        name,
        tune: 'zerolatency',
        'speed-preset': preset,
        ...rate,
        'key-int-max': gop,
        bframes: 0,
        // What follows its network must obey soon.
        'vbv-buf-capacity': options.adaptiveBitrate === null ? 1000 : 500,
        'option-string': 'scenecut=0',
      })
    case 'libopenh264':
      return el('openh264enc', {
        name,
        ...rate,
        // openh264 refuses a bitrate above it, and takes both with the same picture, this one last: it stays.
        'max-bitrate': Math.round(bitrate),
        'rate-control': 'bitrate',
        'gop-size': gop,
        'scene-change-detection': false,
        'enable-frame-skip': false,
        complexity: OPENH264_SLOW.has(preset) ? 'high' : 'low',
        'usage-type': 'camera',
      })
    case 'h264_nvenc':
      return el('nvh264enc', {
        name,
        ...rate,
        'rc-mode': 'cbr',
        preset: 'low-latency-hq',
        zerolatency: true,
        bframes: 0,
        'rc-lookahead': 0,
        'gop-size': gop,
        'strict-gop': true,
      })
    case 'h264_vaapi':
      return el('vah264enc', {
        name,
        ...rate,
        'rate-control': 'cbr',
        'key-int-max': gop,
        'b-frames': 0,
        'ref-frames': 1,
        'target-usage': OPENH264_SLOW.has(preset) ? 2 : 6,
      })
  }
}
