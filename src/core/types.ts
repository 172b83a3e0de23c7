/**
 * The vocabulary of the public surface: plain data, no behaviour. Units: `timestamp` and `duration` are microseconds on
 * the media timeline, option times are milliseconds, rates are per second, bitrates bit/s.
 */

import type { ErrorCode } from './error-table'

/**
 * How the pixels of a picture are laid out; RGBA and BGRA have a fourth byte, I420 and NV12 a plane of brightness
 * first.
 */
export type PixelFormat = 'RGB' | 'RGBA' | 'BGRA' | 'GRAY8' | 'I420' | 'NV12'

/** Bytes of a picture without a frame around them: Node's, or a canvas's (`getImageData().data`). */
export type PixelBytes = Uint8Array | Uint8ClampedArray

/**
 * Width ÷ height of one pixel as it is shown: n ÷ d, in lowest terms. 1 ÷ 1 is a square. The whole picture is shown
 * width × n ÷ d wide and height high.
 */
export interface PixelAspectRatio {
  /** Its width, in parts … */
  readonly n: number
  /** … of which its height has so many. */
  readonly d: number
}

/** One decoded picture. Rows are tight: RGB data is exactly height × width × 3 bytes, row-major, top row first. */
export interface VideoFrame {
  /** The pixels. Writable: what JS draws here is what an output encodes. Throws ERR_FRAME_CLOSED after close(). */
  readonly data: Uint8Array
  /** Pixels. */
  readonly width: number
  /** Rows. */
  readonly height: number
  /** The shape of a pixel: what people see is width × it by height. */
  readonly pixelAspectRatio: PixelAspectRatio
  /** How `data` is laid out. */
  readonly format: PixelFormat
  /** µs; starts at 0 (within one frame) in every capture, never goes back, also across reconnects. */
  readonly timestamp: number
  /** µs until the next picture is due, as far as the stream says. */
  readonly duration: number
  /** 0, 1, 2 … of the frames decoded by this capture, the dropped ones counted too. */
  readonly sequence: number
  /** Frames dropped between the previous one that this consumer got and this one. */
  readonly droppedBefore: number
  /** `performance.now()` at which the compressed picture came off the network. */
  readonly arrivalTime: number
  /** True on the first frame of every connection. */
  readonly discontinuity: boolean
  /** A second handle on the same pixels; each handle is closed by whoever holds it. */
  clone(): VideoFrame
  /** Gives the memory back now. Idempotent. A frame that is never closed is given back by garbage collection. */
  close(): void
  [Symbol.dispose](): void
}

/** Decoded sound. */
export interface AudioChunk {
  /** Interleaved, −1 … 1; length = samples per channel × channels. */
  readonly samples: Float32Array
  /** Samples a second of each channel. */
  readonly sampleRate: number
  /** How many channels are interleaved in `samples`. */
  readonly channels: number
  /**
   * Which speaker each channel is for, of more than two: a bit for each, as WAVE's dwChannelMask has them, channels in
   * the order of the bits (0x3f: front left, front right, centre, low frequencies, back left, back right). 0: none in
   * particular. Absent: as so many channels usually are, 5.1 for six.
   */
  readonly channelMask?: number
  /** µs of the first sample, on the time of the pictures. */
  readonly timestamp: number
  /** µs that the samples last. */
  readonly duration: number
  /** True where samples are missing before it, and on the first of every connection. */
  readonly discontinuity: boolean
}

/** `audio` covers exactly [frame.timestamp, next frame's timestamp): end to end the chunks are the whole sound. */
export interface FrameWithAudio {
  /** The picture; closed by whoever gets the pair. */
  readonly frame: VideoFrame
  /** Its sound; silence where the stream has none. */
  readonly audio: AudioChunk
}

/** Where a stream stands: see docs/guide.md, 'State and errors'. */
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
  /** 1: the first connection, or the first one after a loss; counts on with every further try. */
  readonly attempt: number
  /** Unix ms since when it is in this phase. */
  readonly since: number
}

/**
 * Where a stream stands. `reason` says why it is there, by a code of the error table; `nextRetryAt` when it is tried
 * again, Unix ms. Which of them are null follows from the phase.
 */
export type StreamState =
  | (StateTimes & { readonly phase: 'idle' | 'connecting' | 'live'; readonly reason: null; readonly nextRetryAt: null })
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

/** pino-shaped; `console` is one. */
export type Logger = Pick<Console, 'debug' | 'info' | 'warn' | 'error'>

