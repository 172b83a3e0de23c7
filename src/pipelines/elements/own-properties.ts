import type { GraphElement, GraphValue } from '../graph/data'
import { GraphValueObject, type Graph } from '../graph/value'

/**
 * The properties that the graphs of captures, outputs and trials set. Names, types and nicks differ between versions of
 * GStreamer and between cards. A graph sets a property in one form; this table has the other forms for other elements.
 * Tested with 1.22 and 1.26.
 */

/** Another form of a property: another name, other values, or both. */
interface Way {
  readonly name?: string
  /** Replacements of values; an unlisted value stays. `any` replaces every value. */
  readonly values?: Readonly<Record<string, GraphValue>>
}

interface Rules {
  /** The stream would be wrong without these properties. */
  readonly always?: string
  /** An element without these properties does not need them: a card without B-frames has no property for B-frames. */
  readonly whereThere?: string
  /** The stream is better with these properties, but works without. */
  readonly ifTaken?: string
  /** Other forms, tried in this order if the element does not accept the first form. */
  readonly otherwise?: Readonly<Record<string, readonly Way[]>>
}

const SINK = { always: 'sync async max-buffers drop caps', ifTaken: 'enable-last-sample qos' } as const
const ADDRESS = 'scheme host port application stream username password timeout' as const
const VA = {
  always: 'bitrate',
  whereThere: 'rate-control key-int-max b-frames ref-frames',
  ifTaken: 'target-usage',
} as const

const VA_AV1 = {
  always: 'bitrate hierarchical-level',
  whereThere: 'rate-control key-int-max',
  ifTaken: 'target-usage',
} as const

/** The elements of GStreamer 1.22 and of 1.26, which are different. */
const NVENC: Rules = {
  always: 'bitrate gop-size',
  whereThere: 'rate-control zero-reorder-delay b-frames rc-lookahead strict-gop',
  ifTaken: 'preset tune',
  // A different element in 1.26. It has a `tune`, for the presets p1 to p7, and still accepts the old names.
  // nvcudah264enc of 1.22 and 1.24 has the other names.
  otherwise: {
    preset: [{ values: { any: 'low-latency-hq' } }],
    'rate-control': [{ name: 'rc-mode' }],
    'zero-reorder-delay': [{ name: 'zerolatency' }],
    'b-frames': [{ name: 'bframes' }],
  },
}
const VAAPI: Rules = {
  always: 'bitrate',
  whereThere: 'rate-control keyframe-period max-bframes refs',
  ifTaken: 'quality-level',
}

