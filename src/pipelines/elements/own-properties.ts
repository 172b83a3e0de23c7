import type { GraphElement, GraphValue } from '../graph/data'
import { GraphValueObject, type Graph } from '../graph/value'

/**
 * Every property that the graphs of captures, outputs and trials set. Names, types and nicks differ between versions of
 * GStreamer, and between cards: a graph says what it wants in one way, and here stands what is done where the element
 * that is there does not take it so. Tested with 1.22 and 1.26.
 */

/** Another way to say the same: another name, other values, or both. */
interface Way {
  readonly name?: string
  /** What is said instead; a value that is not listed stays. `any`: whatever was wanted. */
  readonly values?: Readonly<Record<string, GraphValue>>
}

interface Rules {
  /** The stream would not be the one that was asked for without them. */
  readonly always?: string
  /** An element that lacks one needs it not: a card that makes no B-frames has no property for them. */
  readonly whereThere?: string
  /** It is better with them, and does without. */
  readonly ifTaken?: string
  /** Tried in this order, where the first way is not taken. */
  readonly otherwise?: Readonly<Record<string, readonly Way[]>>
}

const SINK = { always: 'sync async max-buffers drop caps', ifTaken: 'enable-last-sample qos' } as const
const ADDRESS = 'scheme host port application stream username password timeout' as const
const VA = {
  always: 'bitrate',
  whereThere: 'rate-control key-int-max b-frames ref-frames',
  ifTaken: 'target-usage',
} as const

const OWN: Readonly<Record<string, Rules>> = {
  appsrc: { always: 'format block is-live max-buffers max-bytes caps', ifTaken: 'max-time emit-signals' },
  appsink: SINK,
  fakesink: SINK,
  capsfilter: { always: 'caps' },
  queue: { always: 'max-size-buffers max-size-bytes max-size-time' },
  rtmp2src: { always: ADDRESS, ifTaken: 'idle-timeout' },
  rtmp2sink: { always: `${ADDRESS} sync async`, ifTaken: 'async-connect chunk-size qos enable-last-sample' },
  rtmpsrc: { always: 'location', ifTaken: 'timeout blocksize' },
  rtmpsink: { always: 'location sync async', ifTaken: 'qos enable-last-sample' },
  h264parse: { ifTaken: 'config-interval' },
  avdec_h264: { ifTaken: 'thread-type max-threads qos' },
  avenc_aac: {
    always: 'bitrate',
    ifTaken: 'aac-ms',
    // A boolean in 1.22; since then each of the three values of FFmpeg's option has a nick.
    otherwise: { 'aac-ms': [{ values: { false: 'off', true: 'on' } }] },
  },
  x264enc: { always: 'bitrate tune key-int-max', ifTaken: 'speed-preset bframes vbv-buf-capacity option-string' },
  openh264enc: {
    always: 'bitrate gop-size rate-control',
    ifTaken: 'max-bitrate scene-change-detection enable-frame-skip complexity usage-type',
  },
  // GStreamer 1.22's, and 1.26's, which is another element.
  nvh264dec: { whereThere: 'max-display-delay' },
  nvh264enc: {
    always: 'bitrate gop-size',
    whereThere: 'rate-control zero-reorder-delay b-frames rc-lookahead strict-gop',
    ifTaken: 'preset tune',
    // Another element in 1.26, with a `tune`, with which p1 to p7 go, and the names of the older one all the same;
    // nvcudah264enc of 1.22 and 1.24 has the others.
    otherwise: {
      preset: [{ values: { any: 'low-latency-hq' } }],
      'rate-control': [{ name: 'rc-mode' }],
      'zero-reorder-delay': [{ name: 'zerolatency' }],
      'b-frames': [{ name: 'bframes' }],
    },
  },
  vah264enc: VA,
  vah264lpenc: VA,
  vaapih264enc: {
    always: 'bitrate',
    whereThere: 'rate-control keyframe-period max-bframes refs',
    ifTaken: 'quality-level',
  },
}

/** Whether an element can be made with a property of that value; null: it has no such property. */
export type Takes = (factory: string, property: string, value: GraphValue) => boolean | null

/** A property that is not set as it was wanted. */
export interface Unfit {
  readonly factory: string
  readonly property: string
  /** The stream must not begin without it. */
  readonly needed: boolean
}

export interface Fit {
  readonly graph: Graph
  readonly unfit: readonly Unfit[]
}

type Need = 'always' | 'whereThere' | 'ifTaken'

/** How much a property of ours matters; null: the table does not know it. */
export function needOf(factory: string, property: string): Need | null {
  const rules = OWN[factory]
  for (const need of ['always', 'whereThere', 'ifTaken'] as const) {
    if (rules?.[need]?.split(' ').includes(property)) return need
  }
  return null
}

/**
 * The graph in the words of the elements that are there. A value that is out of range stays, for the error to say so.
 */
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
