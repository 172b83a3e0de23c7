import type { RtmpUrl } from '../core/url'
import { videoDecoder } from './decoder'
import { branch, capsText, caps, el, pipeline, queue, type Graph, type GraphValue, type Part } from './graph/graph'
import { PARSED_PICTURES, PICTURE_FORMS, VIDEO_CODECS, type PictureCodec } from './video-codecs'
import type { InputGraph } from './inputs/input-graph'
import { rtmpSource, type SourceTracks, type Transport } from './transport'

/** What every capture's graph is made of, whatever its input. */
export interface MediaGraphOptions {
  readonly decoder: string
  /** false: the packets are only measured. Default true. */
  readonly decode?: boolean
  /** false: the packets of this kind are only measured. Default true. */
  readonly video?: boolean
  readonly audio?: boolean
  /** With `decode: false`: what is decoded for meters alone; null: nothing. Default null. */
  readonly analyse?: 'keyframes' | 'all' | null
  /** true: for recordings, throughput is more important than latency. */
  readonly throughput: boolean
  /** Number of usable processors. */
  readonly cores: number
  /** Whether HEVC's software decoder may take frame threads. Default true. */
  readonly hevcFrameThreads?: boolean
  /** Whether each decoder takes one thread: of keyframes alone, none waits for another. Default false. */
  readonly single?: boolean
  /** null: the source's. */
  readonly audioSampleRate: number | null
  readonly audioChannels: number | null
}

/** The same for an input of RTMP. */
export interface CaptureGraphOptions extends MediaGraphOptions {
  readonly url: RtmpUrl
  readonly transport: Transport
  /** Loopback port of the librtmp relay; null: no relay. */
  readonly via?: number | null
  /** Time without an answer after which the source stops connecting, s. */
  readonly timeout: number
  /** Which tracks rxrtmpsrc takes. Default 0. */
  readonly tracks?: SourceTracks
}

/** Names of the capture's elements that the engine needs. */
export const CAPTURE = {
  source: 'source',
  demux: 'demux',
  videoInput: 'videoinput',
  videoParser: 'videoparse',
  videoPackets: 'videopackets',
  decoder: 'decoder',
  picture: 'videoconverter',
  audioInput: 'audioinput',
  audioParser: 'audioparse',
  audioDecoder: 'audiodecoder',
  convert: 'audioconverter',
  video: 'video',
  audio: 'audio',
} as const

/**
 * rtmp2src ! flvdemux ─ video ─ identity ! h264parse ! caps ! avdec_h264 ! videoconvert ! appsink video
 *                      └ audio ─ identity ! aacparse ! avdec_aac ! audioconvert ! audioresample ! appsink audio
 *
 * The graph of a capture. It names the codecs and has caps before each decoder, so a peer never chooses the code that
 * runs. A device decodes behind a parser of its own (h264parse ! nvh264dec). rxrtmpsrc has the pads `video` and `audio`
 * itself, and no demuxer behind it. Behind it, the elements of another codec replace those of H.264, on both sides of
 * the caps (`pictureRows`), or those of AAC between identity and audioconvert (src/pipelines/audio-codecs.ts).
 */
export function capturePipeline(options: CaptureGraphOptions): Graph {
  return inputPipeline(rtmpInput(options), options)
}

/** The same behind any input. */
export function inputPipeline(input: InputGraph, options: MediaGraphOptions): Graph {
  const { decode = true, video = decode, audio: hears = decode } = options
  const { decoder, throughput, audioSampleRate, audioChannels, analyse = null } = options
  const audio: Record<string, string | number> = { format: 'F32LE', layout: 'interleaved' }
  if (audioSampleRate !== null) audio.rate = audioSampleRate
  if (audioChannels !== null) audio.channels = audioChannels
  const pictures = (...sink: Part[]) => [
    el('capsfilter', { name: CAPTURE.videoPackets, caps: PARSED_PICTURES }),
    ...videoDecoder(decoder, threads(options), CAPTURE.decoder),
    // Does nothing for 4:2:0 of 8 or 10 bits; converts every other format to it.
    el('videoconvert', { name: CAPTURE.picture }),
    ...sink,
  ]
  const shown = { format: [...DECODED] }
  const taken = () =>
    pictures(
      ...(throughput ? [queue(HAND_OVER)] : []),
      el('appsink', { name: CAPTURE.video, ...SINK, caps: capsText('video/x-raw', shown) }),
    )
  const sound = (...sink: Part[]) => [
    caps('audio/mpeg', { mpegversion: 4 }),
    el('avdec_aac', { name: CAPTURE.audioDecoder }),
    el('audioconvert', { name: CAPTURE.convert }),
    ...sink,
  ]
  const heard = () =>
    sound(el('audioresample'), el('appsink', { name: CAPTURE.audio, ...SINK, caps: capsText('audio/x-raw', audio) }))
  const [seen, listened] = [watched(CAPTURE.video), watched(CAPTURE.audio)]
  if (analyse !== null)
    return received(input, pictures(caps('video/x-raw', shown), seen), sound(caps('audio/x-raw', audio), listened))
  return received(input, video ? taken() : [seen], hears ? heard() : [listened])
}

