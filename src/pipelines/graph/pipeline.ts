import { endsRow } from '../elements/knowledge'
import type { DraftElement, DraftLink, DraftPad } from './data'
import { openEnds } from './ends'
import { finishGraph, type Graph } from './value'
import { graphError } from '../elements/names'
import { nodesOf, type Part, type PartNode } from './part'

/**
 * Links its parts in order; branches and chains are separate rows. A graph among the parts becomes part of this graph:
 * its open start and end are linked, and its elements without a name get new numbers.
 */
export function pipeline(...parts: readonly (Part | Graph)[]): Graph {
  const flat = new Flattening()
  flat.row(nodesOf(parts, 'pipeline()'), null, 'pipeline()')
  return finishGraph(flat, 'pipeline()')
}

/** Limit of nested branches and chains, because each is a recursive call. */
const MOST_NESTED = 100

/** The end of a row so far: a pad to link from, no element yet, or the closed end of a graph. */
type End = DraftPad | 'start' | 'closed'

class Flattening {
  readonly elements: DraftElement[] = []
  readonly links: DraftLink[] = []
  #depth = 0

  /** Adds a row, then its branches: the order of gst-launch text, which never interrupts a row. */
  row(nodes: readonly PartNode[], from: DraftPad | null, place: string): void {
    let end: End = from ?? 'start'
    const later: (() => void)[] = []
    nodes.forEach((node, at) => {
      const here = `${place}, part ${at + 1}`
      switch (node.kind) {
        case 'element':
          if (end === 'closed')
            throw graphError(here, 'the graph before it has no open end: put that one into a chain()')
          end = this.#link(end, { element: this.#add(node), pad: null })
          break
        case 'pad':
          if (typeof end === 'string') throw graphError(here, `nothing stands before ${node.place}`)
          this.#link(end, node.to)
          end = 'start'
          break
        case 'branch':
          later.push(() => this.row(node.parts, node.from, node.place))
          break
        case 'graph':
          end = this.#nest(node.graph, end, here, later)
      }
    })
    if (later.length > 0 && ++this.#depth > MOST_NESTED)
      throw graphError(place, `more than ${MOST_NESTED} branches in branches`)
    for (const branch of later) branch()
    if (later.length > 0) this.#depth--
  }

  #nest(graph: Graph, before: End, place: string, later: (() => void)[]): End {
    const { elements, links } = graph
    if (elements.length === 0) return before
    const { start, end, row } = openEnds(graph)
    const linked = typeof before === 'object' && !(!start && this.#isEnd(before))
    if (linked && !start) throw graphError(place, 'the graph has no open start: put it into a chain()')
    if (before === 'closed' && start)
      throw graphError(place, 'the graph before it has no open end: put that one into a chain()')
    const indexes = new Map<string, number | string>()
    const add = (from: number, to: number) => {
      for (const element of elements.slice(from, to)) {
        indexes.set(element.name, this.#add({ ...element, name: element.named ? element.name : null }))
      }
    }
    const pad = ({ element, pad }: { element: string; pad: string | null }): DraftPad => ({
      element: indexes.get(element) ?? element,
      pad,
    })
    if (linked) this.#link(before, { element: this.elements.length, pad: null })
    add(0, row.length + 1)
    for (const link of row) this.links.push({ from: pad(link.from), to: pad(link.to) })
    later.push(() => {
      add(row.length + 1, elements.length)
      for (const link of links) if (!row.includes(link)) this.links.push({ from: pad(link.from), to: pad(link.to) })
    })
    return end ? pad({ element: elements[row.length]!.name, pad: null }) : 'closed'
  }

  /** Whether the row ends here: a sink before a graph that begins with a source is not linked. */
  #isEnd({ element }: DraftPad): boolean {
    return typeof element === 'number' && endsRow(this.elements[element]!.factory)
  }

  #add({ factory, name, props }: DraftElement): number {
    return this.elements.push({ factory, name, props }) - 1
  }

  #link(from: End, to: DraftPad): DraftPad {
    if (typeof from === 'object') this.links.push({ from, to })
    return to
  }
}