const OWN: Readonly<Record<string, Rules>> = {
  appsrc: { always: 'format block is-live max-buffers max-bytes caps', ifTaken: 'max-time emit-signals' },
  appsink: SINK,
  fakesink: SINK,
  capsfilter: { always: 'caps' },
  queue: { always: 'max-size-buffers max-size-bytes max-size-time' },
  rxrtmpsrc: { always: `${ADDRESS} tc-url direct prompt script-data video-track audio-track` },
  rxrtmpsink: { always: `${ADDRESS} tc-url publish-by sync async async-connect qos enable-last-sample` },
  rtmp2src: { always: ADDRESS, ifTaken: 'idle-timeout' },
  rtmp2sink: { always: `${ADDRESS} sync async`, ifTaken: 'async-connect chunk-size qos enable-last-sample' },
  rtmpsrc: { always: 'location', ifTaken: 'timeout blocksize' },
  rtmpsink: { always: 'location sync async', ifTaken: 'qos enable-last-sample' },
  filesrc: { always: 'location' },
  rtspsrc: {
    always: 'location protocols latency',
    whereThere: 'user-id user-pw timeout tcp-timeout',
    ifTaken: 'buffer-mode drop-on-latency do-rtsp-keep-alive udp-reconnect',
  },
  tsdemux: { ifTaken: 'ignore-pcr' },
  srtsrc: {
    always: 'uri mode latency passphrase pbkeylen streamid localaddress localport',
    whereThere: 'keep-listening',
    ifTaken: 'auto-reconnect',
  },
  h264parse: { ifTaken: 'config-interval' },
  h265parse: { ifTaken: 'config-interval' },
  avdec_h264: { ifTaken: 'thread-type max-threads qos' },
  avdec_h265: { ifTaken: 'thread-type max-threads qos' },
  av1dec: { ifTaken: 'qos' },
  dav1ddec: { ifTaken: 'qos' },
  avenc_aac: {
    always: 'bitrate',
    ifTaken: 'aac-ms',
    // A boolean in 1.22; later, each of FFmpeg's three values has a nick.
    otherwise: { 'aac-ms': [{ values: { false: 'off', true: 'on' } }] },
  },
  x264enc: { always: 'bitrate tune key-int-max', ifTaken: 'speed-preset bframes vbv-buf-capacity option-string' },
  x265enc: { always: 'bitrate tune key-int-max option-string', ifTaken: 'speed-preset' },
  av1enc: {
    always: 'target-bitrate keyframe-max-dist usage-profile end-usage lag-in-frames min-quantizer max-quantizer',
    whereThere: 'row-mt',
    ifTaken: 'cpu-used buf-sz buf-initial-sz buf-optimal-sz tile-columns',
  },
  svtav1enc: {
    always: 'target-bitrate intra-period-length parameters-string',
    ifTaken: 'preset intra-refresh-type maximum-buffer-size',
  },
  openh264enc: {
    always: 'bitrate gop-size rate-control',
    ifTaken: 'max-bitrate scene-change-detection enable-frame-skip complexity usage-type',
  },
  // The elements of GStreamer 1.22 and of 1.26, which are different.
  nvh264dec: { whereThere: 'max-display-delay' },
  nvh264enc: NVENC,
  nvh265enc: NVENC,
  nvav1enc: NVENC,
  vah264enc: VA,
  vah264lpenc: VA,
  vah265enc: VA,
  vah265lpenc: VA,
  vaav1enc: VA_AV1,
  vaav1lpenc: VA_AV1,
  vaapih264enc: VAAPI,
  vaapih265enc: VAAPI,
}

/** Whether an element accepts a property with a value; null: no such property. */
export type Takes = (factory: string, property: string, value: GraphValue) => boolean | null

/** A property that could not be set as requested. */
export interface Unfit {
  readonly factory: string
  readonly property: string
  /** true: the stream must not begin without it. */
  readonly needed: boolean
}

export interface Fit {
  readonly graph: Graph
  readonly unfit: readonly Unfit[]
}

type Need = 'always' | 'whereThere' | 'ifTaken'

/** The importance of a property of our graphs; null: not in the table. */
export function needOf(factory: string, property: string): Need | null {
  const rules = OWN[factory]
  for (const need of ['always', 'whereThere', 'ifTaken'] as const) {
    if (rules?.[need]?.split(' ').includes(property)) return need
  }
  return null
}

/** Adapts a graph to the installed elements. A value out of range stays, and start() reports it. */
export function fitted(graph: Graph, takes: Takes): Fit {
  const unfit: Unfit[] = []
  const elements = graph.elements.map(element =>
    Object.freeze({ ...element, props: Object.freeze(propsOf(element, takes, unfit)) }),
  )
  return { graph: new GraphValueObject(elements, graph.links), unfit }
}

function propsOf({ factory, props }: GraphElement, takes: Takes, unfit: Unfit[]): Record<string, GraphValue> {
  const set: Record<string, GraphValue> = {}
  for (const [property, value] of Object.entries(props)) {
    const ways: readonly Way[] = [{}, ...(OWN[factory]?.otherwise?.[property] ?? [])]
    const said = ways.map(({ name = property, values }) => ({
      name,
      value: values?.[String(value)] ?? values?.['any'] ?? value,
    }))
    const taken = said.find(({ name, value }) => takes(factory, name, value) === true)
    const there = taken ?? said.find(({ name, value }) => takes(factory, name, value) === false)
    const need = needOf(factory, property) ?? 'always'
    if (taken || (there && need !== 'ifTaken')) set[there!.name] = there!.value
    else if (need !== 'whereThere') unfit.push({ factory, property, needed: need === 'always' })
  }
  return set
}
