import { el, type GraphValue, type Part } from './graph/graph'
import { deviceOf } from './candidates'

/**
 * Makes the elements from H.264 packets in any form to frames in the computer's memory:
 *
 *   h264parse ! nvh264dec
 *
 * FFmpeg's decoder accepts every form of H.264. Hardware decoders do not (`nvh264dec` of GStreamer 1.22 accepts only a
 * byte stream), so each has its own parser, which makes the accepted form. The packets before that parser stay as the
 * peer sent them. The parser repeats the parameter sets before each keyframe, for a decoder that starts inside the
 * stream.
 *
 * @param software properties of FFmpeg's decoder
 */
export function videoDecoder(
  factory: string,
  software: Readonly<Record<string, GraphValue>>,
  name?: string,
): readonly Part[] {
  const named: Record<string, GraphValue> = name === undefined ? {} : { name }
  if (deviceOf(factory) === 'software') return [el(factory, { ...named, ...software })]
  const live = deviceOf(factory) === 'nvidia' ? LIVE : {}
  return [el('h264parse', { 'config-interval': -1 }), el(factory, { ...named, ...live })]
}

/**
 * NVIDIA's decoders hold frames back for throughput unless the source is live, and RTMP sources do not say that they
 * are live. Measured on a card at the same frame rate: 68 ms without this property, 2 ms with it.
 */
const LIVE: Readonly<Record<string, GraphValue>> = { 'max-display-delay': 0 }
