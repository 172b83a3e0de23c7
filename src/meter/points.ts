import type { MeterPadNames } from './meter'
import type { ElementHandle } from '../addon/gst'
import { meterPads, type NamedPad, type Wiring } from './pads'
import type { MeterPoints, PadPoint } from './meters'

/** The points where a pipeline of run() is measured, for Meters.attach(). */
export function pipelinePoints(
  graph: Wiring,
  handle: (element: string) => ElementHandle,
  names: MeterPadNames = {},
): MeterPoints {
  const { packets, raw, from, to } = meterPads(graph, names)
  const point = ({ element, pad }: NamedPad): PadPoint => ({ element: handle(element), pad })
  const points = raw.map(point)
  return {
    packets: packets.map(point),
    // A raw pad carries pictures or audio; its caps tell which, when data flows.
    pictures: points,
    audio: points,
    entries: from ? [point(from)] : [],
    exits: to ? [point(to)] : [],
  }
}
