interface Closable {
  close(): void
}

/** The handles that a value holds: itself, its `frame`, or those of a tuple's members. Sound and numbers hold none. */
function handlesOf(value: unknown): Closable[] {
  if (Array.isArray(value)) return value.flatMap(handlesOf)
  if (isClosable(value)) return [value]
  const frame: unknown = typeof value === 'object' && value !== null && 'frame' in value ? value.frame : null
  return isClosable(frame) ? [frame] : []
}

function isClosable(value: unknown): value is Closable {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}

/** Closes what a value holds, except the handles that `kept` holds too: those went on with it. */
export function closeValue(value: unknown, kept?: unknown): void {
  const others = kept === undefined ? [] : handlesOf(kept)
  for (const handle of handlesOf(value)) if (!others.includes(handle)) handle.close()
}

/** µs on the media timeline, of a frame, a chunk of sound or a frame with its sound. */
export function timestampOf(value: Timestamped): number {
  return 'frame' in value ? value.frame.timestamp : value.timestamp
}

/** What has a place on the media timeline: VideoFrame, AudioChunk, FrameWithAudio. */
export type Timestamped = { readonly timestamp: number } | { readonly frame: { readonly timestamp: number } }
