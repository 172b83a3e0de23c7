import type { InspectOptions } from 'node:util'
import type { GraphData, GraphElement, GraphPad } from './data'
import { maskedValue } from './secrets'

/** What console.log shows of a graph, and of its parts: for people, so that keys and passwords are masked in it. */

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

export type Inspect = (value: unknown, options: InspectOptions) => string

export function inspectGraph({ elements, links }: GraphData, options: InspectOptions, inspect: Inspect): string {
  const padText = ({ element, pad }: GraphPad): string => (pad === null ? element : `${element}.${pad}`)
  const pads = links.map(({ from, to }) => `${padText(from)} ! ${padText(to)}`)
  return `Graph ${inspect({ elements, links: pads }, options)}`
}

/** The element with properties that print masked, also where they are taken out of the graph. Both are then frozen. */
export function printsMasked(element: GraphElement): GraphElement {
  const shown = (): Record<string, unknown> =>
    Object.fromEntries(Object.keys(element.props).map(property => [property, maskedValue(element, property)]))
  const props = Object.freeze(Object.defineProperty({ ...element.props }, INSPECT, { value: shown }))
  return Object.freeze({ ...element, props })
}
