import { badValue, checkInteger } from './check'

/** Limits of sizes, rates and queues for captures and outputs. */

export const MIN_SIDE = 16
export const MAX_SIDE = 4096
/** 4096 × 2304 is the largest picture of H.264 level 5.1, the limit of decoders in players and chips. */
const MAX_AREA = 4096 * 2304

export const MIN_FPS = 1
export const MAX_FPS = 120
export const MAX_BUFFER = 1000

/** One MiB in bytes. */
export const MIB = 1024 * 1024
/** Limit of all frames of a process, bytes; the addon has the same. */
export const FRAMES_CEILING = 512 * MIB
export const DEFAULT_HELD_BYTES = 256 * MIB

/** AAC's sample rates. */
export const AUDIO_SAMPLE_RATES = [
  8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
] as const

/** Checks a size for an encoder: 4:2:0 needs even sides. */
export function checkOutputSize(width: unknown, height: unknown): { width: number; height: number } {
  const size = { width: checkEven('width', width), height: checkEven('height', height) }
  if (size.width * size.height > MAX_AREA) {
    throw badValue('at most 4096 × 2304 pixels', 'width × height', `${size.width} × ${size.height}`)
  }
  return size
}

function checkEven(name: string, value: unknown): number {
  const side = checkInteger(name, value, MIN_SIDE, MAX_SIDE)
  if (side % 2 === 0) return side
  throw badValue(
    `an even integer from ${MIN_SIDE} to ${MAX_SIDE}`,
    name,
    value,
    `: the nearest are ${side - 1} and ${side + 1}`,
  )
}

/** FFmpeg's names of encoders: of H.264, of HEVC (H.265), and of AV1. */
export type VideoCodec =
  | 'libx264'
  | 'h264_nvenc'
  | 'h264_vaapi'
  | 'libopenh264'
  | 'libx265'
  | 'hevc_nvenc'
  | 'hevc_vaapi'
  | 'libaom-av1'
  | 'libsvtav1'
  | 'av1_nvenc'
  | 'av1_vaapi'

/**
 * x264's presets, the fastest first. Each is slower than the one before and gives better quality at the same bitrate.
 */
export type EncoderPreset =
  | 'ultrafast'
  | 'superfast'
  | 'veryfast'
  | 'faster'
  | 'fast'
  | 'medium'
  | 'slow'
  | 'slower'
  | 'veryslow'
  | 'placebo'