/** How a lost connection is made anew. */
export interface ReconnectOptions {
  /** First delay, ms. Default 1000; grows ×1.5 with full jitter. */
  initialDelay?: number
  /** Cap of a delay, ms. Default 30000. */
  maxDelay?: number
  /** Give up after this many ms without a live stream. Default Infinity. */
  giveUpAfter?: number
  /**
   * Whether the first connection is tried like every later one: start() then waits until the stream is live, through
   * servers that are not up and publishers that are not there yet. It rejects at once with what another attempt cannot
   * help (a codec, a refused certificate or publication, a missing plugin), after giveUpAfter, and with ERR_ABORTED on
   * stop() or the signal. connectTimeout is then that of each attempt. Default false: the first failure rejects.
   */
  first?: boolean
}

/** Options of captures and outputs alike; what is absent has its default. */
export interface TransportOptions {
  /**
   * 'rtmp2' = rtmp2src/rtmp2sink; 'librtmp' = rtmpsrc/rtmpsink; 'auto' (default) = rtmp2, and librtmp for a server
   * whose bytes flow but whose media rtmp2 does not accept. `info` says which one runs.
   */
  transport?: 'auto' | 'rtmp2' | 'librtmp'
  /**
   * How a lost connection is made anew; false: not at all, the first loss is the end. Default: for ever, as its parts
   * say.
   */
  reconnect?: ReconnectOptions | false
  /**
   * Time for a connection to become live, ms; ERR_CONNECT_TIMEOUT, with which start() rejects unless `reconnect.first`.
   * Default 10000.
   */
  connectTimeout?: number
  /** No bytes for this long = stalled, and the connection is made anew, ms. Default 3000. */
  stallTimeout?: number
  /** Prefer an NVIDIA or VA element that has proven itself on this machine. Default true. */
  gpuAcceleration?: boolean
  /** Aborting it is stop(); a start() that still waits rejects with ERR_ABORTED. */
  signal?: AbortSignal
  /** pino-shaped; silent when absent. */
  logger?: Logger
}

/** Options of a capture; what is absent has its default. */
export interface RTMPCaptureOptions extends TransportOptions {
  /**
   * false: the stream is only watched, by a StreamMonitor; pictures and sound are ERR_NOT_DECODED, content metrics
   * null, and a stream costs a hundredth of decoding it. Default true.
   */
  decode?: boolean
  /**
   * Output size; null or absent = the source's. With one given the other keeps the shape that people see, in square
   * pixels, as far as 4096 × 2304 pixels and 4096 a side go; with both or none `pixelAspectRatio` says what shape it
   * is.
   */
  width?: number | null
  /** Rows of what is handed out; as `width`. */
  height?: number | null
  /** Output frame rate; null or absent = every source frame. */
  fps?: number | null
  /** Default 'RGB'. */
  format?: PixelFormat
  /** Default: the source's. */
  audioSampleRate?: number
  /** 1 or 2. Default: the source's. */
  audioChannels?: number
  /** Frames that wait for a slow consumer. Default 10. */
  bufferSize?: number
  /**
   * Bytes of frames, those that wait and those that are open together. Beyond it the oldest that wait make room; where
   * all are open, new pictures are dropped and counted as `held`; with 'block' the stream first waits 2 s. All frames
   * of a process together have at most 512 MiB; where more than half of that is taken, each capture has an equal share.
   * Default 268435456 (256 MiB).
   */
  maxHeldBytes?: number
  /** What a full buffer does. Default 'oldest': the newest picture wins, drops are counted. 'block' for recordings. */
  dropPolicy?: 'oldest' | 'newest' | 'block'
  /**
   * true: pictures are shown from the first that can be decoded on, grey and smeared where what they refer to was never
   * there. Default false: from the first on of which all is right, a keyframe or the end of a recovery point.
   */
  outputCorrupt?: boolean
  /**
   * The largest pictures that are decoded, either way up, and the most of them a second: what is beyond is
   * ERR_UNSUPPORTED_MEDIA before a decoder sees it. Default 4096 × 2304, 120.
   */
  maxWidth?: number
  /** As `maxWidth`. */
  maxHeight?: number
  /** As `maxWidth`: pictures a second. */
  maxFps?: number
}

