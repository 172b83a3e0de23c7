import type { GraphData, GraphPad } from './data'

/**
 * A graph as plain data:
 *
 *   {
 *     "elements": [
 *       { "factory": "videotestsrc", "props": { "num-buffers": 30 } },
 *       { "factory": "fakesink", "name": "end" }
 *     ],
 *     "links": [{ "from": "videotestsrc0", "to": "end" }]
 *   }
 *
 * Pads have the usual form, 'demux.video'. Elements without a name have the usual numbers, and links can refer to them.
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
