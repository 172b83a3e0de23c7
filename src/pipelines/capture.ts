import type { RtmpUrl } from '../core/url'
import { videoDecoder } from './decoder'
import { branch, capsText, caps, el, pipeline, queue, type Graph, type GraphValue, type Part } from './graph/graph'
import { rtmpSource, type Transport } from './transport'

export interface CaptureGraphOptions {
  readonly url: RtmpUrl
  readonly transport: Transport
  /** Loopback port of the librtmp relay; null: no relay. */
  readonly via?: number | null
  /** Time without an answer after which the source stops connecting, s. */
  readonly timeout: number
  readonly decoder: string
  /** false: the packets are only measured. Default true. */
  readonly decode?: boolean
  /** true: for recordings, throughput is more important than latency. */
  readonly throughput: boolean
  /** Number of usable processors. */
  readonly cores: number
  /** null: the source's. */
  readonly audioSampleRate: number | null
  readonly audioChannels: number | null
}

/** Names of the capture's elements that the engine needs. */
export const CAPTURE = {
  source: 'source',
  demux: 'demux',
  videoParser: 'videoparse',
  decoder: 'decoder',
  audioInput: 'audioinput',
  audioParser: 'audioparse',
  audioDecoder: 'audiodecoder',
  convert: 'audioconverter',
  video: 'video',
  audio: 'audio',
} as const

/**
 * rtmp2src ! flvdemux ─ video ─ h264parse ! avdec_h264 ! videoconvert ! appsink video   (h264parse ! nvh264dec)
 *                      └ audio ─ identity ! aacparse ! avdec_aac ! audioconvert ! audioresample ! appsink audio
 *
 * The graph of a capture. It names the codecs and has caps before each decoder, so a peer never chooses the code that
 * runs. For another audio codec, its elements (src/pipelines/audio-codecs.ts) replace those between identity and
 * audioconvert. rxrtmpsrc has the pads `video` and `audio` itself, and no demuxer behind it.
 */
export function capturePipeline(options: CaptureGraphOptions): Graph {
  if (options.decode === false) return watchPipeline(options)
  const { decoder, throughput, cores, audioSampleRate, audioChannels } = options
  const audio: Record<string, string | number> = { format: 'F32LE', layout: 'interleaved' }
  if (audioSampleRate !== null) audio.rate = audioSampleRate
  if (audioChannels !== null) audio.channels = audioChannels
  return received(
    options,
    [
      caps('video/x-h264', { parsed: true }),
      ...videoDecoder(decoder, threads(throughput, cores), CAPTURE.decoder),
      // Does nothing for 8-bit 4:2:0; converts every other format to it.
      el('videoconvert'),
      ...(throughput ? [queue(HAND_OVER)] : []),
      el('appsink', { name: CAPTURE.video, ...SINK, caps: capsText('video/x-raw', { format: ['I420', 'NV12'] }) }),
    ],
    [
      caps('audio/mpeg', { mpegversion: 4 }),
      el('avdec_aac', { name: CAPTURE.audioDecoder }),
      el('audioconvert', { name: CAPTURE.convert }),
      el('audioresample'),
      el('appsink', { name: CAPTURE.audio, ...SINK, caps: capsText('audio/x-raw', audio) }),
    ],
  )
}

/**
 * rtmp2src ! flvdemux ─ video ─ h264parse ! fakesink video
 *                      └ audio ─ identity ! aacparse ! fakesink audio
 *
 * The graph for hundreds of streams that are only watched: without decoding, a stream costs the network and the
 * measuring.
 */
function watchPipeline(options: CaptureGraphOptions): Graph {
  const sink = { sync: false, async: false, 'enable-last-sample': false, qos: false }
  return received(
    options,
    [el('fakesink', { name: CAPTURE.video, ...sink })],
    [el('fakesink', { name: CAPTURE.audio, ...sink })],
  )
}

/** From the server to behind the parsers; `video` and `audio` go on from there. */
function received(
  { url, transport, timeout, via, decode = true }: CaptureGraphOptions,
  video: readonly Part[],
  audio: readonly Part[],
): Graph {
  const own = transport === 'rxrtmp'
  const tracks = own ? CAPTURE.source : CAPTURE.demux
  return pipeline(
    rtmpSource(url, transport, timeout, via ?? null, decode),
    ...(own ? [] : [el('flvdemux', { name: CAPTURE.demux })]),
    branch(`${tracks}.video`, el('h264parse', { name: CAPTURE.videoParser }), ...video),
    branch(
      `${tracks}.audio`,
      el('identity', { name: CAPTURE.audioInput }),
      el('aacparse', { name: CAPTURE.audioParser }),
      ...audio,
    ),
  )
}

/**
 * Not synchronised with the clock, or a server's first burst would play slowly and leave a lasting delay. Not part of
 * preroll, because a stream can lack video or audio. The tap empties it at once, so it never holds more than one
 * buffer.
 */
const SINK = {
  sync: false,
  async: false,
  'enable-last-sample': false,
  'max-buffers': 1,
  drop: false,
  qos: false,
} as const

/** Conversion has its own thread beside the decoder's: 10 % more frames on two cores (bench/decode.mjs). */
const HAND_OVER = { 'max-size-buffers': 2, 'max-size-bytes': 0, 'max-size-time': 0 } as const

/**
 * Frame threads delay every picture by one frame per thread; slice threads add no delay. The number of threads is the
 * number of cores plus one, as in FFmpeg itself: one thread always waits for its frame to be fetched.
 */
function threads(throughput: boolean, cores: number): Record<string, GraphValue> {
  return {
    ...(throughput ? { 'thread-type': 'frame', 'max-threads': Math.min(16, cores + 1) } : { 'thread-type': 'slice' }),
    qos: false,
  }
}
