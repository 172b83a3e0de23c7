import * as assert from 'uvu/assert'
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
  // In ids all that is neither letter nor digit is a line.
  const byName = new Map(elements.map((element, at) => [element.name.replace(/[^A-Za-z0-9]/g, '_'), at]))
  assert.is(byName.size, elements.length, 'each has a name of its own')
  const end = (id: string): { element: number; pad: string } | null => {
    // Since 1.26 the name of each node begins with node_.
    const [, name, pad] = /^(?:node_)?(\w+?)_0x[0-9a-f]+_(?:node_)?(\w+)_0x[0-9a-f]+$/.exec(id) ?? []
    const element = name === undefined ? undefined : byName.get(name)
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
