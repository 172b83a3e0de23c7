import type { DraftPad, GraphData, GraphElement } from '../graph/data'
import { planRows } from './plan'
import { isInlineCaps } from './tokens'
import { quoteValue } from './values'

/** Writes gst-launch-1.0 text: one row per line, every value quoted, so that no value is read as syntax. */
export function writeLaunch({ elements, links }: GraphData): string {
  const index = new Map(elements.map(({ name }, at) => [name, at]))
  const drafts = elements.map(({ name, named, factory, props }) => ({ name: named ? name : null, factory, props }))
  const pad = ({ element, pad }: { element: string; pad: string | null }): DraftPad => ({
    element: index.get(element)!,
    pad,
  })
  const rows = planRows(
    drafts,
    links.map(({ from, to }) => ({ from: pad(from), to: pad(to) })),
  )
  const reference = ({ element, pad }: DraftPad): string => `${elements[element as number]!.name}.${pad ?? ''}`
  const lines = rows.map(({ from, items, to }) => {
    const texts: string[] = from ? [reference(from)] : []
    let afterCaps = false
    items.forEach(({ element, pads: [source, sink] }, at) => {
      if (source !== null) texts[texts.length - 1] += ` .${source}`
      const behind = items[at + 1] ? items[at + 1]!.pads[0] === null : to !== null
      // Caps stand between two links without own caps and pads.
      const caps =
        (at > 0 || from !== null) && behind && sink === null && !afterCaps ? inlineCaps(elements[element]!) : null
      afterCaps = caps !== null
      texts.push(caps ?? (sink === null ? '' : `.${sink} `) + writeElement(elements[element]!))
    })
    if (to) texts.push(reference(to))
    return texts.join(' ! ')
  })
  return lines.join('\n')
}

function writeElement({ factory, name, named, props }: GraphElement): string {
  const settings = Object.entries(props).map(([property, value]) => ` ${property}=${quoteValue(value)}`)
  return factory + (named ? ` name=${quoteValue(name)}` : '') + settings.join('')
}

function inlineCaps({ factory, named, props }: GraphElement): string | null {
  if (factory !== 'capsfilter' || named || typeof props.caps !== 'string' || Object.keys(props).length > 1) return null
  // GStreamer 1.26 removes a backslash from inline caps, 1.22 does not; both remove it from a property.
  return isInlineCaps(props.caps) && !props.caps.includes('\\') ? props.caps : null
}
