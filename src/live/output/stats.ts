import type { Observable } from 'rxjs'
import type { SrtStats } from '../../core/addresses/srt-stats'
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
  /** Bitrate of the video at which the encoder aims, bit/s; that of the default group, else of the first one. */
  readonly bitrate: number
  /** Encoded pictures, of all groups together. */
  readonly packets: number
  /** Bytes of encoded pictures and sound, likewise. */
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
  /** Each group of targets with its encoder, as in `info`. */
  readonly groups: readonly OutputGroupStats[]
}

/** Counters of a group since it began; `bitrate` and `queueMs` are of now. */
export interface OutputGroupStats {
  /** As in `info`. */
  readonly id: string
  /** Encoded pictures. */
  readonly packets: number
  /** Bytes of encoded pictures and sound. */
  readonly bytes: number
  /** Bytes of filler among them. */
  readonly filler: number
  /** Pictures for which its encoder had no room; 0 where it is the only one, since writes wait for that. */
  readonly dropped: number
  /** How often an encoder that failed was replaced. */
  readonly rebuilt: number
  /** Bitrate of the video at which its encoder aims, bit/s. */
  readonly bitrate: number
  /** Milliseconds of the stream that wait for the slowest network of its targets. */
  readonly queueMs: number
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
  /** What SRT tells of the network; null: the target is none of srt:, or nobody was connected. */
  readonly srt: SrtStats | null
}

/** One target of an output. */
export interface OutputTargetView {
  /** Its URL, without key and credentials. */
  readonly url: string
  /** The `id` of its group in the `info` of the output; absent: a relay has none. */
  readonly group?: string
  /** Its state: the present one first, then each change. */
  readonly state$: Observable<StreamState>
  /** Its present state. */
  readonly state: StreamState
  /** Its counters. */
  stats(): OutputTargetStats
}
