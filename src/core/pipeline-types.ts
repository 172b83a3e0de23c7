/** What a pipeline's bus says. `detail` holds GStreamer's own fields, under its own names; times in it are ns. */
export interface BusMessage {
  /** 'error', 'warning', 'eos', 'state-changed', 'tag', 'element' … */
  readonly type: string
  /** The element's name. */
  readonly source: string
  /** Unix ms. */
  readonly time: number
  /** The message's fields, by GStreamer's names. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** An encoded packet. Times are µs of the pipeline's running time. */
export interface Packet {
  /** The bytes, in memory of its own. */
  readonly data: Uint8Array
  /** What they are, as GStreamer's caps. */
  readonly caps: string
  /** When it is shown, µs; null: not known. */
  readonly timestamp: number | null
  /** When it is decoded, µs; null: not known. */
  readonly dts: number | null
  /** µs; null: not known. */
  readonly duration: number | null
  /** Whether decoding can begin here. */
  readonly keyframe: boolean
  /** Whether it is a container's or codec's header. */
  readonly header: boolean
}

/** What went over a pad since the pipeline started; counted in the streaming thread, never in JS. */
export interface PadStats {
  /** 'element.pad'. */
  readonly pad: string
  /** What flows over it; null: nothing was agreed on yet. */
  readonly caps: string | null
  /** Buffers so far. */
  readonly buffers: number
  /** Bytes so far. */
  readonly bytes: number
  /** Of the buffers, those at which decoding can begin. */
  readonly keyframes: number
  /** µs of the pipeline's running time. */
  readonly lastTimestamp: number | null
  /** `performance.now()`. */
  readonly lastArrival: number | null
}