/**
 * rtmp2src ! flvdemux ─ video ─ identity ! h264parse ! fakesink video
 *                      └ audio ─ identity ! aacparse ! fakesink audio
 *
 * The end of a kind that is only watched: without decoding, it costs the network and the measuring.
 */
function watched(name: string): Part {
  return el('fakesink', { name, sync: false, async: false, 'enable-last-sample': false, qos: false })
}

/** The input of RTMP. */
export function rtmpInput({
  url,
  transport,
  timeout,
  via,
  tracks: taken,
  decode = true,
}: Omit<CaptureGraphOptions, keyof MediaGraphOptions> & Pick<MediaGraphOptions, 'decode'>): InputGraph {
  const own = transport === 'rxrtmp'
  const tracks = own ? CAPTURE.source : CAPTURE.demux
  return {
    source: [
      rtmpSource(url, transport, timeout, via ?? null, decode, taken),
      ...(own ? [] : [el('flvdemux', { name: CAPTURE.demux })]),
    ],
    video: { from: `${tracks}.video`, parts: [] },
    audio: { from: `${tracks}.audio`, parts: [] },
  }
}

/** From the source to behind the parsers; `video` and `audio` go on from there. */
function received(input: InputGraph, video: readonly Part[], audio: readonly Part[]): Graph {
  return pipeline(
    ...input.source,
    branch(
      input.video.from,
      ...input.video.parts,
      el('identity', { name: CAPTURE.videoInput }),
      el('h264parse', { name: CAPTURE.videoParser }),
      ...video,
    ),
    branch(
      input.audio.from,
      ...input.audio.parts,
      el('identity', { name: CAPTURE.audioInput }),
      el('aacparse', { name: CAPTURE.audioParser }),
      ...audio,
    ),
  )
}

/** What decides the number and the kind of a decoder's threads. */
export type DecodingSpeed = Pick<MediaGraphOptions, 'throughput' | 'cores' | 'hevcFrameThreads' | 'single'>

/**
 * Whether frame threads of `avdec_h265` lose no pictures in this version of GStreamer. From 1.24 on, once the decoder
 * has made up a reference that is missing (at the start of every stream that is joined at an open group), each picture
 * that leaves it throws away those that its threads have only just begun; 1.26.2 lost 9 of 20. Slice threads are safe.
 */
export function hasSafeFrameThreads({ major, minor }: { readonly major: number; readonly minor: number }): boolean {
  return major === 1 && minor < 24
}

/** The elements of one codec, for the addon to put into a running graph. */
export interface SwitchRow {
  /** Caps of the packets that they take. */
  readonly caps: string
  /** null: what the graph has in this place. */
  readonly elements: Graph | null
}

/** The rows of pictures: `parsers` before the caps, `decoders` behind them. */
export interface PictureRows {
  readonly parsers: readonly SwitchRow[]
  readonly decoders: readonly SwitchRow[]
}

/**
 * @param decoders element of each codec that is decoded; that of H.264 is in the graph. null: nothing is decoded, and
 * all codecs are parsed
 */
export function pictureRows(decoders: ReadonlyMap<PictureCodec, string> | null, speed: DecodingSpeed): PictureRows {
  const codecs = decoders ? VIDEO_CODECS.filter(codec => decoders.has(codec)) : VIDEO_CODECS
  const rows = (caps: 'caps' | 'parsed', parts: (codec: PictureCodec) => readonly Part[]): readonly SwitchRow[] =>
    codecs.map(codec => ({
      caps: PICTURE_FORMS[codec][caps],
      elements: codec === 'h264' ? null : pipeline(...parts(codec)),
    }))
  return {
    parsers: rows('caps', codec => [
      el(PICTURE_FORMS[codec].parser, { name: `${CAPTURE.videoParser}-${codec}` }),
      // Without a decoder nobody asks for the form that containers have. A name of GStreamer's own could be taken.
      ...(decoders || codec !== 'hevc'
        ? []
        : [el('capsfilter', { name: `${CAPTURE.videoParser}-form`, caps: PICTURE_FORMS[codec].parsed })]),
    ]),
    decoders: decoders
      ? rows('parsed', codec => {
          const { throughput, hevcFrameThreads = true } = speed
          const hevc = { ...speed, throughput: throughput && hevcFrameThreads }
          const software = codec === 'hevc' ? threads(hevc) : { qos: false }
          return videoDecoder(decoders.get(codec)!, software, `${CAPTURE.decoder}-${codec}`)
        })
      : [],
  }
}

/** Whether this is the name of a capture's video decoder. */
export function isPictureDecoder(element: string | null): boolean {
  return element !== null && (element === CAPTURE.decoder || element.startsWith(`${CAPTURE.decoder}-`))
}

/** The formats of pictures that the tap converts by itself. */
const DECODED = ['I420', 'NV12', 'I420_10LE', 'P010_10LE'] as const

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
function threads({ throughput, cores, single = false }: DecodingSpeed): Record<string, GraphValue> {
  if (single) return { 'thread-type': 'slice', 'max-threads': 1, qos: false }
  return {
    ...(throughput ? { 'thread-type': 'frame', 'max-threads': Math.min(16, cores + 1) } : { 'thread-type': 'slice' }),
    qos: false,
  }
}
