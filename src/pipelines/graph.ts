import { RxGstError } from '../core/errors'

/**
 * Graphs as plain values: elements with properties, and links between their pads. Nothing here knows GStreamer; a value
 * can therefore never become an element, and a graph can be compared, printed and tested as data.
 */
export type GstValue = string | number | boolean | bigint
export type Props = Readonly<Record<string, GstValue>>
/** A list is a set of alternatives, as { I420, NV12 } in caps. */
export type CapsFields = Readonly<Record<string, GstValue | readonly GstValue[]>>

export interface GraphElement {
  readonly name: string
  readonly factory: string
  readonly props: Props
  /** Caps of a capsfilter, appsink or appsrc. */
  readonly caps: string | null
}

export interface GraphPad {
  readonly element: string
  /** null: any that fits. */
  readonly pad: string | null
}

export interface GraphLink {
  readonly from: GraphPad
  readonly to: GraphPad
}

export interface Graph {
  readonly elements: readonly GraphElement[]
  readonly links: readonly GraphLink[]
}

export type Part =
  | { readonly kind: 'element'; readonly factory: string; readonly props: Props; readonly caps: string | null }
  | { readonly kind: 'branch'; readonly from: GraphPad | null; readonly parts: readonly Part[] }
  | { readonly kind: 'pad'; readonly to: GraphPad }

/** An element; `props.name` names it, `caps` are its own filter (appsink, appsrc, capsfilter). */
export function el(factory: string, props: Props = {}, capsText: string | null = null): Part {
  return { kind: 'element', factory, props, caps: capsText }
}

/** A capsfilter. */
export function caps(media: string, fields: CapsFields = {}): Part {
  return el('capsfilter', {}, capsString(media, fields))
}

/** Starts at a pad of a named element: branch('demux.video', …). */
export function branch(from: string, ...parts: Part[]): Part {
  return { kind: 'branch', from: padOf(from), parts }
}

/** A chain of its own beside the others, from its first element on. */
export function chain(...parts: Part[]): Part {
  return { kind: 'branch', from: null, parts }
}

/** Ends at a pad of a named element: pad('mux.audio'). */
export function pad(name: string): Part {
  return { kind: 'pad', to: padOf(name) }
}

/** Links its parts one behind the other; a branch stands beside them. */
export function pipeline(...parts: Part[]): Graph {
  const elements: GraphElement[] = []
  const links: GraphLink[] = []
  const counts = new Map<string, number>()
  const given = givenNames(parts)
  const nextName = (factory: string): string => {
    for (let count = counts.get(factory) ?? 0; ; count++) {
      counts.set(factory, count + 1)
      if (!given.has(`${factory}${count}`)) return `${factory}${count}`
    }
  }

  const walk = (items: readonly Part[], start: GraphPad | null): void => {
    let from = start
    for (const part of items) {
      if (part.kind === 'branch') {
        walk(part.parts, part.from)
        continue
      }
      if (part.kind === 'pad') {
        if (from) links.push({ from, to: part.to })
        from = null
        continue
      }
      const { name: given, ...props } = part.props
      // Named ones count too: the third queue is queue2, whatever the others are called.
      const number = nextName(part.factory)
      const name = typeof given === 'string' ? given : number
      if (elements.some((other) => other.name === name)) throw new RxGstError('ERR_GRAPH', `two elements are named ${name}`)
      elements.push({ name, factory: part.factory, props, caps: part.caps })
      const here = { element: name, pad: null }
      if (from) links.push({ from, to: here })
      from = here
    }
  }
  walk(parts, null)
  return Object.freeze({ elements: Object.freeze(elements), links: Object.freeze(links) })
}

function givenNames(parts: readonly Part[], names = new Set<string>()): Set<string> {
  for (const part of parts) {
    if (part.kind === 'branch') givenNames(part.parts, names)
    else if (part.kind === 'element' && typeof part.props.name === 'string') names.add(part.props.name)
  }
  return names
}

function padOf(name: string): GraphPad {
  const dot = name.indexOf('.')
  if (dot < 0) return { element: name, pad: null }
  return { element: name.slice(0, dot), pad: name.slice(dot + 1) || null }
}

/** Caps in GStreamer's text form; every string is quoted, so none can add a field. */
export function capsString(media: string, fields: CapsFields = {}): string {
  return [media, ...Object.entries(fields).map(([key, value]) => `${key}=${capsValue(value)}`)].join(',')
}

function capsValue(value: GstValue | readonly GstValue[]): string {
  if (Array.isArray(value)) return `{${value.map(capsValue).join(',')}}`
  if (typeof value === 'number') return `(int)${value}`
  if (typeof value === 'boolean') return `(boolean)${value}`
  const text = String(value)
  if (/^\d+\/\d+$/.test(text)) return `(fraction)${text}`
  return `(string)"${text.replace(/[\\"]/g, '\\$&')}"`
}
