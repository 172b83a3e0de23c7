import type { Fraction } from '../core/rates'
import type { RtmpUrl } from '../core/url'
import { encoderInput, videoEncoder, type EncoderElement, type EncoderSettings } from './encoder'
import { caps, capsText, el, pipeline, type Graph, type Part } from './graph/graph'
import { rtmpSink, type Transport } from './transport'
import { codecOf } from './candidates'
import { PICTURE_FORMS } from './video-codecs'

/** Names of the encoding pipeline's elements that the engine needs. */
export const ENCODING = {
  video: 'video',
  audio: 'audio',
  encoder: 'encoder',
  videoPackets: 'videopackets',
  audioPackets: 'audiopackets',
} as const
/** Size and rate of pictures. */
export interface PictureShape {
  readonly width: number
  readonly height: number
  readonly fpsFraction: Fraction
}
/** Names of a publisher's elements. */
export const PUBLISHER = { source: 'source', sink: 'sink' } as const

/**
 * Players assume BT.709 above 576 lines and BT.601 below, for untagged video. Our video agrees with that and is tagged.
 */
export function isBt709(height: number): boolean {
  return height > 576
}

/** Settings of a pipeline that encodes pictures. */
export interface EncodingSettings extends EncoderSettings, PictureShape {}

/**
 * Blocks its pusher, which has its own thread, so the queue before it feels the encoder's pace. Where there are several
 * encoders the pacer takes this limit away, and has one of its own (native/output/outlets/outlets.h).
 */
const SOURCE = { format: 'time', 'is-live': false, block: true, 'emit-signals': false } as const

function pictureCaps({ width, height, fpsFraction }: PictureShape): string {
  return capsText('video/x-raw', {
    format: 'I420',
    width,
    height,
    framerate: `${fpsFraction.n}/${fpsFraction.d}`,
    'pixel-aspect-ratio': '1/1',
    'interlace-mode': 'progressive',
    colorimetry: isBt709(height) ? 'bt709' : 'bt601',
    'chroma-site': 'mpeg2',
  })
}

/**
 * appsrc video ! x264enc ! h264parse ! appsink videopackets   (or the elements of HEVC or AV1)
 * appsrc video ! videoscale ! … ! x264enc ! …                 (where the pictures that come have another size)
 *
 * The encoding pipeline of pictures: one for all targets that want the same. No element follows the clock: the push
 * sets the pace.
 *
 * @param given the pictures that come; their rate is that of the settings, since the pacer leaves out the others
 */
export function encodingPipeline(
  settings: EncodingSettings,
  encoder: EncoderElement,
  bitrate = settings.bitrate,
  given: Pick<PictureShape, 'width' | 'height'> = settings,
): Graph {
  const codec = codecOf(encoder.factory)
  const { parser, packets } = PICTURE_FORMS[codec]
  const { width, height, fpsFraction } = settings
  const came = { width: given.width, height: given.height, fpsFraction }
  // Two frames keep the encoder busy while the next one is converted.
  const bounds = { 'max-buffers': 2, 'max-bytes': 0, 'max-time': 0 } as const
  return pipeline(
    el('appsrc', { name: ENCODING.video, ...SOURCE, ...bounds, caps: pictureCaps(came) }),
    ...(came.width === width && came.height === height ? [] : scaler(settings, came.height)),
    ...encoderInput(encoder.factory),
    videoEncoder(settings, encoder, bitrate),
    codec === 'av1' ? el(parser) : el(parser, { 'config-interval': 0 }),
    el('appsink', { name: ENCODING.videoPackets, ...PACKETS, caps: packets }),
  )
}

/**
 * Scales with a filter that looks at all pixels (the default of videoscale looks at four), and keeps the shape of what
 * is seen, with black beside it. The colours of a small picture are those that players assume of it.
 */
function scaler(settings: EncodingSettings, height: number): readonly Part[] {
  const size = { width: settings.width, height: settings.height, 'pixel-aspect-ratio': '1/1' }
  const scale = [el('videoscale', { method: 'bilinear2', 'add-borders': true }), caps('video/x-raw', size)]
  if (isBt709(height) === isBt709(settings.height)) return scale
  return [...scale, el('videoconvert'), el('capsfilter', { caps: pictureCaps(settings) })]
}

/**
 * appsrc audio ! audioconvert ! avenc_aac ! aacparse ! appsink audiopackets
 *
 * The encoding pipeline of audio: one for each bitrate.
 */
export function audioPipeline(settings: AudioSettings): Graph {
  const { audioSampleRate, audioChannels } = settings
  const audio = capsText('audio/x-raw', {
    format: 'F32LE',
    layout: 'interleaved',
    rate: audioSampleRate,
    channels: audioChannels,
  })
  return pipeline(
    el('appsrc', { name: ENCODING.audio, ...SOURCE, 'max-bytes': 16_000_000, 'max-time': 0, caps: audio }),
    el('audioconvert'),
    // The default of 1.22 forces mid/side coding and so mixes two channels of different audio into one (measured).
    el('avenc_aac', { bitrate: settings.audioBitrate, 'aac-ms': false }),
    el('aacparse'),
    el('appsink', {
      name: ENCODING.audioPackets,
      ...PACKETS,
      caps: capsText('audio/mpeg', { mpegversion: 4, 'stream-format': 'raw' }),
    }),
  )
}

export interface AudioSettings {
  readonly audioSampleRate: number
  readonly audioChannels: number
  /** bit/s. */
  readonly audioBitrate: number
}

/** The recommendation of platforms for AAC-LC, bit/s: 128 kbit/s stereo, half of it mono. */
export function usualAudioBitrate(channels: number): number {
  return channels * 64_000
}

const PACKETS = { sync: false, async: false, 'enable-last-sample': false, 'max-buffers': 1, qos: false } as const

/**
 * appsrc source ! rtmp2sink
 *
 * One connection. The FLV tags are made at the transfer of the packets, not by flvmux, which declares no stream that
 * comes late and waits for ever for a missing one.
 */
export function publisherPipeline(
  url: RtmpUrl,
  transport: Transport,
  timeout: number,
  via: number | null = null,
  publishBy: number | null = null,
): Graph {
  // Never blocks: the transfer limits its queue itself, by time, and drops up to the next keyframe.
  const source = {
    format: 'time',
    'is-live': false,
    block: false,
    'emit-signals': false,
    'max-bytes': 0,
    'max-buffers': 0,
    'max-time': 0,
  } as const
  return pipeline(
    el('appsrc', { name: PUBLISHER.source, ...source, caps: capsText('video/x-flv') }),
    rtmpSink(url, transport, timeout, via, publishBy),
  )
}
