/**
 * The public types: plain data without behaviour. Units: `timestamp` and `duration` are microseconds on the media
 * timeline, times in options are milliseconds, rates are per second, bitrates are bit/s.
 */

import type { ErrorCode, ErrorHint } from './error-table'
import type { AnalyseOption } from './pictures/analyse-option'
import type { FrameCaptions } from './pictures/caption-cue'
import type { OverlayOption } from './pictures/overlay-options'
import type { FrameStills } from './pictures/still-options'
import type { FrameTransfer } from './pictures/transferred-frame'
import type { EncodedVideo, OutputGroupInfo } from './encode/options'
import type { EncoderPreset, VideoCodec } from './video-options'

export type { EncoderPreset, VideoCodec } from './video-options'

/**
 * The layout of a frame's pixels. RGBA and BGRA have a fourth byte; I420 and NV12 begin with a plane of luma. I420_10LE
 * and P010 are I420 and NV12 with samples of 10 bits, each in two bytes, the lower one first: from 0 to 1023 in
 * I420_10LE, and 64 times as much in P010. `new Uint16Array(data.buffer, data.byteOffset, data.length / 2)` has them.
 */
export type PixelFormat = 'RGB' | 'RGBA' | 'BGRA' | 'GRAY8' | 'I420' | 'NV12' | 'I420_10LE' | 'P010'

/** Bytes of a frame without a VideoFrame: a Node.js array, or a canvas's array (`getImageData().data`). */
export type PixelBytes = Uint8Array | Uint8ClampedArray

/**
 * Width ÷ height of one pixel on the screen: n ÷ d, in lowest terms. 1 ÷ 1 is square. On the screen, the frame is width
 * × n ÷ d wide.
 */
export interface PixelAspectRatio {
  /** Numerator: the pixel's width. */
  readonly n: number
  /** Denominator: the pixel's height, in the same unit. */
  readonly d: number
}

/**
 * One decoded frame. Rows have no padding: RGB data has exactly height × width × 3 bytes, row by row, top row first.
 */
export interface VideoFrame extends FrameStills, FrameTransfer, FrameCaptions {
  /** The pixels. Writable: an output encodes the changes of JavaScript. Throws ERR_FRAME_CLOSED after close(). */
  readonly data: Uint8Array
  /** Width, pixels. */
  readonly width: number
  /** Height, rows. */
  readonly height: number
  /** The shape of a pixel: on the screen, the frame is width × n ÷ d wide. */
  readonly pixelAspectRatio: PixelAspectRatio
  /** The layout of `data`. */
  readonly format: PixelFormat
  /** µs; starts at 0 (within one frame) in every capture and never goes back, even after a reconnect. */
  readonly timestamp: number
  /** Time until the next frame, µs, as the stream declares it. */
  readonly duration: number
  /** 0, 1, 2 … of all frames that this capture decoded, including dropped ones. */
  readonly sequence: number
  /** Frames that this consumer lost between its previous frame and this one. */
  readonly droppedBefore: number
  /** `performance.now()` at which the encoded picture arrived from the network. */
  readonly arrivalTime: number
  /** True on the first frame of every connection. */
  readonly discontinuity: boolean
  /** Makes a second handle on the same pixels. Each handle needs its own close(). */
  clone(): VideoFrame
  /** Gives the memory back now. Idempotent. For an unclosed frame, garbage collection gives it back later. */
  close(): void
  [Symbol.dispose](): void
}

/** A chunk of decoded audio. */
export interface AudioChunk {
  /** Interleaved samples from −1 to 1; length = samples per channel × channels. */
  readonly samples: Float32Array
  /** Samples per second of each channel, Hz. */
  readonly sampleRate: number
  /** Number of interleaved channels in `samples`. */
  readonly channels: number
  /**
   * The speaker of each channel, if there are more than two: one bit per speaker as in WAVE's dwChannelMask, channels
   * in the order of the bits (0x3f: front left, front right, front centre, low frequency, back left, back right). 0: no
   * particular speakers. Absent: the usual layout for that number of channels, such as 5.1 for six.
   */
  readonly channelMask?: number
  /** Time of the first sample, µs, on the timeline of the frames. */
  readonly timestamp: number
  /** Length of the samples, µs. */
  readonly duration: number
  /** True if samples are missing before this chunk, and on the first chunk of every connection. */
  readonly discontinuity: boolean
}

/**
 * A frame with its audio. `audio` covers exactly [frame.timestamp, next frame's timestamp): together, the chunks are
 * the whole audio.
 */
