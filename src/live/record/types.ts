import type { Observable } from 'rxjs'
import type { StreamState } from '../../core/types'

/** Options of a recording. Lengths of time are milliseconds, or text like '90s', '10m', '12h' or '7d'. */
export interface RecordOptions {
  /** Length of a segment, which ends at the first keyframe after it; 1 s to 1 day. Default '10m'. */
  segment?: number | string
  /** Default: the ending of the pattern, or 'mp4'. 'ts' takes no AV1. */
  format?: 'mp4' | 'flv' | 'ts'
  /** Age at which a segment is removed, counted from its end. Default: none is removed. */
  keep?: number | string
  /**
   * Bytes of all segments of the folder together, or text like '500M' or '20G' in powers of 1000; the oldest are
   * removed. Default: no limit.
   */
  maxSize?: number | string
}

/** A segment of a recording that is whole, or that was found torn. */
export interface RecordedSegment {
  /** Its file, with its folders. */
  readonly path: string
  /** The same, relative to the folder of the recording. */
  readonly file: string
  /** Folder of the recording, where its index is. */
  readonly folder: string
  /** When its first packet came, Unix ms. */
  readonly begin: number
  /** `begin` and the duration, Unix ms. */
  readonly end: number
  /** ms. */
  readonly duration: number
  /** Size of the file. */
  readonly bytes: number
  /** Whether a process ended while it wrote it. It plays up to there. */
  readonly torn: boolean
}

/** Counters of a recording since its beginning. */
export interface RecordingStats {
  /** Packets that were given to it. */
  readonly packets: number
  /** Bytes of these packets. */
  readonly bytes: number
  /** Packets that were lost, because the disk was slow, full or away. */
  readonly dropped: number
  /** Bytes on the disk. */
  readonly written: number
  /** Milliseconds of the stream that wait for the disk now. */
  readonly queueMs: number
}

/** A recording of a capture. */
export interface Recording {
  /** Where it records. */
  readonly folder: string
  /** Its state: the present one first, then each change. 'live' when it can write. */
  readonly state$: Observable<StreamState>
  /** Its present state. */
  readonly state: StreamState
  /** Each segment that is finished, and at the beginning those that an earlier process left torn. */
  readonly recording$: Observable<RecordedSegment>
  /** Its counters. */
  stats(): RecordingStats
  /** Ends the recording, and its last segment; the capture goes on. Resolves within 3 s. Idempotent. */
  stop(): Promise<void>
}
