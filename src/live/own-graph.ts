import { RxGstError } from '../core/errors'
import type { Logger } from '../core/types'
import { native } from '../addon/binding'
import { resolveOutputOptions } from './output/options'
import { SILENT_LOGGER } from '../core/transport-options'
import { parseSrtUrl } from '../core/addresses/srt'
import { parseRtmpUrl } from '../core/url'
import { capturePipeline, inputPipeline } from '../pipelines/capture'
import { rtspInput } from '../pipelines/inputs/rtsp'
import { srtInput } from '../pipelines/inputs/srt'
import type { Graph } from '../pipelines/graph/graph'
import { audioPipeline, encodingPipeline, publisherPipeline } from '../pipelines/output'
import { fitted, type Unfit } from '../pipelines/elements/own-properties'
import { load } from '../engine/prepare'

/** Warnings that this process has logged already. */
const logged = new Set<string>()

/**
 * Fits one of the library's own graphs to the installed version of GStreamer, after prepare() has loaded its elements:
 * each property is checked, and spelt as this version wants it. ERR_GSTREAMER_VERSION: an element lacks a property
 * without which the stream cannot work.
 */
export function ownGraph(graph: Graph, logger: Logger): Graph {
  const { graph: fit, unfit } = fitted(graph, native().takes)
  for (const { factory, property, needed } of unfit) {
    const text = `${factory} of ${native().gstreamer().text} has no property ${property} as rxgst sets it`
    if (needed) throw new RxGstError('ERR_GSTREAMER_VERSION', text, { element: factory })
    // Without a logger the warning waits for the next stream that has one.
    if (logger === SILENT_LOGGER || logged.has(text)) continue
    logger.warn(`${text}: it goes without`)
    logged.add(text)
  }
  return fit
}

/** For a report: the properties of all such graphs, in software, that the installed elements do not take. */
export async function unfitProperties(): Promise<readonly Unfit[]> {
  const url = parseRtmpUrl('rtmp://user:word@host/app/stream')
  const options = resolveOutputOptions({ width: 640, height: 360 })
  const capture = { url, timeout: 5, decoder: 'avdec_h264', cores: 2, audioSampleRate: 48_000, audioChannels: 2 }
  const camera = { location: 'rtsp://host/stream', username: 'user', password: 'word' }
  const graphs = [
    inputPipeline(rtspInput(camera, 'tcp', 5000), { ...capture, throughput: false }),
    inputPipeline(srtInput(parseSrtUrl('srt://host:9000')), { ...capture, throughput: false }),
    ...['x264enc', 'openh264enc', 'x265enc', 'av1enc', 'svtav1enc'].map(factory =>
      encodingPipeline(options, { factory }),
    ),
    encodingPipeline(options, { factory: 'x264enc' }, options.bitrate, { width: 1280, height: 720 }),
    audioPipeline(options),
    ...(['rxrtmp', 'rtmp2', 'librtmp'] as const).flatMap(transport => [
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
