import type { FanoutOptions, PacerOptions } from '../../addon/output'
import { isBt709 } from '../../pipelines/output'
import type { ResolvedOutputOptions } from '../options'

/**
 * AAC encoders overlap their blocks: the sound that a decoder makes of a packet lies one block (1024 samples) before
 * the timestamp that avenc_aac gives the packet. Measured with a click through avenc_aac and ffmpeg's decoder.
 */
const AAC_DELAY_SAMPLES = 1024
/** A target with a longer queue gets nothing more until the next keyframe. */
const MOST_QUEUED_S = 2

/** Encoders that failed have this long to close their device. */
export const REBUILD_STOP_MS = 1000
/** A device that hangs does not react to stop() either, and the targets wait for new encoders. */
export const HANGING_STOP_MS = 50

/** Options of the fan-out. */
export function fanoutOptions(options: ResolvedOutputOptions): FanoutOptions {
  return {
    audioDelay: AAC_DELAY_SAMPLES / options.audioSampleRate,
    maxQueue: MOST_QUEUED_S,
    patient: options.fill === 'none',
    width: options.width,
    height: options.height,
    fps: options.fpsFraction.n / options.fpsFraction.d,
    bt709: isBt709(options.height),
    videoKbps: options.bitrate / 1000,
    audioKbps: options.audioBitrate / 1000,
    rate: options.audioSampleRate,
    channels: options.audioChannels,
  }
}

/** Options of the pacer. */
export function pacerOptions(options: ResolvedOutputOptions): PacerOptions {
  return {
    width: options.width,
    height: options.height,
    fpsN: options.fpsFraction.n,
    fpsD: options.fpsFraction.d,
    rate: options.audioSampleRate,
    channels: options.audioChannels,
    capacity: options.bufferSize,
    fill: options.fill,
    slateAfter: options.slateAfter,
    bt709: isBt709(options.height),
    slate: options.slate,
    slateFormat: options.pixelFormat,
  }
}
