import type { Observable } from 'rxjs'
import type { StreamState } from '../../core/types'

/** Counters of an output since start(), over all its connections; `queued`, `bitrate` and `queueMs` are of now. */
export interface OutputStats {
  /** Pictures that were written and encoded. */
  readonly written: number
  /** Fill pictures, where none was written in time: the last picture again, or the slate. */
  readonly repeated: number
  /** Written pictures that came too late for their slot. */
  readonly late: number
  /** Pictures that a full queue did not take. */
  readonly dropped: number
  /** Packets that slow or disconnected targets lost. */
  readonly droppedNetwork: number
  /** Pictures that wait for the encoder. */
  readonly queued: number
  /** Bitrate of the video at which the encoder aims, bit/s. */
  readonly bitrate: number
  /** Encoded pictures. */
  readonly packets: number
  /** Bytes of encoded pictures and sound. */
  readonly bytes: number
  /** Bytes of filler among them, which keeps the rate constant. */
  readonly filler: number
  /** Samples per channel of silence, where no sound was written. */
  readonly silence: number
  /** Samples per channel of written sound that were cut: far from their pictures, too late, or of a full queue. */
  readonly trimmed: number
  /** Triples of captions for which no picture had room. */
  readonly captionsDropped: number
  /** Bytes sent to all targets. */
  readonly outBytes: number
  /** Milliseconds of the stream that wait for the slowest target's network. */
  readonly queueMs: number
  /** Reconnects of all targets. */
  readonly reconnects: number
}

/** Counters of one target since start(), over all its connections. */
export interface OutputTargetStats {
  /** Packets that were given to it. */
  readonly packets: number
  /** Bytes of these packets. */
  readonly bytes: number
  /** Packets that were lost, because its network was slow or it was disconnected. */
  readonly dropped: number
  /** Bytes sent. */
  readonly outBytes: number
  /** Milliseconds of the stream that wait for its network now. */
  readonly queueMs: number
  /** Its reconnects. */
  readonly reconnects: number
}

/** One target of an output. */
export interface OutputTargetView {
  /** Its URL, without key and credentials. */
  readonly url: string
  /** Its state: the present one first, then each change. */
  readonly state$: Observable<StreamState>
  /** Its present state. */
  readonly state: StreamState
  /** Its counters. */
  stats(): OutputTargetStats
}
