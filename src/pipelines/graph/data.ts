/**
 * Graphs as plain values: elements with properties, and links between their pads. Nothing here knows GStreamer; a value
 * can therefore never become an element, and a graph can be compared, printed and tested as data.
 */
export type GstValue = string | number | boolean | bigint
/** Properties by GStreamer's names; camelCase is the same name as kebab-case. */
export type Props = Readonly<Record<string, GstValue>>

/** What a graph holds of a GstValue: a bigint, and a number past 2⁵³, as its decimal digits. */
export type GraphValue = string | number | boolean

/** An element of a graph. */
export interface GraphElement {
  /** Unique in the graph. */
  readonly name: string
  /** Whether the program gave the name, or a link needs it; false: numbered by factory, and anew where it is nested. */
  readonly named: boolean
  /** GStreamer's name of its kind, such as 'x264enc'. */
  readonly factory: string
  /**
   * By kebab-case name, without `name`; `child::property` is a property of a child, such as a pad that a link makes. A
   * string is the value itself, never text to be unquoted; `caps` is canonical text (src/pipelines/caps/text.ts).
   */
  readonly props: Readonly<Record<string, GraphValue>>
}

/** An end of a link. */
export interface GraphPad {
  /** The element's name. */
  readonly element: string
  /**
   * A pad that is there, a request pad's name or template (`sink_%u`), or one that comes later. null: any that fits.
   */
  readonly pad: string | null
}

/** In the order in which they are made, which numbers request pads. */
export interface GraphLink {
  /** The pad that gives. */
  readonly from: GraphPad
  /** The pad that takes. */
  readonly to: GraphPad
}

/** The inside of a graph. */
export interface GraphData {
  /** In the order in which they were written. */
  readonly elements: readonly GraphElement[]
  /** In the order in which they are made. */
  readonly links: readonly GraphLink[]
}

/** One inside of a graph that still lacks names: links go by index, or by a name that somebody gave. */
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
