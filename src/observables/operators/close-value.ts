interface Closable {
  close(): void
}

/**
 * The handles of a value: the value itself, its `frame`, or those of a tuple's members. Audio and numbers have none.
 */
function handlesOf(value: unknown): Closable[] {
  if (Array.isArray(value)) return value.flatMap(handlesOf)
  if (isClosable(value)) return [value]
  const frame: unknown = typeof value === 'object' && value !== null && 'frame' in value ? value.frame : null
  return isClosable(frame) ? [frame] : []
}

function isClosable(value: unknown): value is Closable {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}

/** Closes the handles of a value, except handles that `kept` contains too: these continue with `kept`. */
export function closeValue(value: unknown, kept?: unknown): void {
  const others = kept === undefined ? [] : handlesOf(kept)
  for (const handle of handlesOf(value)) if (!others.includes(handle)) handle.close()
}

/** The timestamp of a frame, an audio chunk or a frame with audio, µs on the media timeline. */
export function timestampOf(value: Timestamped): number {
  return 'frame' in value ? value.frame.timestamp : value.timestamp
}

/** A value on the media timeline: VideoFrame, AudioChunk, FrameWithAudio. */
export type Timestamped = { readonly timestamp: number } | { readonly frame: { readonly timestamp: number } }
