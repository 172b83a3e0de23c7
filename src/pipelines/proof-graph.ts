import { resolveOutputOptions } from '../core/options-output'
import { branch, caps, capsText, el, pipeline, queue, type Graph } from './graph'
import { videoEncoder, type EncoderElement } from './encoder'
import { deviceOf, PROOF } from './ladder'

export const PROOF_SINKS = { reference: 'reference', packets: 'packets', result: 'result' } as const

/**
 *   videotestsrc ! tee ─ appsink reference
 *                      └ encoder ! h264parse ! tee ─ appsink packets
 *                                                  └ decoder ! videoconvert ! appsink result
 *
 * Live, as a stream is: whatever holds pictures back, or is slower than they come, is seen. One of the two codecs is on
 * trial, the other is software.
 */
export function proofGraph(encoder: EncoderElement, decoder: string): Graph {
  const { width, height, fps, gop, bitrate, pictures } = PROOF
  const options = resolveOutputOptions({ width, height, fps, bitrate, keyframeInterval: gop / fps })
  const raw = { format: 'I420', width, height, framerate: `${fps}/1`, colorimetry: 'bt709', 'pixel-aspect-ratio': '1/1', 'interlace-mode': 'progressive' }
  const sink = { sync: false, async: false, 'enable-last-sample': false, qos: false, 'max-buffers': pictures }
  return pipeline(
    // Bars that move: every colour, and motion.
    el('videotestsrc', { 'is-live': true, 'num-buffers': pictures, pattern: 'smpte', 'horizontal-speed': 8 }),
    caps('video/x-raw', raw),
    el('tee', { name: 'raw' }),
    branch('raw', queue(WAY), el('appsink', { name: PROOF_SINKS.reference, ...sink, caps: capsText('video/x-raw', { format: 'I420' }) })),
    branch(
      'raw',
      queue(WAY),
      ...(deviceOf(encoder.factory) === 'va' ? [el('videoconvert')] : []),
      videoEncoder(options, encoder),
      el('h264parse'),
      caps('video/x-h264', { 'stream-format': 'avc', alignment: 'au' }),
      el('tee', { name: 'coded' }),
    ),
    branch('coded', queue(WAY), el('appsink', { name: PROOF_SINKS.packets, ...sink })),
    branch(
      'coded',
      queue(WAY),
      el(decoder, decoder === 'avdec_h264' ? { 'thread-type': 'slice' } : {}),
      el('videoconvert'),
      el('appsink', { name: PROOF_SINKS.result, ...sink, caps: capsText('video/x-raw', { format: ['I420', 'NV12'] }) }),
    ),
  )
}

/** Room for all of them: nothing but the codecs may hold pictures back. */
const WAY = { 'max-size-buffers': PROOF.pictures, 'max-size-bytes': 0, 'max-size-time': 0 } as const
