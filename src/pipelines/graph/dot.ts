import type { GraphData, GraphElement, GraphValue } from './data'
import { maskedValue } from './secrets'

/** Longest text of a value in a drawing, characters. */
const LONGEST = 60

/** Draws a graph in Graphviz's language: a box per element, an arrow per link, with pads if they have names. */
export function toDot({ elements, links }: GraphData): string {
  const lines = [
    'digraph pipeline {',
    '  rankdir=LR',
    '  node [shape=box, style="rounded,filled", fillcolor="#f2f6fa", color="#8899aa", ' +
      'fontname="sans-serif", fontsize=10]',
    '  edge [color="#556677", fontname="sans-serif", fontsize=9]',
  ]
  for (const element of elements)
    lines.push(
      `  ${string(element.name)} [${isFilter(element) ? `shape=plain, style="", ` : ''}label=${label(element)}]`,
    )
  for (const { from, to } of links) {
    const pads = [from.pad && `taillabel=${string(from.pad)}`, to.pad && `headlabel=${string(to.pad)}`]
      .filter(Boolean)
      .join(', ')
    lines.push(`  ${string(from.element)} -> ${string(to.element)}${pads && ` [${pads}]`}`)
  }
  return [...lines, '}', ''].join('\n')
}

/** Whether the element is only caps between two links: then only the caps are drawn. */
function isFilter({ factory, named, props }: GraphElement): boolean {
  return factory === 'capsfilter' && !named && Object.keys(props).join() === 'caps'
}

function label(element: GraphElement): string {
  const { factory, name, named, props } = element
  if (isFilter(element))
    return string(
      readable(String(props.caps))
        .split(/,(?![^{[<]*[}\]>])/)
        .join('\n'),
    )
  // All lines but the heading are aligned left.
  const settings = Object.keys(props).map(
    property => `${escaped(`${property} = ${text(maskedValue(element, property))}`)}\\l`,
  )
  return `"${escaped(named ? `${factory}\n${name}` : factory)}${settings.length > 0 ? '\\n' : ''}${settings.join('')}"`
}

/** Caps without types and quotes, for people. */
function readable(caps: string): string {
  return caps
    .replace(/\((?:int|double|fraction|boolean|string|bitmask|g?u?int64)\)/g, '')
    .replace(/"([\w+/:.-]+)"/g, '$1')
}

function text(value: GraphValue): string {
  const whole = typeof value === 'string' ? readable(value) : String(value)
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole
}

function string(value: string): string {
  return `"${escaped(value)}"`
}

function escaped(value: string): string {
  return value
    .replace(/[\\"]/g, '\\$&')
    .replace(/\r?\n|\r/g, '\\n')
    .replace(/\p{Cc}/gu, '\ufffd')
}
