import { RxGstError } from '../core/errors'
import type { Logger } from '../core/types'
import { loadGst } from '../gst/load'
import { native } from '../native/binding'
import type { Graph } from '../pipelines/graph'
import { fitted } from '../pipelines/own-properties'

/** What was told once, of this process's elements. */
const told = new Set<string>()

/**
 * A graph of ours for the elements that are there, once prepare() has loaded them: each property is checked, and said as
 * this version takes it. ERR_GSTREAMER_VERSION: an element lacks one without which there is no stream.
 */
export function ownGraph(graph: Graph, logger: Logger): Graph {
  const { graph: fit, unfit } = fitted(graph, native().takes)
  for (const { factory, property, needed } of unfit) {
    const text = `${factory} of ${loadGst().gst.versionString()} has no property ${property} as rxgst sets it`
    if (needed) throw new RxGstError('ERR_GSTREAMER_VERSION', text, { element: factory })
    if (!told.has(text)) logger.warn(`${text}: it goes without`)
    told.add(text)
  }
  return fit
}
