import type { RtmpUrl } from '../core/url'
import { videoDecoder } from './decoder'
import { branch, capsText, caps, el, pipeline, queue, type Graph, type GraphValue, type Part } from './graph/graph'
import { rtmpSource, type Transport } from './transport'

export interface CaptureGraphOptions {
  readonly url: RtmpUrl
  readonly transport: Transport
  /** The loopback's port of the relay that librtmp goes through; null: none. */
  readonly via?: number | null
  /** s without an answer before the source gives up connecting. */
  readonly timeout: number
  readonly decoder: string
  /** false: packets are looked at, and go nowhere. Default true. */
  readonly decode?: boolean
  /** Pictures for a recorder: throughput before latency. */
  readonly throughput: boolean
  /** Processors that may be used. */
  readonly cores: number
  /** null: the source's. */
  readonly audioSampleRate: number | null
  readonly audioChannels: number | null
}

/** The elements of a capture that the engine needs to find again. */
export const CAPTURE = {
  source: 'source',
  demux: 'demux',
  videoParser: 'videoparse',
  decoder: 'decoder',
  sound: 'sound',
  audioParser: 'audioparse',
  audioDecoder: 'audiodecoder',
  convert: 'soundconvert',
  video: 'video',
  audio: 'audio',
} as const

/**
 *   rtmp2src ! flvdemux ─ video ─ h264parse ! avdec_h264 ! videoconvert ! appsink video   (h264parse ! nvh264dec)
 *                       └ audio ─ identity ! aacparse ! avdec_aac ! audioconvert ! audioresample ! appsink audio
 *
 * The codecs are named, and caps stand before each decoder: a peer never chooses which code runs. Where the sound is
 * none of AAC, the elements of its codec (src/pipelines/sound-codecs.ts) take the place of those between identity and
 * audioconvert.
 */
export function captureGraph(options: CaptureGraphOptions): Graph {
  if (options.decode === false) return watchGraph(options)
  const { decoder, throughput, cores, audioSampleRate, audioChannels } = options
  const sound: Record<string, string | number> = { format: 'F32LE', layout: 'interleaved' }
  if (audioSampleRate !== null) sound.rate = audioSampleRate
  if (audioChannels !== null) sound.channels = audioChannels
  return received(
    options,
    [
      caps('video/x-h264', { parsed: true }),
      ...videoDecoder(decoder, threads(throughput, cores), CAPTURE.decoder),
      // Idle for 4:2:0 of 8 bits; turns everything else into it.
      el('videoconvert'),
      ...(throughput ? [queue(HAND_OVER)] : []),
      el('appsink', { name: CAPTURE.video, ...SINK, caps: capsText('video/x-raw', { format: ['I420', 'NV12'] }) }),
    ],
    [
      caps('audio/mpeg', { mpegversion: 4 }),
      el('avdec_aac', { name: CAPTURE.audioDecoder }),
      el('audioconvert', { name: CAPTURE.convert }),
      el('audioresample'),
      el('appsink', { name: CAPTURE.audio, ...SINK, caps: capsText('audio/x-raw', sound) }),
    ],
  )
}

/**
 *   rtmp2src ! flvdemux ─ video ─ h264parse ! fakesink video
 *                       └ audio ─ identity ! aacparse ! fakesink audio
 *
 * For hundreds of streams that are only watched: what is not decoded costs the network and a look.
 */
function watchGraph(options: CaptureGraphOptions): Graph {
  const sink = { sync: false, async: false, 'enable-last-sample': false, qos: false }
  return received(
    options,
    [el('fakesink', { name: CAPTURE.video, ...sink })],
    [el('fakesink', { name: CAPTURE.audio, ...sink })],
  )
}

/** From the server to behind the parsers; `video` and `audio` go on from there. */
function received(
  { url, transport, timeout, via }: CaptureGraphOptions,
  video: readonly Part[],
  audio: readonly Part[],
): Graph {
  return pipeline(
    rtmpSource(url, transport, timeout, via ?? null),
    el('flvdemux', { name: CAPTURE.demux }),
    branch(`${CAPTURE.demux}.video`, el('h264parse', { name: CAPTURE.videoParser }), ...video),
    branch(
      `${CAPTURE.demux}.audio`,
      el('identity', { name: CAPTURE.sound }),
      el('aacparse', { name: CAPTURE.audioParser }),
      ...audio,
    ),
  )
}

/**
 * Not in time with the clock (a burst that a server sends first would be played out slowly, a lasting delay), not part
 * of preroll (a stream may lack either kind), and emptied by the tap at once: one buffer is all it ever holds.
 */
const SINK = {
  sync: false,
  async: false,
  'enable-last-sample': false,
  'max-buffers': 1,
  drop: false,
  qos: false,
} as const

/** Conversion in a thread of its own beside the decoder's: a tenth more pictures on two cores (bench/decode.mjs). */
const HAND_OVER = { 'max-size-buffers': 2, 'max-size-bytes': 0, 'max-size-time': 0 } as const

/**
 * Frame threads delay every picture by one frame a thread; slices delay none. One thread more than cores, as FFmpeg
 * itself takes: one of them always waits for its picture to be fetched.
 */
function threads(throughput: boolean, cores: number): Record<string, GraphValue> {
  return {
    ...(throughput ? { 'thread-type': 'frame', 'max-threads': Math.min(16, cores + 1) } : { 'thread-type': 'slice' }),
    qos: false,
  }
}
