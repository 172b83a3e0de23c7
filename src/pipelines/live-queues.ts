import type { GraphData, GraphElement, GraphLink } from './graph/data'

/**
 * Adds a queue before each pad of an element that joins streams of one source, if the program has put none there.
 * Without it, the thread that brings both streams waits with the first for the second. A demuxer link without pad names
 * stays: its pad is chosen at run time, and a queue fits every stream.
 */
export function withQueues(graph: GraphData): GraphData {
  const elements: GraphElement[] = [...graph.elements]
  const links = graph.links.flatMap((link): GraphLink[] => {
    if (!needsQueue(graph, link)) return [link]
    const name = freeName(elements)
    elements.push({ name, named: false, factory: 'queue', props: {} })
    const [input, output] = ['sink', 'src'].map(pad => ({ element: name, pad }))
    return [
      { from: link.from, to: input! },
      { from: output!, to: link.to },
    ]
  })
  return { elements, links }
}

function needsQueue(graph: GraphData, link: GraphLink): boolean {
  const others = graph.links.filter(other => other !== link && other.to.element === link.to.element)
  const comesLate = factoryOf(graph, link.from.element).includes('demux')
  if (others.length === 0 || (comesLate && link.to.pad === null)) return false
  const own = thread(graph, link)
  return own !== null && others.some(other => feeders(graph, other).some(name => own.includes(name)))
}

/** The elements whose thread brings the data of a link, up to their source; null: a queue has its own thread. */
function thread(graph: GraphData, link: GraphLink): readonly string[] | null {
  const names: string[] = []
  for (let at = link; ; ) {
    const { element } = at.from
    const inputs = graph.links.filter(({ to }) => to.element === element)
    // An element that joins streams, and a queue, have their own thread.
    if (inputs.length > 1 || factoryOf(graph, element).includes('queue') || names.includes(element)) return null
    names.push(element)
    if (inputs.length === 0) return names
    at = inputs[0]!
  }
}

/** All elements before a link, nearest first. */
function feeders(graph: GraphData, link: GraphLink): readonly string[] {
  const names: string[] = [link.from.element]
  for (const name of names) {
    for (const { from, to } of graph.links)
      if (to.element === name && !names.includes(from.element)) names.push(from.element)
  }
  return names
}

function factoryOf({ elements }: GraphData, name: string): string {
  return elements.find(element => element.name === name)?.factory ?? ''
}

function freeName(elements: readonly GraphElement[]): string {
  for (let number = 0; ; number++) {
    const name = `live-queue-${number}`
    if (!elements.some(element => element.name === name)) return name
  }
}
