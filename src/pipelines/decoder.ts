import { el, type GraphValue, type Part } from './graph/graph'
import { deviceOf } from './candidates'

/**
 * What stands between compressed pictures in any form and pictures in the computer's memory.
 *
 *   h264parse ! nvh264dec
 *
 * FFmpeg's decoder takes every form of H.264. Those of devices do not (`nvh264dec` of GStreamer 1.22 takes a byte
 * stream alone), so a parser of their own gives each what it takes: what is looked at before it stays as the peer sent
 * it. It repeats the parameter sets before each keyframe, for a decoder that begins anew within the stream.
 *
 * @param software what is set on FFmpeg's decoder
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
 * NVIDIA's decoders hold pictures back to have more of them at work, unless the source is live: those of RTMP do not
 * say so. Measured on a card: 68 ms, and 2 ms with it, for the same number of pictures a second.
 */
const LIVE: Readonly<Record<string, GraphValue>> = { 'max-display-delay': 0 }
