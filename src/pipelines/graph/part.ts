import type { CapsFields } from '../caps/value'
import { capsText } from '../caps/text'
import type { ElementFactory, ElementProps } from '../elements/element-props'
import type { GraphPad, GraphValue } from './data'
import { isGraph, type Graph } from './value'
import { checkFactory, graphError, isPlain, parsePad } from '../elements/names'
import { checkProps } from '../elements/props'

declare const opaque: unique symbol

/** A part of a graph: an element, a caps filter, a branch, or the pad at which a row ends. */
export interface Part {
  readonly [opaque]: true
}

export type PartNode =
  | {
      readonly kind: 'element'
      readonly factory: string
      readonly name: string | null
      readonly props: Readonly<Record<string, GraphValue>>
    }
  | {
      readonly kind: 'branch'
      readonly from: GraphPad | null
      readonly parts: readonly PartNode[]
      readonly place: string
    }
  | { readonly kind: 'pad'; readonly to: GraphPad; readonly place: string }
  | { readonly kind: 'graph'; readonly graph: Graph }

class PartObject implements Part {
  declare readonly [opaque]: true
  readonly #node: PartNode

  constructor(node: PartNode) {
    this.#node = node
    Object.freeze(this)
  }

  static node(value: unknown): PartNode | null {
    return value instanceof PartObject ? value.#node : null
  }
}

/**
 * An element, with GStreamer's names. camelCase and kebab-case are the same name; `name` names the element.
 *
 *   el('x264enc', { name: 'enc', bitrate: 2500, speedPreset: 'veryfast', 'key-int-max': 60 })
 */
export function el<const Factory extends string>(
  factory: Factory | ElementFactory,
  props?: ElementProps<Factory>,
): Part {
  const place = `el(${isPlain(factory) ? factory : '…'})`
  return new PartObject({
    kind: 'element',
    factory: checkFactory(factory, place),
    ...checkProps(factory, (props as object | undefined) ?? {}, place),
  })
}

/**
 * A caps filter: a media type with fields, or whole caps as text.
 *
 *   caps('video/x-raw', { format: ['I420', 'NV12'], width: { min: 16, max: 1920 }, framerate: '30/1' })
 *   caps('video/x-raw(memory:VASurface), format=NV12; image/jpeg')
 */
export function caps(media: string, fields?: CapsFields): Part {
  return new PartObject({
    kind: 'element',
    factory: 'capsfilter',
    name: null,
    props: Object.freeze({ caps: capsText(media, fields) }),
  })
}

/** Starts a row at a pad of a named element: branch('demux.video', …), as `demux.video ! …` in gst-launch. */
export function branch(from: string, ...parts: readonly (Part | Graph)[]): Part {
  const place = `branch(${isPlain(from) ? from : '…'})`
  return new PartObject({ kind: 'branch', from: parsePad(from, place), parts: nodesOf(parts, place), place })
}

/** A separate row, from its first element on. */
export function chain(...parts: readonly (Part | Graph)[]): Part {
  return new PartObject({ kind: 'branch', from: null, parts: nodesOf(parts, 'chain()'), place: 'chain()' })
}

/** Ends a row at a pad of a named element: pad('mux.audio'), as `… ! mux.audio`. */
export function pad(name: string): Part {
  const place = `pad(${isPlain(name) ? name : '…'})`
  return new PartObject({ kind: 'pad', to: parsePad(name, place), place })
}

export function nodesOf(parts: readonly unknown[], place: string): readonly PartNode[] {
  return parts.map((part, at) => {
    const node = PartObject.node(part) ?? (isGraph(part) ? { kind: 'graph' as const, graph: part } : null)
    if (node) return node
    throw graphError(
      `${place}, part ${at + 1}`,
      'expected a part or a graph, not ' +
        `${Array.isArray(part) ? 'an array: spread it' : part === null ? 'null' : typeof part}`,
    )
  })
}
