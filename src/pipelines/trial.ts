import { branch, capsText, el, pipeline, queue, type Graph, type GraphValue, type Part } from './graph/graph'
import { videoDecoder } from './decoder'
import { asksWhetherLive, encoderInput, videoEncoder } from './encoder'
import { codecOf, type CodecKind } from './candidates'
import { TRIAL } from './verdict'
import { PICTURE_FORMS, type PictureCodec } from './video-codecs'

export const TRIAL_SOURCE = 'source'
export const TRIAL_SINKS = { packets: 'packets', result: 'result', software: 'software' } as const

/** The element on trial, with the software for the other half of its path and for the whole reference path. */
export interface Trial {
  readonly kind: CodecKind
  /** The element on trial, or software. */
  readonly encoder: string
  readonly decoder: string
  readonly softwareEncoder: string
  readonly softwareDecoder: string
}

/**
 * The software beside a decoder on trial: encoders, of which the first that is there is used, and a decoder. Beside an
 * encoder of any codec is that of H.264, which leaves the most of the machine to the element on trial.
 */
export const BESIDE: Readonly<
  Record<PictureCodec, { readonly encoders: readonly string[]; readonly decoder: string }>
> = {
  h264: { encoders: ['x264enc', 'openh264enc'], decoder: 'avdec_h264' },
  hevc: { encoders: ['x265enc'], decoder: 'avdec_h265' },
  av1: { encoders: ['av1enc'], decoder: 'av1dec' },
}

/**
 * appsrc ! tee ─ encoder ! h264parse ! tee ─ appsink packets
 *              │                             ├ decoder ! videoconvert ! appsink result
 *              │  (a decoder's trial)        └ avdec_h264 ! videoconvert ! appsink software
 *              └ x264enc ! h264parse ! avdec_h264 ! videoconvert ! appsink software   (an encoder's)
 *
 * The graph of a trial, of H.264 or with the elements of another codec in their places. Elements, properties and forms
 * of packets are those of captures and outputs, so a link that fails there fails here. The source says that it
 * is live only where an output does: otherwise some elements would hold back fewer frames here than there.
 */
export function trialPipeline({ kind, encoder, decoder, softwareEncoder, softwareDecoder }: Trial): Graph {
  const { width, height, fps, gop, bitrate, pictures } = TRIAL
  const settings = { bitrate, preset: 'ultrafast', keyframeInterval: gop / fps, fpsFraction: { n: fps, d: 1 } } as const
  const raw = {
    format: 'I420',
    width,
    height,
    framerate: `${fps}/1`,
    colorimetry: 'bt709',
    'pixel-aspect-ratio': '1/1',
    'interlace-mode': 'progressive',
  }
  const encoded = (by: string, name?: string): Part[] => [
    ...encoderInput(by),
    videoEncoder(settings, { factory: by }, bitrate, name),
    el(PICTURE_FORMS[codecOf(by)].parser),
    el('capsfilter', { caps: PICTURE_FORMS[codecOf(by)].packets }),
  ]
  const slices: Readonly<Record<string, GraphValue>> = { 'thread-type': 'slice' }
  const decoded = (by: string, sink: string): Part[] => [
    ...videoDecoder(by, codecOf(by) === 'av1' ? {} : slices),
    el('videoconvert'),
    el('appsink', { name: sink, ...SINK, caps: capsText('video/x-raw', { format: ['I420', 'NV12'] }) }),
  ]
  return pipeline(
    el('appsrc', {
      name: TRIAL_SOURCE,
      format: 'time',
      'is-live': kind === 'encoder' && asksWhetherLive(encoder),
      block: true,
      'max-buffers': pictures,
      'max-bytes': 0,
      caps: capsText('video/x-raw', raw),
    }),
    el('tee', { name: 'raw' }),
    branch('raw', queue(WAY), ...encoded(encoder), el('tee', { name: 'coded' })),
    branch('coded', queue(WAY), el('appsink', { name: TRIAL_SINKS.packets, ...SINK })),
    branch('coded', queue(WAY), ...decoded(decoder, TRIAL_SINKS.result)),
    kind === 'decoder'
      ? branch('coded', queue(WAY), ...decoded(softwareDecoder, TRIAL_SINKS.software))
      : branch(
          'raw',
          queue(WAY),
          ...encoded(softwareEncoder, 'beside'),
          ...decoded(softwareDecoder, TRIAL_SINKS.software),
        ),
  )
}

const SINK = {
  sync: false,
  async: false,
  'enable-last-sample': false,
  qos: false,
  'max-buffers': TRIAL.pictures,
} as const

/** Room for all frames: only the codecs may hold frames back. */
const WAY = { 'max-size-buffers': TRIAL.pictures, 'max-size-bytes': 0, 'max-size-time': 0 } as const
