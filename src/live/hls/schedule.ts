import type { MediaPlaylist, Segment } from './playlist'

/** Longest time between two looks at a playlist. */
const LONGEST_RELOAD_MS = 30_000
/** Target durations behind the end at which players begin (RFC 8216, 6.3.3). */
const HOLD_BACK = 3
/** Segments by which the playlist of a cache may be behind the one before. */
const MOST_BEHIND = 3

/** Number of the segment to begin with; of a playlist without segments, that of its first one. */
export function startOf({ segments, first, ended, targetMs, startMs, holdBackMs }: MediaPlaylist): number {
  if (segments.length === 0) return first
  if (startMs !== null && startMs >= 0) return atDistance(segments, startMs, 'start')
  if (ended) return startMs === null ? first : atDistance(segments, -startMs, 'end')
  return atDistance(segments, startMs === null ? (holdBackMs ?? HOLD_BACK * targetMs) : -startMs, 'end')
}

/** The last segment that begins at least so far from the end, or the one that plays so long after the start. */
function atDistance(segments: readonly Segment[], ms: number, from: 'start' | 'end'): number {
  const firstFit = segments[0]!.sequence
  let passed = 0
  if (from === 'start') {
    for (const { sequence, durationMs } of segments) if ((passed += durationMs) > ms) return sequence
    return segments.at(-1)!.sequence
  }
  for (const { sequence, durationMs } of segments.toReversed()) if ((passed += durationMs) >= ms) return sequence
  return firstFit
}

/** Where the last connection was: the next one goes on from there. */
export interface Position {
  /** Number of the last segment that the demuxer has begun. */
  readonly begun: number
  /** The one that named it. */
  readonly playlist: MediaPlaylist
}

/**
 * The segment behind the last one that was begun; null: the numbers began anew. A new playlist that ends long before
 * that segment is such a beginning, too, though it may name the same files: nobody can wait for the old numbers.
 */
export function continued({ begun, playlist }: Position, now: MediaPlaylist): number | null {
  const next = begun + 1
  if (changeOf(playlist, now) === 'restarted') return null
  // What has left the playlist meanwhile is counted by the reader.
  return next - lastOf(now) - 1 <= (now.ended ? 0 : MOST_BEHIND) ? next : null
}

/**
 * Where sound with a playlist of its own begins, beside pictures that begin with this segment: at the same number, as
 * packagers count, where the dates do not say otherwise. The segment of the pictures may be one that is not there yet.
 */
export function startBeside(audio: MediaPlaylist, video: MediaPlaylist, start: number): number {
  const beyond = start - lastOf(video)
  if (beyond > 0) {
    const [last, lastPictures] = [lastOf(audio), lastOf(video)]
    return Math.abs(last - lastPictures) <= MOST_BEHIND ? start : last + beyond
  }
  const at = video.segments.find(({ sequence }) => sequence === start)?.startsAt ?? null
  if (at !== null) {
    const dated = audio.segments.findLast(({ startsAt }) => startsAt !== null && startsAt <= at)
    if (dated) return dated.sequence
  }
  return audio.segments.some(({ sequence }) => sequence === start) ? start : startOf(audio)
}

/** What a playlist that was loaded again means. */
export type Change =
  /** It has new segments, or is the same. */
  | 'goes-on'
  /** An older one, of a cache: nothing of it counts. */
  | 'older'
  /** Its numbers began anew. */
  | 'restarted'

/**
 * Compares a playlist with the one before. Segments are the same by the path of their address: queries may be signed
 * for each request.
 */
export function changeOf(before: MediaPlaylist, now: MediaPlaylist): Change {
  if (lastOf(now) >= lastOf(before) && now.first >= before.first) return 'goes-on'
  const known = new Map(before.segments.map(({ sequence, uri }) => [sequence, pathOf(uri)]))
  const same = now.segments.some(({ sequence, uri }) => known.get(sequence) === pathOf(uri))
  return same ? 'older' : 'restarted'
}

/** Number of the last segment; before the first one where there is none. */
export function lastOf({ first, segments }: MediaPlaylist): number {
  return first + segments.length - 1
}

/**
 * Media from the beginning of a segment to the end of the playlist, ms; null: the playlist has ended, or the numbers
 * began anew.
 */
export function behindMs({ segments, first, ended, targetMs }: MediaPlaylist, present: number): number | null {
  if (ended || present >= first + segments.length) return null
  let ms = Math.max(0, first - present) * targetMs
  for (let i = Math.max(0, present - first); i < segments.length; i++) ms += segments[i]!.durationMs
  return ms
}

/** Time from one look at a playlist to the next (RFC 8216, 6.3.4), ms. */
export function reloadAfter({ targetMs }: MediaPlaylist, changed: boolean): number {
  return Math.min(LONGEST_RELOAD_MS, changed ? targetMs : targetMs / 2)
}

function pathOf(uri: string): string {
  const query = uri.indexOf('?')
  return query < 0 ? uri : uri.slice(0, query)
}
