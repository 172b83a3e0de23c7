import type { Description } from '../addon/pipeline'
import type { Graph, GraphElement } from '../pipelines/graph/graph'
import { liveChoice } from '../pipelines/live'
import { withQueues } from '../pipelines/live-queues'

let serial = 0

export interface NativeOptions {
  /** Whether the addon counts the buffers of all pads from the start. */
  readonly counted?: boolean
  /** Whether the program pushes into the appsrcs, with push(). */
  readonly pushed?: boolean
  /** Whether the source is live, but does not tell GStreamer so. */
  readonly live?: boolean
}

/** Converts a graph to the form that the addon takes. */
export function toNative(graph: Graph, options: NativeOptions = {}): Description {
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
 * Properties of an appsrc for push(), where the program sets none. GStreamer's defaults suit byte streams, and programs
 * that watch the queue themselves: less than one picture of 1080p fills the queue, and it takes more all the same. Here
 * a worker pushes, and may wait.
 */
const PUSHED = { format: 'time', block: true, 'emit-signals': false, 'max-bytes': 32 << 20, 'max-time': 1_000_000_000 }

/** Whether the graph sets neither caps nor format of an appsrc. The first push then decides its format. */
export function isUntyped({ props }: GraphElement): boolean {
  return props.format === undefined && props.caps === undefined
}
