import type { RtmpUrl } from '../core/url'
import { encoderInput, videoEncoder, type EncoderElement, type EncoderSettings } from './encoder'
import { capsText, chain, el, pipeline, type Graph } from './graph/graph'
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
/** Names of a publisher's elements. */
export const PUBLISHER = { source: 'source', sink: 'sink' } as const

/**
 * Players assume BT.709 above 576 lines and BT.601 below, for untagged video. Our video agrees with that and is tagged.
 */
export function isBt709(height: number): boolean {
  return height > 576
}

/** Settings of an encoding pipeline. */
export interface EncodingSettings extends EncoderSettings {
  readonly width: number
  readonly height: number
  readonly audioSampleRate: number
  readonly audioChannels: number
}

/**
 * appsrc video ! x264enc ! h264parse ! appsink videopackets   (or the elements of HEVC or AV1)
 * appsrc audio ! audioconvert ! avenc_aac ! aacparse ! appsink audiopackets
 *
 * The encoding pipeline. It encodes once for all targets. No element follows the clock: the push sets the pace.
 */
export function encodingPipeline(
  settings: EncodingSettings,
  encoder: EncoderElement,
  bitrate = settings.bitrate,
): Graph {
  const { width, height, fpsFraction, audioSampleRate, audioChannels } = settings
  const codec = codecOf(encoder.factory)
  const { parser, packets } = PICTURE_FORMS[codec]
  const picture = capsText('video/x-raw', {
    format: 'I420',
    width,
    height,
    framerate: `${fpsFraction.n}/${fpsFraction.d}`,
    'pixel-aspect-ratio': '1/1',
    'interlace-mode': 'progressive',
    colorimetry: isBt709(height) ? 'bt709' : 'bt601',
    'chroma-site': 'mpeg2',
  })
  const audio = capsText('audio/x-raw', {
    format: 'F32LE',
    layout: 'interleaved',
    rate: audioSampleRate,
    channels: audioChannels,
  })
  // Blocks its pusher, which has its own thread, so the queue before it feels the encoder's pace. Two frames keep the
  // encoder busy while the next one is converted.
  const source = { format: 'time', 'is-live': false, block: true, 'emit-signals': false } as const
  return pipeline(
    el('appsrc', { name: ENCODING.video, ...source, 'max-buffers': 2, 'max-bytes': 0, 'max-time': 0, caps: picture }),
    ...encoderInput(encoder.factory),
    videoEncoder(settings, encoder, bitrate),
    codec === 'av1' ? el(parser) : el(parser, { 'config-interval': 0 }),
    el('appsink', { name: ENCODING.videoPackets, ...PACKETS, caps: packets }),
    chain(
      el('appsrc', { name: ENCODING.audio, ...source, 'max-bytes': 16_000_000, 'max-time': 0, caps: audio }),
      el('audioconvert'),
      // The default of 1.22 forces mid/side coding and so mixes two channels of different audio into one (measured).
      el('avenc_aac', { bitrate: audioBitrate(audioChannels), 'aac-ms': false }),
      el('aacparse'),
      el('appsink', {
        name: ENCODING.audioPackets,
        ...PACKETS,
        caps: capsText('audio/mpeg', { mpegversion: 4, 'stream-format': 'raw' }),
      }),
    ),
  )
}

/** The recommendation of platforms for AAC-LC, bit/s: 128 kbit/s stereo, half of it mono. */
export function audioBitrate(channels: number): number {
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
    rtmpSink(url, transport, timeout, via),
  )
}
