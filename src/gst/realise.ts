import { RxGstError } from '../core/errors'
import type { Graph, GraphElement, GraphValue } from '../pipelines/graph'
import { debianPackage } from './debian'
import { loadGst, type Gst } from './load'
import type { GstElement, GstPipeline } from './types'

/** A graph made of GStreamer objects, in state NULL. JS holds every one until it has stopped. */
export interface Realised {
  readonly pipeline: GstPipeline
  readonly elements: ReadonlyMap<string, GstElement>
  /** Links whose source pad comes with the data; the addon makes them. */
  readonly late: readonly { readonly from: string; readonly pad: string; readonly to: string }[]
  addressOf(name: string): number
  addressOfPipeline(): number
}

let serial = 0

export function realise(graph: Graph): Realised {
  const g = loadGst()
  const pipeline = g.gst.Pipeline.new(`rxgst-${++serial}`)
  const elements = new Map<string, GstElement>()
  for (const part of graph.elements) {
    const element = make(g, part)
    elements.set(part.name, element)
    pipeline.add(element)
  }
  const find = (name: string): GstElement => {
    const element = elements.get(name)
    if (!element) throw new RxGstError('ERR_GRAPH', `there is no element named ${name}`)
    return element
  }
  const late: { from: string; pad: string; to: string }[] = []
  for (const { from, to } of graph.links) {
    const source = find(from.element)
    // A pad that is named and not there is one that comes later, as a demuxer's.
    if (from.pad !== null && !source.getStaticPad(from.pad)) {
      late.push({ from: from.element, pad: from.pad, to: to.element })
      find(to.element)
      continue
    }
    if (!source.linkPads(from.pad, find(to.element), to.pad)) {
      throw new RxGstError('ERR_LINK', `${from.element} cannot be linked to ${to.element}`, { element: from.element })
    }
  }
  return {
    pipeline,
    elements,
    late,
    addressOf: (name) => g.addressOf(find(name)),
    addressOfPipeline: () => g.addressOf(pipeline),
  }
}

function make(g: Gst, part: GraphElement): GstElement {
  const element = g.gst.ElementFactory.make(part.factory, part.name)
  if (!element) {
    throw new RxGstError('ERR_MISSING_PLUGIN', `GStreamer has no element ${part.factory}: install the Debian package ${debianPackage(part.factory)}`, { element: part.factory })
  }
  for (const [name, value] of Object.entries(part.props)) setProperty(g, element, name, value)
  return element
}

/**
 * A value goes into a property of its own type exactly as it is, above all a string into one of strings; only where the
 * types differ is it read from text (nicks of enums, caps, a number for a string), since reading would unquote a string
 * that begins with a quotation mark.
 */
function setProperty(g: Gst, element: GstElement, name: string, value: GraphValue): void {
  try {
    element.setProperty(name, value)
  } catch {
    g.gst.utilSetObjectArg(element, name, String(value))
  }
}
