import { RxGstError } from '../core/errors'
import type { Logger } from '../core/types'
import { native } from '../addon/binding'
import { resolveOutputOptions } from './output/options'
import { SILENT_LOGGER } from '../core/transport-options'
import { parseRtmpUrl } from '../core/url'
import { capturePipeline } from '../pipelines/capture'
import type { Graph } from '../pipelines/graph/graph'
import { encodingPipeline, publisherPipeline } from '../pipelines/output'
import { fitted, type Unfit } from '../pipelines/elements/own-properties'
import { load } from '../engine/prepare'

/** What was told once, of this process's elements. */
const told = new Set<string>()

/**
 * A graph of ours for the elements that are there, once prepare() has loaded them: each property is checked, and said
 * as this version takes it. ERR_GSTREAMER_VERSION: an element lacks one without which there is no stream.
 */
export function ownGraph(graph: Graph, logger: Logger): Graph {
  const { graph: fit, unfit } = fitted(graph, native().takes)
  for (const { factory, property, needed } of unfit) {
    const text = `${factory} of ${native().gstreamer().text} has no property ${property} as rxgst sets it`
    if (needed) throw new RxGstError('ERR_GSTREAMER_VERSION', text, { element: factory })
    // A stream without a logger leaves it to the next one that has one.
    if (logger === SILENT_LOGGER || told.has(text)) continue
    logger.warn(`${text}: it goes without`)
    told.add(text)
  }
  return fit
}

/** The same of all graphs at once, in software, for a report: what the elements that are there do not take. */
export async function unfitProperties(): Promise<readonly Unfit[]> {
  const url = parseRtmpUrl('rtmp://user:word@host/app/stream')
  const options = resolveOutputOptions({ width: 640, height: 360 })
  const capture = { url, timeout: 5, decoder: 'avdec_h264', cores: 2, audioSampleRate: 48_000, audioChannels: 2 }
  const graphs = [
    ...['x264enc', 'openh264enc'].map(factory => encodingPipeline(options, { factory })),
    ...(['rtmp2', 'librtmp'] as const).flatMap(transport => [
      publisherPipeline(url, transport, 5),
      ...[true, false].map(throughput => capturePipeline({ ...capture, transport, throughput })),
    ]),
  ]
  const missing = await load([...new Set(graphs.flatMap(({ elements }) => elements.map(({ factory }) => factory)))])
  const unfit = graphs
    .flatMap(graph => fitted(graph, native().takes).unfit)
    .filter(({ factory }) => !missing.includes(factory))
  return [...new Map(unfit.map(one => [`${one.factory}.${one.property}`, one])).values()]
}
