import { el, type GraphValue, type Part } from './graph/graph'
import { codecOf, deviceOf } from './candidates'
import { PICTURE_FORMS } from './video-codecs'

/**
 * Makes the elements from packets in any form to frames in the computer's memory:
 *
 *   h264parse ! nvh264dec
 *
 * Software accepts every form of its codec. Hardware decoders do not (`nvh264dec` of GStreamer 1.22 accepts only a
 * byte stream), so each has its own parser, which makes the accepted form. The packets before that parser stay as the
 * peer sent them. The parser repeats the parameter sets before each keyframe, for a decoder that starts inside the
 * stream.
 *
 * @param software properties of a software decoder
 */
export function videoDecoder(
  factory: string,
  software: Readonly<Record<string, GraphValue>>,
  name?: string,
): readonly Part[] {
  const named: Record<string, GraphValue> = name === undefined ? {} : { name }
  if (deviceOf(factory) === 'software') return [el(factory, { ...named, ...software })]
  const live = deviceOf(factory) === 'nvidia' ? LIVE : {}
  const codec = codecOf(factory)
  const { parser } = PICTURE_FORMS[codec]
  // A sequence header of AV1 stands before each keyframe as it is.
  return [el(parser, codec === 'av1' ? {} : { 'config-interval': -1 }), el(factory, { ...named, ...live })]
}

/**
 * NVIDIA's decoders hold frames back for throughput unless the source is live, and RTMP sources do not say that they
 * are live. Measured on a card at the same frame rate: 68 ms without this property, 2 ms with it.
 */
const LIVE: Readonly<Record<string, GraphValue>> = { 'max-display-delay': 0 }
