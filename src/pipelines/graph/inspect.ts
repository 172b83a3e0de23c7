import type { InspectOptions } from 'node:util'
import type { GraphData, GraphElement, GraphPad } from './data'
import { maskedValue } from './secrets'

/** The console.log output of graphs and parts: for people, so keys and passwords are masked. */

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

export type Inspect = (value: unknown, options: InspectOptions) => string

export function inspectGraph({ elements, links }: GraphData, options: InspectOptions, inspect: Inspect): string {
  const padText = ({ element, pad }: GraphPad): string => (pad === null ? element : `${element}.${pad}`)
  const pads = links.map(({ from, to }) => `${padText(from)} ! ${padText(to)}`)
  return `Graph ${inspect({ elements, links: pads }, options)}`
}

/** Freezes an element and its properties, whose printed form is masked, also outside of the graph. */
export function printsMasked(element: GraphElement): GraphElement {
  const shown = (): Record<string, unknown> =>
    Object.fromEntries(Object.keys(element.props).map(property => [property, maskedValue(element, property)]))
  const props = Object.freeze(Object.defineProperty({ ...element.props }, INSPECT, { value: shown }))
  return Object.freeze({ ...element, props })
}