/** What a live stream carries. */
export interface CaptureInfo {
  /** The element that receives it. */
  readonly transport: 'rtmp2' | 'librtmp'
  /** The pictures as they come (not as they are handed out), and the element that decodes them; null: none. */
  readonly video: {
    /** Pixels of the stream itself. */
    width: number
    /** Rows of the stream itself. */
    height: number
    /** Of the stream itself; what is handed out may have been scaled. */
    pixelAspectRatio: PixelAspectRatio
    /** Pictures a second; 0: not known yet. */
    fps: number
    /** Its usual name, such as 'h264'. */
    codec: string
    /** The element that decodes. */
    decoder: string
    /**
     * Why it is one in software though this machine has a device and gpuAcceleration asks for it; null where it is not,
     * or there is none.
     */
    decoderReason: string | null
  } | null
  /** The sound; null: none. */
  readonly audio: {
    /** Samples a second of each channel. */
    sampleRate: number
    /** How many channels it has. */
    channels: number
    /** Its usual name, such as 'aac'. */
    codec: string
  } | null
}

/** FFmpeg's names of encoders of H.264. */
export type VideoCodec = 'libx264' | 'h264_nvenc' | 'h264_vaapi' | 'libopenh264'

/**
 * x264's presets, the fastest first: each is slower than the one before, and makes better pictures of the same
 * bitrate.
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

/** Options of an output; what is absent has its default. */
export interface RTMPOutputOptions extends TransportOptions {
  /** Pixels of every picture; even, 16 to 4096. */
  width: number
  /** Rows of every picture; even, 16 to 4096, and 4096 × 2304 pixels at most. */
  height: number
  /** Default 30. */
  fps?: number
  /** Of the video: '2500k', '4M' or bit/s. Default '2500k'. Sound has 64 kbit/s a channel beside it. */
  bitrate?: string | number
  /**
   * 'capped' (default): `bitrate` is the most that the encoder aims at (a busy scene's fullest second had up to 1.22
   * times as much); what is easy to encode takes less. 'cbr': what pictures leave of it is filled with filler data,
   * which decoders leave out, so that always as much goes out; with adaptiveBitrate up to the bitrate of the moment.
   * With every encoder.
   */
  rateControl?: 'cbr' | 'capped'
  /** Container; RTMP carries 'flv' alone. Default 'flv'. */
  format?: 'flv'
  /**
   * FFmpeg's names: 'libx264', 'h264_nvenc', 'h264_vaapi', 'libopenh264'. Default: the first that works of a device's,
   * where gpuAcceleration is on, then 'libx264', then 'libopenh264'. One that is named and is not there, or does not
   * work, is ERR_MISSING_PLUGIN, or ERR_ENCODE, at start().
   */
  vcodec?: VideoCodec
  /** The only one that RTMP's players all take. */
  acodec?: 'aac'
  /** Default 44100. */
  audioSampleRate?: number
  /** Default 2. */
  audioChannels?: number
  /** x264's names; mapped to the nearest of other encoders. Default 'ultrafast'. */
  preset?: EncoderPreset
  /** Seconds between keyframes. Default 2. */
  keyframeInterval?: number
  /** Format of raw Uint8Array pictures. Default 'RGB'. */
  pixelFormat?: PixelFormat
  /** Writes the wall clock of each picture into the stream (SEI), for a capture's `endToEndLatency`. Default false. */
  stampLatency?: boolean
  /**
   * The video's bitrate follows the slowest live target's network: down at once where pictures wait for it (to `min`,
   * by default a fifth), up in steps when it is clear. Default false: it stays, and a target that is too slow loses
   * pictures.
   */
  adaptiveBitrate?:
    | boolean
    | {
        /** The lowest bitrate, as `bitrate` is written. Default: a fifth of it. */
        readonly min?: number | string
      }
  /** Pictures that wait for the encoder. Default 10. */
  bufferSize?: number
  /** A write to a full buffer: 'block' (default) = its promise waits; 'newest' = it is dropped and counted. */
  dropPolicy?: 'block' | 'newest'
  /**
   * What goes out when nobody writes: the last picture again, the slate once `slateAfter` has passed, or no picture.
   * Sound goes on as silence. Default 'repeat'.
   */
  fill?: 'repeat' | 'slate' | 'none'
  /** Picture for 'slate', width × height in pixelFormat; default black. */
  slate?: PixelBytes
  /** ms without a write before fill 'slate' takes over from the repeated last picture. Default 2000. */
  slateAfter?: number
}

/** Where a written picture belongs. */
export interface WriteOptions {
  /** µs. Absent: the next 1/fps. Going back is ERR_TIMESTAMP. */
  timestamp?: number
}

/** What an output sends. */
export interface OutputInfo {
  /** The encoder's element, such as 'x264enc'; '' before it is chosen. */
  readonly encoder: string
  /**
   * Why it is one in software though this machine has a device that was asked for; null where it is not, or there is
   * none.
   */
  readonly encoderReason: string | null
  /** Pixels. */
  readonly width: number
  /** Rows. */
  readonly height: number
  /** Pictures a second. */
  readonly fps: number
}
