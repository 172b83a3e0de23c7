import { endsRow } from '../elements/knowledge'
import type { DraftElement, DraftLink, DraftPad } from './data'
import { openEnds } from './ends'
import { finishGraph, type Graph } from './value'
import { graphError } from '../elements/names'
import { nodesOf, type Part, type PartNode } from './part'

/**
 * Links its parts one behind the other; branches and chains stand beside them. A graph among the parts becomes part of
 * this one: its open start and end are links of the row, elements that nobody named are numbered anew.
 */
export function pipeline(...parts: readonly (Part | Graph)[]): Graph {
  const flat = new Flattening()
  flat.row(nodesOf(parts, 'pipeline()'), null, 'pipeline()')
  return finishGraph(flat, 'pipeline()')
}

/** Branches and chains in one another: each is a call in a call. */
const MOST_NESTED = 100

/** Where a row has come to: a pad to link from, nowhere, or the closed end of a graph. */
type End = DraftPad | 'start' | 'closed'

class Flattening {
  readonly elements: DraftElement[] = []
  readonly links: DraftLink[] = []
  #depth = 0

  /** A row first, then the branches in it: the order of gst-launch text, in which a row is never interrupted. */
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

  /** A sink before a graph that begins with a source: nothing is meant to go on. */
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
