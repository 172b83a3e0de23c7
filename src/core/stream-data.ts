/** A value of script data (AMF): plain data, 16 levels deep at most. A date is a Date, a ByteArray a Uint8Array. */
export type ScriptValue =
  | null
  | boolean
  | number
  | string
  | Date
  | Uint8Array
  | readonly ScriptValue[]
  | { readonly [name: string]: ScriptValue }

/**
 * A message of script data: what a stream carries besides pictures and sound. At most 64 KiB of text and 2048 values of
 * a message are kept.
 */
export interface ScriptData {
  /** What it is called: 'onMetaData', 'onCuePoint', 'onTextData', 'onCaptionInfo' …; '' where it has no name. */
  readonly name: string
  /** The values after the name; metadata have one, an object. */
  readonly values: readonly ScriptValue[]
  /** µs on the timeline of the frames; 0 before the first frame. */
  readonly timestamp: number
}