export interface FrameWithAudio {
  /** The frame; the receiver closes it. */
  readonly frame: VideoFrame
  /** The audio of the frame; silence if the stream has no audio. */
  readonly audio: AudioChunk
}

/** The phase of a stream: see docs/guide.md, 'State and errors'. */
export type StreamPhase =
  | 'idle'
  | 'connecting'
  | 'live'
  | 'stalled'
  | 'reconnecting'
  | 'stopping'
  | 'stopped'
  | 'failed'

interface StateTimes {
  /** Number of the try: 1 for the first connection and for the first one after a loss. */
  readonly attempt: number
  /** Start of the phase, Unix ms. */
  readonly since: number
  /** What the cause of `reason` looks like besides; null: nothing more is known. */
  readonly hint: ErrorHint | null
}

/**
 * The state of a stream. `reason` is the error code of the cause; `nextRetryAt` is the time of the next try, Unix ms.
 * The phase decides which of them are null.
 */
export type StreamState =
  | (StateTimes & { readonly phase: 'idle' | 'live'; readonly reason: null; readonly nextRetryAt: null })
  | (StateTimes & {
      readonly phase: 'connecting'
      /** Of a target that waits until its `mayConnect` says yes. */
      readonly reason: 'ERR_MAY_NOT_CONNECT' | null
      readonly nextRetryAt: null
    })
  | (StateTimes & {
      readonly phase: 'stalled' | 'reconnecting'
      readonly reason: ErrorCode
      readonly nextRetryAt: number | null
    })
  | (StateTimes & {
      readonly phase: 'stopping' | 'stopped'
      readonly reason: ErrorCode | null
      readonly nextRetryAt: null
    })
  | (StateTimes & { readonly phase: 'failed'; readonly reason: ErrorCode; readonly nextRetryAt: null })

/** A logger with pino's methods; `console` is one. */
export type Logger = Pick<Console, 'debug' | 'info' | 'warn' | 'error'>

/** Options for the reconnect after a lost connection. */
export interface ReconnectOptions {
  /** First delay, ms. Default 1000; grows × 1.5 with full jitter. */
  initialDelay?: number
  /** Longest delay, ms. Default 30000. */
  maxDelay?: number
  /** Time without a live stream after which the reconnect ends, ms. Default Infinity. */
  giveUpAfter?: number
  /**
   * true: the first connection is tried again like every later one. start() then waits until the stream is live, even
   * if the server or the publisher is not there yet. It still rejects at once if another try cannot help (a codec, a
   * refused certificate or publication, a missing plugin) and there is no finalDelay, after giveUpAfter, and with
   * ERR_ABORTED on stop() or the signal. Each try has its own connectTimeout. Default: false.
   */
  first?: boolean
  /**
   * ms after which a try follows where none can help: somebody may have put it right. So too at the end of a file,
   * which begins anew, and of a playlist, which goes on behind its last segment. Default: the stream ends for good.
   */
  finalDelay?: number
}

/** Options of captures and outputs. An absent option has its default. */
export interface TransportOptions {
  /**
   * The stream's name or key, so that the URL has no secret in it. The URL is then that of the server, as in OBS: its
   * whole path is the application, and no rule looks for the border between the two. Several targets have one each.
   */
  streamKey?: string
  /**
   * 'rxrtmp' = rxgst's own client; 'rtmp2' = rtmp2src/rtmp2sink; 'librtmp' = rtmpsrc/rtmpsink; 'auto' (default) =
   * 'rxrtmp'. `info` of a capture tells which one is in use.
   */
  transport?: 'auto' | 'rxrtmp' | 'rtmp2' | 'librtmp'
  /** Reconnect after a loss; false: the stream ends at the first loss. Default: reconnects without end. */
  reconnect?: ReconnectOptions | false
  /**
   * Time for a connection to become live, ms. After it, start() rejects with ERR_CONNECT_TIMEOUT (unless
   * `reconnect.first`). Default 10000.
   */
  connectTimeout?: number
  /** Time without bytes after which the stream is stalled and reconnects, ms. Default 3000. */
  stallTimeout?: number
  /** true: prefer an NVIDIA or VA element that has passed a trial on this machine. Default true. */
  gpuAcceleration?: boolean
  /** An abort acts like stop(); a waiting start() rejects with ERR_ABORTED. */
  signal?: AbortSignal
  /** A logger with pino's methods; without it, nothing is logged. */
  logger?: Logger
}

