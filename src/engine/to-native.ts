import type { Description } from '../addon/pipeline'
import type { Graph, GraphElement } from '../pipelines/graph/graph'
import { liveChoice } from '../pipelines/live'
import { withQueues } from '../pipelines/live-queues'

let serial = 0

export interface DescribeOptions {
  /** Whether its pads are counted from the start. */
  readonly counted?: boolean
  /** Whether a program pushes into its appsrcs, by push(). */
  readonly pushed?: boolean
  /** Whether its source is live and does not say so. */
  readonly live?: boolean
}

/** A graph as the addon takes it. */
export function describe(graph: Graph, options: DescribeOptions = {}): Description {
  const { counted = false, pushed = false, live = false } = options
  const { elements, links } = live ? withQueues(graph) : graph
  return {
    name: `rxgst-${++serial}`,
    elements: elements.map(element => ({
      name: element.name,
      factory: element.factory,
      props: Object.entries(pushed && element.factory === 'appsrc' ? { ...PUSHED, ...element.props } : element.props),
    })),
    links: links.map(({ from, to }) => [from.element, from.pad, to.element, to.pad]),
    counted,
    live: live ? liveChoice(graph) : null,
  }
}

/**
 * GStreamer's defaults are for byte streams and for programs that watch the queue themselves: less than one picture of
 * 1080p would fill it, and more would be taken all the same. Here a worker pushes, and may wait.
 */
const PUSHED = { format: 'time', block: true, 'emit-signals': false, 'max-bytes': 32 << 20, 'max-time': 1_000_000_000 }

/** Whether the graph leaves open what an appsrc carries: bytes then find out by themselves. */
export function isUntyped({ props }: GraphElement): boolean {
  return props.format === undefined && props.caps === undefined
}
