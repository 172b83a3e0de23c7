import type { GraphData, GraphPad } from './data'

/**
 * The form of a graph as plain data:
 *
 * { "elements": [{ "factory": "videotestsrc", "props": { "num-buffers": 30 } }, { "factory": "fakesink", "name": "end"
 * }],
 *     "links": [{ "from": "videotestsrc0", "to": "end" }] }
 *
 * Pads are written as everywhere, 'demux.video'. Elements without a name are numbered as everywhere, and their numbers
 * can be referred to.
 */
export function toJson({ elements, links }: GraphData): unknown {
  return {
    elements: elements.map(({ factory, name, named, props }) => ({
      factory,
      ...(named ? { name } : {}),
      ...(Object.keys(props).length > 0 ? { props: { ...props } } : {}),
    })),
    links: links.map(({ from, to }) => ({ from: padText(from), to: padText(to) })),
  }
}

function padText({ element, pad }: GraphPad): string {
  return pad === null ? element : `${element}.${pad}`
}
