/** A message on a pipeline's bus. `detail` has GStreamer's own fields under their own names, with times in ns. */
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
  /** The bytes, in their own memory. */
  readonly data: Uint8Array
  /** GStreamer's caps of the data. */
  readonly caps: string
  /** Presentation time, µs; null: unknown. */
  readonly timestamp: number | null
  /** Decoding time, µs; null: unknown. */
  readonly dts: number | null
  /** µs; null: unknown. */
  readonly duration: number | null
  /** Whether decoding can start here. */
  readonly keyframe: boolean
  /** Whether it is a header of a container or a codec. */
  readonly header: boolean
}

/** Counters of a pad since the pipeline's start. The streaming thread counts, never JavaScript. */
export interface PadStats {
  /** 'element.pad'. */
  readonly pad: string
  /** The negotiated caps; null: none yet. */
  readonly caps: string | null
  /** Number of buffers. */
  readonly buffers: number
  /** Number of bytes. */
  readonly bytes: number
  /** Number of buffers at which decoding can start. */
  readonly keyframes: number
  /** Timestamp of the last buffer, µs of the pipeline's running time. */
  readonly lastTimestamp: number | null
  /** `performance.now()` at the last buffer. */
  readonly lastArrival: number | null
}
