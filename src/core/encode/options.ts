import type { EncoderPreset, VideoCodec } from '../video-options'
import type { MayConnectOption } from '../transport-options'
import type { RTMPTargetOptions } from '../types'

/**
 * An encode of a target's own. What is absent is as in the options of its output. Targets whose encodes are equal share
 * one encoder.
 */
export interface EncodeOptions {
  /** Bitrate of the video: '2500k', '4M' or bit/s. */
  bitrate?: string | number
  /** See `OutputOptions`. */
  rateControl?: 'cbr' | 'capped'
  /** See `OutputOptions`. Absent: the same share of the bitrate as in the options of the output. */
  adaptiveBitrate?:
    | boolean
    | {
        /** The lowest bitrate, in the form of `bitrate`. */
        readonly min?: number | string
      }
  /** Width of the sent pictures, pixels; even. With one side alone, the other one keeps the shape. */
  width?: number
  /** Height of the sent pictures, rows; even. */
  height?: number
  /** Frames per second: those of the output, divided by a whole number. */
  fps?: number
  /** The codec of the video: the first encoder of it that works, as `vcodec` of an output chooses without a name. */
  codec?: 'h264' | 'hevc' | 'av1'
  /** Encoder, by FFmpeg's name. */
  vcodec?: VideoCodec
  /** x264's presets; other encoders use the nearest of their own. */
  preset?: EncoderPreset
  /** Time between keyframes, seconds. */
  keyframeInterval?: number
  /** Bitrate of the audio: '96k' or bit/s. */
  audioBitrate?: string | number
}

/** A target of an output with options of its own: `rtmp(s)://`, of an `Output` also `srt://`. */
export interface OutputTargetOptions extends RTMPTargetOptions, MayConnectOption, EncodeOptions {}

/** What an encoder makes. */
export interface EncodedVideo {
  /** The codec of the video. */
  readonly codec: 'h264' | 'hevc' | 'av1'
  /** The encoder element, such as 'x264enc'; '' before the choice. */
  readonly encoder: string
  /** Why the encoder is software although the machine has a requested device; null otherwise. */
  readonly encoderReason: string | null
  /** Width, pixels. */
  readonly width: number
  /** Height, rows. */
  readonly height: number
  /** Frames per second. */
  readonly fps: number
}

/** A group of targets that share one encoder. */
export interface OutputGroupInfo extends EncodedVideo {
  /** 'default': that of the output's own options; 'group-1' … Numbers of groups that have ended are used again. */
  readonly id: string
  /** Bitrate of the video, bit/s; with adaptiveBitrate the highest one. */
  readonly bitrate: number
  /** Bitrate of the audio, bit/s. */
  readonly audioBitrate: number
  /** The `url` of each of its targets. */
  readonly targets: readonly string[]
}