/** A target of an output with its key apart. */
export interface RTMPTargetOptions {
  /** That of the server: its whole path is the application; without `streamKey` the URL of the stream. */
  url: string
  /** See `TransportOptions`. */
  streamKey?: string
}

/** Options of a capture. An absent option has its default. */
export interface RTMPCaptureOptions extends TransportOptions, AnalyseOption {
  /**
   * false: the stream is for monitors, recordings and snapshots. Frames and audio are then ERR_NOT_DECODED, content
   * metrics are null (but see `analyse`), and the cost is a hundredth of decoding. Default true.
   */
  decode?: boolean
  /** false: pictures are not decoded, for programs of sound. `info` and stats() still tell of them. Default true. */
  video?: boolean
  /** false: sound is not decoded, likewise. Default true. */
  audio?: boolean
  /**
   * Width of the frames, pixels; null or absent = the source's. With only one of width and height, the other one keeps
   * the shape on the screen, in square pixels, up to 4096 × 2304 pixels and 4096 per side. With both or none,
   * `pixelAspectRatio` is the shape of a pixel.
   */
  width?: number | null
  /** Height of the frames, rows; see `width`. */
  height?: number | null
  /** Frame rate of the capture; null or absent = every frame of the source. */
  fps?: number | null
  /** Default 'RGB'. */
  format?: PixelFormat
  /** Hz. Default: the source's. */
  audioSampleRate?: number
  /** 1 or 2. Default: the source's. */
  audioChannels?: number
  /** Number of frames that wait for a slow consumer. Default 10. */
  bufferSize?: number
  /**
   * Limit of the memory of waiting and open frames together, bytes. At the limit, the oldest waiting frames are
   * dropped. If all frames are open, new frames are dropped and counted as `held`; with 'block', the stream first waits
   * 2 s. All frames of a process have at most 512 MiB. When more than half of that is in use, each capture has an equal
   * share. Default 268435456 (256 MiB).
   */
  maxHeldBytes?: number
  /**
   * The effect of a full buffer. Default 'oldest': the oldest frame is dropped and counted. 'block' is for recordings.
   */
  dropPolicy?: 'oldest' | 'newest' | 'block'
  /**
   * true: frames begin with the first picture that can be decoded, grey and smeared where its references are missing.
   * Default false: frames begin with the first correct one, a keyframe or the end of a recovery point.
   */
  outputCorrupt?: boolean
  /**
   * Largest width, in landscape or portrait. Larger pictures are ERR_UNSUPPORTED_MEDIA before a decoder gets them.
   * Default 4096.
   */
  maxWidth?: number
  /** Largest height, as `maxWidth`. Default 2304. */
  maxHeight?: number
  /** Largest frame rate, as `maxWidth`. Default 120. */
  maxFps?: number
  /** Track whose pictures are taken, 0 to 255; other than 0 for transport 'rxrtmp' and 'auto'. Default 0. */
  videoTrack?: number
  /** Track whose sound is taken, as `videoTrack`. Default 0. */
  audioTrack?: number
}

/** One track of a stream. Enhanced RTMP has up to 256 of each kind. */
export interface StreamTrack {
  /** What it carries. */
  readonly kind: 'video' | 'audio'
  /** 0: the default track, and the only one of most streams. */
  readonly id: number
  /** Usual name of the codec, such as 'h264'; its FourCC or FLV's number where nobody knows it. */
  readonly codec: string
}

/** The media of a live stream. */
export interface CaptureInfo {
  /** The transport in use: one of the three of RTMP, or that of the address. */
  readonly transport: 'rxrtmp' | 'rtmp2' | 'librtmp' | 'file' | 'rtsp-tcp' | 'rtsp-udp' | 'srt' | 'hls'
  /** All tracks that the stream has sent, also those that are not taken, by kind and id. */
  readonly tracks: readonly StreamTrack[]
  /** The video of the stream itself (not of the delivered frames), and its decoder; null: no video. */
  readonly video: {
    /** Width of the stream itself, pixels. */
    width: number
    /** Height of the stream itself, rows. */
    height: number
    /** Pixel aspect ratio of the stream itself; the delivered frames can be scaled. */
    pixelAspectRatio: PixelAspectRatio
    /** Frames per second; 0: not known yet. */
    fps: number
    /** Usual name of the codec, such as 'h264'. */
    codec: string
    /** The decoder element. */
    decoder: string
    /** Why the decoder is software although the machine has a device and gpuAcceleration is on; null otherwise. */
    decoderReason: string | null
  } | null
  /** The audio of the stream; null: no audio. */
  readonly audio: {
    /** Samples per second of each channel, Hz. */
    sampleRate: number
    /** Number of channels. */
    channels: number
    /** Usual name of the codec, such as 'aac'. */
    codec: string
  } | null
}

