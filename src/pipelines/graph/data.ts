/**
 * Graphs as plain values: elements with properties, and links between their pads. This file does not use GStreamer. So
 * a value can never become an element, and a graph can be compared, printed and tested as data.
 */
export type GstValue = string | number | boolean | bigint
/** Properties by GStreamer's names; camelCase and kebab-case are the same name. */
export type Props = Readonly<Record<string, GstValue>>

/** The stored form of a GstValue: a bigint, and a number above 2⁵³, become decimal digits. */
export type GraphValue = string | number | boolean

/** An element of a graph. */
export interface GraphElement {
  /** Unique in the graph. */
  readonly name: string
  /** true: the program gave the name, or a link needs it; false: a number by factory, which nesting changes. */
  readonly named: boolean
  /** GStreamer's factory name, such as 'x264enc'. */
  readonly factory: string
  /**
   * Properties by kebab-case name, without `name`; `child::property` is a property of a child, such as a pad that a
   * link makes. A string is the value itself, never quoted text; `caps` is canonical text (src/pipelines/caps/text.ts).
   */
  readonly props: Readonly<Record<string, GraphValue>>
}

/** One end of a link. */
export interface GraphPad {
  /** The element's name. */
  readonly element: string
  /** A static pad, a request pad's name or template (`sink_%u`), or a sometimes pad; null: any pad that fits. */
  readonly pad: string | null
}

/** A link. Links are made in their order, which numbers request pads. */
export interface GraphLink {
  /** The source pad. */
  readonly from: GraphPad
  /** The sink pad. */
  readonly to: GraphPad
}

/** The content of a graph. */
export interface GraphData {
  /** In the order of writing. */
  readonly elements: readonly GraphElement[]
  /** In the order of linking. */
  readonly links: readonly GraphLink[]
}

/** The content of a graph without final names: links refer to elements by index, or by a given name. */
export interface Draft {
  readonly elements: readonly DraftElement[]
  readonly links: readonly DraftLink[]
}

export interface DraftElement {
  /** null: to be numbered. */
  readonly name: string | null
  readonly factory: string
  readonly props: Readonly<Record<string, GraphValue>>
}

export interface DraftPad {
  readonly element: number | string
  readonly pad: string | null
}

export interface DraftLink {
  readonly from: DraftPad
  readonly to: DraftPad
}
