import { gi } from '../../../src/gi/index'

/** What of node-gtk's GStreamer the comparison needs. */
export interface Element {
  readonly name: string
  getFactory(): { getName(): string } | null
  getProperty(name: string): unknown
  setProperty(name: string, value: unknown): void
  getChildrenCount?(): number
  getChildByIndex?(index: number): Element
}

interface Module {
  parseLaunch(text: string): Element
  debugBinToDotData(bin: Element, details: number): string
  ElementFactory: { make(factory: string, name: string | null): Element | null; find(name: string): object | null }
  Caps: { fromString(text: string): { toString(): string; isEqual(other: unknown): boolean } | null }
  utilSetObjectArg(element: Element, name: string, value: string): void
}

/** node-gtk's own: which GObject a wrapper stands for. */
const addressOf = (object: object): number =>
  (require('node-gtk') as { System: { addressOf(object: object): number } }).System.addressOf(object)

export const Gst = (): Module => gi() as Module

/** The elements of a pipeline in the order in which they were added; those of its bins in their place. */
export function elementsOf(pipeline: Element): Element[] {
  const factory = pipeline.getFactory()?.getName()
  if (factory !== 'pipeline' && factory !== 'bin') return [pipeline]
  const children = Array.from({ length: pipeline.getChildrenCount!() }, (_, at) => pipeline.getChildByIndex!(at))
  return children.reverse().flatMap(elementsOf)
}

export interface PadLink {
  readonly from: number
  readonly source: string
  readonly to: number
  readonly sink: string
}

/** The links that are made already, by the elements' places in `elements`; pads of bins are looked through. */
export function linksOf(pipeline: Element, elements: readonly Element[]): PadLink[] {
  const dot = Gst().debugBinToDotData(pipeline, 0)
  const next = new Map<string, string>()
  for (const [, from, to, rest] of dot.matchAll(/^\s*(\w+) -> (\w+)(.*)$/gm))
    if (!rest!.includes('invis')) next.set(from!, to!)
  const byAddress = new Map(elements.map((element, at) => [`0x${addressOf(element).toString(16)}`, at]))
  const end = (id: string): { element: number; pad: string } | null => {
    // Since 1.26 the name of each node begins with node_.
    const [, address, pad] = /_(0x[0-9a-f]+)_(?:node_)?(\w+)_0x[0-9a-f]+$/.exec(id) ?? []
    const element = address === undefined ? undefined : byAddress.get(address)
    return element === undefined ? null : { element, pad: pad! }
  }
  const found: PadLink[] = []
  for (const start of next.keys()) {
    const from = end(start)
    if (!from) continue
    let target = next.get(start)
    while (target !== undefined && !end(target)) target = next.get(target)
    const to = target === undefined ? null : end(target)
    if (to) found.push({ from: from.element, source: from.pad, to: to.element, sink: to.pad })
  }
  return found
}