/** Options of an output. An absent option has its default. */
export interface OutputOptions extends TransportOptions, OverlayOption {
  /** Width of every frame, pixels; even, 16 to 4096. */
  width: number
  /** Height of every frame, rows; even, 16 to 4096; at most 4096 × 2304 pixels. */
  height: number
  /** Frames per second. Default 30. */
  fps?: number
  /** Bitrate of the video: '2500k', '4M' or bit/s. Default '2500k'. That of the audio comes on top. */
  bitrate?: string | number
  /**
   * 'capped' (default): `bitrate` is the encoder's upper limit (the fullest second of a busy scene had up to 1.22 times
   * as much), and simple frames take less. 'cbr': a constant bitrate; filler data, which decoders skip, takes the place
   * of unused bits. With adaptiveBitrate, the filler goes up to the current bitrate. Both work with every encoder.
   */
  rateControl?: 'cbr' | 'capped'
  /** Container; RTMP supports only 'flv'. Default 'flv'. */
  format?: 'flv'
  /**
   * Encoder, by FFmpeg's name. Default: the first hardware encoder of H.264 that works if gpuAcceleration is on, then
   * 'libx264', then 'libopenh264'. 'libx265', 'hevc_nvenc' and 'hevc_vaapi' send HEVC, 'libaom-av1', 'libsvtav1',
   * 'av1_nvenc' and 'av1_vaapi' AV1, by Enhanced RTMP, which server and players must know; with transport 'rtmp2' or
   * 'librtmp' they are ERR_OPTION. If a named encoder is missing, start() rejects with ERR_MISSING_PLUGIN; if it does
   * not work, with ERR_ENCODE.
   */
  vcodec?: VideoCodec
  /** The only audio codec that all RTMP players support. */
  acodec?: 'aac'
  /** Hz. Default 44100. */
  audioSampleRate?: number
  /** 1 or 2. Default 2. */
  audioChannels?: number
  /** Bitrate of the audio: '96k' or bit/s, 16,000 to 512,000. Default 64 kbit/s per channel. */
  audioBitrate?: string | number
  /** x264's presets; other encoders use the nearest of their own. Default 'ultrafast'. */
  preset?: EncoderPreset
  /** Time between keyframes, seconds. Default 2. */
  keyframeInterval?: number
  /** Format of frames that are written as arrays. Default 'RGB'. */
  pixelFormat?: PixelFormat
  /**
   * Writes the wall clock of each frame into the stream (SEI), for the `endToEndLatency` of a capture. Default false.
   */
  stampLatency?: boolean
  /**
   * true: the video bitrate follows the network of the slowest live target. It goes down at once when pictures wait (to
   * `min`, by default a fifth) and up in steps when the network is free. Default false: the bitrate stays, and a target
   * with a slow network loses pictures.
   */
  adaptiveBitrate?:
    | boolean
    | {
        /** The lowest bitrate, in the form of `bitrate`. Default: a fifth of it. */
        readonly min?: number | string
      }
  /** Number of frames that wait for the encoder. Default 10. */
  bufferSize?: number
  /**
   * The effect of a write to a full buffer: 'block' (default) = the promise waits; 'newest' = the frame is dropped and
   * counted.
   */
  dropPolicy?: 'block' | 'newest'
  /**
   * What the output sends if the program writes nothing: the last frame again, the slate after `slateAfter`, or no
   * frame. Audio continues as silence. Default 'repeat'.
   */
  fill?: 'repeat' | 'slate' | 'none'
  /** Frame for 'slate', width × height in pixelFormat; default black. */
  slate?: PixelBytes
  /** Time without a write after which fill 'slate' replaces the last frame by the slate, ms. Default 2000. */
  slateAfter?: number
}

/** Options of an output for RTMP alone. */
export type RTMPOutputOptions = OutputOptions

/** Options of a write. */
export interface WriteOptions {
  /** µs. Absent: the next slot (1/fps). A timestamp that goes back is ERR_TIMESTAMP. */
  timestamp?: number
}

/** The media that an output sends. */
export interface OutputInfo extends EncodedVideo {
  /** The groups of targets, each with its encoder. */
  readonly groups: readonly OutputGroupInfo[]
}
