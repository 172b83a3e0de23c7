import type { GraphData, GraphElement } from './graph/data'

/** Live sources that GStreamer takes for files, because they say nothing about a clock. */
const SOURCES = new Set(['rxrtmpsrc', 'rtmp2src', 'rtmpsrc'])
/** Elements that make their source from an address. */
const OPENERS = new Set(['uridecodebin', 'uridecodebin3', 'urisourcebin', 'playbin', 'playbin3'])

/** Whether the graph reads an RTMP stream, which sends data at its own times. */
export function isLiveGraph(graph: Pick<GraphData, 'elements'>): boolean {
  return liveSources(graph).length > 0
}

/** Names of the elements that bring such a stream: sources, and elements that make their source. */
export function liveSources({ elements }: Pick<GraphData, 'elements'>): readonly string[] {
  const opens = ({ factory, props }: GraphElement): boolean => OPENERS.has(factory) && /^rtmp/i.test(String(props.uri))
  return elements.filter(element => SOURCES.has(element.factory) || opens(element)).map(({ name }) => name)
}

/** Names of the elements whose settings the program has chosen itself, and which stay unchanged. */
export interface LiveChoice {
  readonly async: readonly string[]
  readonly limits: readonly string[]
}

const LIMITS = ['max-size-buffers', 'max-size-bytes', 'max-size-time', 'leaky']

export function liveChoice({ elements }: Pick<GraphData, 'elements'>): LiveChoice {
  const having = (names: readonly string[]): string[] =>
    elements.filter(({ props }) => Object.keys(props).some(name => names.includes(kebab(name)))).map(({ name }) => name)
  return { async: having(['async']), limits: having(LIMITS) }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/** The ends of the graph: when each has its first buffer, the whole graph runs. */
export function lastElements({ elements, links }: GraphData): readonly GraphElement[] {
  const has = (name: string, side: 'from' | 'to'): boolean => links.some(link => link[side].element === name)
  return elements.filter(({ name }) => has(name, 'to') && !has(name, 'from'))
}
