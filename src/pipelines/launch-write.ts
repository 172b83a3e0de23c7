import type { DraftPad, GraphData, GraphElement } from './graph-data'
import { planRows } from './launch-plan'
import { isInlineCaps } from './launch-tokens'
import { quoteValue } from './launch-values'

/** gst-launch-1.0 syntax: one row a line, every value quoted, so that none is ever read as syntax. */
export function writeLaunch({ elements, links }: GraphData): string {
  const index = new Map(elements.map(({ name }, at) => [name, at]))
  const drafts = elements.map(({ name, named, factory, props }) => ({ name: named ? name : null, factory, props }))
  const pad = ({ element, pad }: { element: string; pad: string | null }): DraftPad => ({ element: index.get(element)!, pad })
  const rows = planRows(drafts, links.map(({ from, to }) => ({ from: pad(from), to: pad(to) })))
  const reference = ({ element, pad }: DraftPad): string => `${elements[element as number]!.name}.${pad ?? ''}`
  const lines = rows.map(({ from, items, to }) => {
    const texts: string[] = from ? [reference(from)] : []
    items.forEach(({ element, pads: [source, sink] }, at) => {
      if (source !== null) texts[texts.length - 1] += ` .${source}`
      // Caps stand between two links alone, and have no pads.
      const between = (at > 0 || from !== null) && (at < items.length - 1 || to !== null) && sink === null && !items[at + 1]?.pads[0]
      texts.push((sink === null ? '' : `.${sink} `) + writeElement(elements[element]!, between))
    })
    if (to) texts.push(reference(to))
    return texts.join(' ! ')
  })
  return lines.join('\n')
}

function writeElement({ factory, name, named, props }: GraphElement, between: boolean): string {
  const { caps, ...others } = props
  if (between && factory === 'capsfilter' && !named && typeof caps === 'string' && Object.keys(others).length === 0 && isInlineCaps(caps)) return caps
  const settings = Object.entries(props).map(([property, value]) => ` ${property}=${quoteValue(value)}`)
  return factory + (named ? ` name=${quoteValue(name)}` : '') + settings.join('')
}
