/** What the retention must know of a segment. */
export interface Kept {
  /** Unix ms. */
  readonly end: number
  readonly bytes: number
}

export interface Limits {
  /** ms. */
  readonly keepMs: number
  readonly maxBytes: number
}

/** Numbers beyond these are no limit. */
const LONGEST_LOOK_MS = 86_400_000

/**
 * The segments that go now. They are finished ones, oldest first; the one that is being written counts by its present
 * size, and never goes.
 */
export function expired<Segment extends Kept>(
  segments: readonly Segment[],
  presentBytes: number,
  unixMs: number,
  { keepMs, maxBytes }: Limits,
): readonly Segment[] {
  let total = segments.reduce((sum, { bytes }) => sum + bytes, presentBytes)
  const gone: Segment[] = []
  for (const segment of segments) {
    // Those that were written while a clock went ahead end in a time to come, and keep none behind them.
    if (segment.end + keepMs > unixMs && total <= maxBytes) continue
    total -= segment.bytes
    gone.push(segment)
  }
  return gone
}

/** Milliseconds until the next one is due by its age; null: none will be. */
export function nextLook(segments: readonly Kept[], unixMs: number, { keepMs }: Limits): number | null {
  const [oldest] = segments
  if (!oldest || keepMs === Infinity) return null
  return Math.min(LONGEST_LOOK_MS, Math.max(1, oldest.end + keepMs - unixMs))
}
