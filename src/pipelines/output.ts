import type { RtmpUrl } from '../core/url'
import { encoderInput, videoEncoder, type EncoderElement, type EncoderSettings } from './encoder'
import { capsText, chain, el, pipeline, type Graph } from './graph/graph'
import { rtmpSink, type Transport } from './transport'

/** The elements of a program that the engine needs to find again. */
export const PROGRAM = {
  video: 'video',
  audio: 'audio',
  encoder: 'encoder',
  videoPackets: 'videopackets',
  audioPackets: 'audiopackets',
} as const
/** Those of a publisher. */
export const PUBLISHER = { source: 'source', sink: 'sink' } as const

/**
 * Above 576 lines players take untagged video for BT.709, below for BT.601; what we send agrees with that and is
 * tagged.
 */
export function isBt709(height: number): boolean {
  return height > 576
}

/** What a program is made of. */
export interface ProgramSettings extends EncoderSettings {
  readonly width: number
  readonly height: number
  readonly audioSampleRate: number
  readonly audioChannels: number
}

/**
 *   appsrc video ! x264enc ! h264parse ! appsink videopackets
 *   appsrc audio ! audioconvert ! avenc_aac ! aacparse ! appsink audiopackets
 *
 * Encodes once, whatever the number of targets. Nothing in it follows the clock: what pushes sets the pace.
 */
export function programGraph(settings: ProgramSettings, encoder: EncoderElement, bitrate = settings.bitrate): Graph {
  const { width, height, fpsFraction, audioSampleRate, audioChannels } = settings
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
  const sound = capsText('audio/x-raw', {
    format: 'F32LE',
    layout: 'interleaved',
    rate: audioSampleRate,
    channels: audioChannels,
  })
  // Blocks its pusher, a thread of its own: the encoder's pace is what the queue before it feels. Two pictures keep
  // the encoder busy while the next one is converted.
  const source = { format: 'time', 'is-live': false, block: true, 'emit-signals': false } as const
  return pipeline(
    el('appsrc', { name: PROGRAM.video, ...source, 'max-buffers': 2, 'max-bytes': 0, 'max-time': 0, caps: picture }),
    ...encoderInput(encoder.factory),
    videoEncoder(settings, encoder, bitrate),
    el('h264parse', { 'config-interval': 0 }),
    el('appsink', {
      name: PROGRAM.videoPackets,
      ...PACKETS,
      caps: capsText('video/x-h264', { 'stream-format': 'avc', alignment: 'au' }),
    }),
    chain(
      el('appsrc', { name: PROGRAM.audio, ...source, 'max-bytes': 16_000_000, 'max-time': 0, caps: sound }),
      el('audioconvert'),
      // The default of 1.22 forces mid/side coding and, with it, makes two channels of different sound one (measured).
      el('avenc_aac', { bitrate: audioBitrate(audioChannels), 'aac-ms': false }),
      el('aacparse'),
      el('appsink', {
        name: PROGRAM.audioPackets,
        ...PACKETS,
        caps: capsText('audio/mpeg', { mpegversion: 4, 'stream-format': 'raw' }),
      }),
    ),
  )
}

/** What platforms recommend for AAC-LC: 128 kbit/s stereo, half of it mono. */
export function audioBitrate(channels: number): number {
  return channels * 64_000
}

const PACKETS = { sync: false, async: false, 'enable-last-sample': false, 'max-buffers': 1, qos: false } as const

/**
 *   appsrc source ! rtmp2sink
 *
 * One connection. The FLV tags are made where the packets are handed over, not by flvmux: it declares nothing that
 * comes late, and waits for ever for what does not come.
 */
export function publisherGraph(url: RtmpUrl, transport: Transport, timeout: number, via: number | null = null): Graph {
  // Never blocks: the hand-over bounds its queue itself, by time, and drops to the next keyframe.
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
