import { RxGstError } from '../core/errors'
import type { MeterPadNames } from './meter'
import { shown } from '../pipelines/elements/names'

/** The part of a graph that is read here. */
export interface Wiring {
  readonly elements: readonly { readonly name: string; readonly factory: string }[]
  readonly links: readonly { readonly from: End; readonly to: End }[]
}

interface End {
  readonly element: string
  /** null: any pad that fits. */
  readonly pad: string | null
}

export interface NamedPad {
  readonly element: string
  readonly pad: string
}

export interface MeterPads {
  readonly packets: readonly NamedPad[]
  readonly raw: readonly NamedPad[]
  readonly from: NamedPad | null
  readonly to: NamedPad | null
}

const DEMUXER = /demux/
const MUXER = /mux/
const PARSER = /parse$/
const DECODER = /^avdec_|dec$/
const ENCODER = /^avenc_|enc$/

/**
 * Chooses the pads where a graph is measured. Encoded data: behind a demuxer, else before a muxer, else behind parsers,
 * else behind encoders. Raw data: behind decoders and before encoders. Latency: from the first source to the first
 * sink. All of these pads exist from the start: where a link has a pad that comes later, or on request, its other end
 * is used. ERR_UNKNOWN_ELEMENT: a name is of no element in the graph.
 */
export function meterPads(graph: Wiring, names: MeterPadNames = {}): MeterPads {
  const factories = new Map(graph.elements.map(({ name, factory }) => [name, factory]))
  const padOf = (name: string): NamedPad => {
    const pad = namedPad(name)
    if (!factories.has(pad.element))
      throw new RxGstError('ERR_UNKNOWN_ELEMENT', `pads: ${shown(name)} names no element of the graph`)
    return pad
  }
  const is = (element: string, kind: RegExp): boolean => kind.test(factories.get(element) ?? '')
  const after = (kind: RegExp): NamedPad[] =>
    graph.links
      .filter(({ from }) => is(from.element, kind))
      .map(({ to }) => ({ element: to.element, pad: to.pad ?? 'sink' }))
  const before = (kind: RegExp): NamedPad[] =>
    graph.links
      .filter(({ to }) => is(to.element, kind))
      .map(({ from }) => ({ element: from.element, pad: from.pad ?? 'src' }))
  const packets = [() => after(DEMUXER), () => before(MUXER), () => after(PARSER), () => after(ENCODER)]
  const ends = (side: 'from' | 'to'): string[] => graph.links.map(link => link[side].element)
  const source = graph.elements.find(({ name }) => ends('from').includes(name) && !ends('to').includes(name))
  const sink = graph.elements.find(({ name }) => ends('to').includes(name) && !ends('from').includes(name))
  return {
    packets: names.packets?.map(padOf) ?? packets.map(find => find()).find(found => found.length > 0) ?? [],
    raw: names.raw?.map(padOf) ?? [...after(DECODER), ...before(ENCODER)],
    from: names.from !== undefined ? padOf(names.from) : source ? { element: source.name, pad: 'src' } : null,
    to: names.to !== undefined ? padOf(names.to) : sink ? { element: sink.name, pad: 'sink' } : null,
  }
}

function namedPad(name: string): NamedPad {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? { element: name, pad: 'src' } : { element: name.slice(0, dot), pad: name.slice(dot + 1) }
}
