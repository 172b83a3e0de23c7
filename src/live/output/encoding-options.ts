import type { FanoutOptions, EncodingOptions } from '../../addon/output'
import { audioBitrate, isBt709 } from '../../pipelines/output'
import type { ResolvedOutputOptions } from '../options'

/**
 * AAC's encoder overlaps its blocks: what a decoder makes of a packet lies one block (1024 samples) before the sound
 * that avenc_aac stamped on it. Measured with a click through avenc_aac and ffmpeg's decoder.
 */
const AAC_DELAY_SAMPLES = 1024
/** A target that has this much waiting gets nothing more until the next keyframe, s. */
const MOST_QUEUED = 2

/** Of the hand-over to targets. */
export function fanoutOptions(options: ResolvedOutputOptions): FanoutOptions {
  return {
    audioDelay: AAC_DELAY_SAMPLES / options.audioSampleRate,
    maxQueue: MOST_QUEUED,
    patient: options.fill === 'none',
    width: options.width,
    height: options.height,
    fps: options.fpsFraction.n / options.fpsFraction.d,
    videoKbps: options.bitrate / 1000,
    audioKbps: audioBitrate(options.audioChannels) / 1000,
    rate: options.audioSampleRate,
    channels: options.audioChannels,
  }
}

/** Of the clock of pictures and sound. */
export function pacerOptions(options: ResolvedOutputOptions): EncodingOptions {
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
