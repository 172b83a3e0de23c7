import type { InspectOptions } from 'node:util'
import type { Draft, DraftElement, DraftLink, DraftPad, GraphData, GraphElement, GraphLink } from './data'
import { toDot } from './dot'
import { inspectGraph, printsMasked, type Inspect } from './inspect'
import { toJson } from './json'
import { planRows, referredTo } from '../launch/plan'
import { writeLaunch } from '../launch/write'
import { graphError, noElement } from '../elements/names'

/**
 * A graph of elements as a frozen value: read, store, compare, send or nest it. Made by pipeline(), gst`…` or
 * fromJSON(); run() runs it.
 */
export interface Graph extends GraphData {
  /** gst-launch-1.0 text with quoted values, which parses back to the same graph. Contains stream keys. */
  toLaunch(): string
  /** A drawing for Graphviz, for people: stream keys and passwords are masked, long values are cut. */
  toDot(): string
  /** Plain data for fromJSON(). Contains stream keys. */
  toJSON(): unknown
}

export class GraphValueObject implements Graph {
  readonly elements: readonly GraphElement[]
  readonly links: readonly GraphLink[]

  constructor(elements: readonly GraphElement[], links: readonly GraphLink[]) {
    this.elements = Object.freeze(elements)
    this.links = Object.freeze(links)
    Object.freeze(this)
  }

  toLaunch(): string {
    return writeLaunch(this)
  }

  toDot(): string {
    return toDot(this)
  }

  toJSON(): unknown {
    return toJson(this)
  }

  /** For console.log: stream keys and passwords are masked. */
  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: InspectOptions, inspect: Inspect): string {
    return inspectGraph(this, options, inspect)
  }
}

export function isGraph(value: unknown): value is Graph {
  return value instanceof GraphValueObject
}

/**
 * Completes a draft: numbers the elements without a name, resolves the links, freezes everything. Named elements count
 * too: the third queue is queue2, whatever the names of the others. `place` begins the message of ERR_GRAPH.
 */
export function finishGraph({ elements, links }: Draft, place: string): Graph {
  const names = numbered(elements, place)
  const byName = new Map(names.map((name, index) => [name, index]))
  const index = ({ element, pad }: DraftPad): DraftPad & { element: number } => {
    if (typeof element === 'number') return { element, pad }
    const found = byName.get(element)
    if (found === undefined) throw noElement(element, names, place)
    return { element: found, pad }
  }
  const indexed = links.map(({ from, to }): DraftLink => ({ from: index(from), to: index(to) }))
  // An element that text must refer to has a name from the start, so that the text gives the same graph.
  const given = elements.map(({ name }) => name !== null)
  for (let count = -1; count !== given.filter(Boolean).length; ) {
    count = given.filter(Boolean).length
    const drafts = elements.map((element, at) => ({ ...element, name: given[at] ? names[at]! : null }))
    for (const at of referredTo(planRows(drafts, indexed))) given[at] = true
  }
  const finished = elements.map(({ factory, props }, at) =>
    printsMasked({ name: names[at]!, named: given[at]!, factory, props }),
  )
  const named = ({ element, pad }: DraftPad) => Object.freeze({ element: names[index({ element, pad }).element]!, pad })
  return new GraphValueObject(
    finished,
    indexed.map(({ from, to }) => Object.freeze({ from: named(from), to: named(to) })),
  )
}

function numbered(elements: readonly DraftElement[], place: string): string[] {
  const given = new Set<string>()
  for (const { name } of elements) {
    if (name === null) continue
    if (given.has(name)) throw graphError(place, `two elements are named ${name}`)
    given.add(name)
  }
  const counts = new Map<string, number>()
  return elements.map(({ factory, name }) => {
    for (let count = counts.get(factory) ?? 0; ; count++) {
      counts.set(factory, count + 1)
      if (name !== null) return name
      if (!given.has(`${factory}${count}`)) return `${factory}${count}`
    }
  })
}
