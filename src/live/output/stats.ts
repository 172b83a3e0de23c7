import type { Observable } from 'rxjs'
import type { StreamState } from '../../core/types'

/** Counters of an output since start(), over all its connections; `queued`, `bitrate` and `queueMs` are of now. */
export interface OutputStats {
  /** Pictures that were written and encoded. */
  readonly written: number
  /** Pictures that were sent again, or the slate, where none was written in time. */
  readonly repeated: number
  /** Written pictures that came after their slot was taken. */
  readonly late: number
  /** Pictures that a full queue did not take. */
  readonly dropped: number
  /** Packets that slow or absent targets lost. */
  readonly droppedNetwork: number
  /** Pictures that wait for the encoder. */
  readonly queued: number
  /** Of the video, which the encoder aims at, bit/s. */
  readonly bitrate: number
  /** Encoded pictures. */
  readonly packets: number
  /** Encoded, of pictures and sound. */
  readonly bytes: number
  /** Of these bytes: filler, which keeps the rate constant. */
  readonly filler: number
  /** Samples per channel of silence that was laid where no sound was written. */
  readonly silence: number
  /** Sent to all targets. */
  readonly outBytes: number
  /** ms of the stream that wait for the slowest target's network. */
  readonly queueMs: number
  /** How often targets came back. */
  readonly reconnects: number
}

/** Counters of one target since start(), over all its connections. */
export interface OutputTargetStats {
  /** Packets handed to it. */
  readonly packets: number
  /** Of these packets. */
  readonly bytes: number
  /** Packets that its slow network, or its absence, lost. */
  readonly dropped: number
  /** Sent. */
  readonly outBytes: number
  /** ms of the stream that wait for its network now. */
  readonly queueMs: number
  /** How often it came back. */
  readonly reconnects: number
}

/** One target of an output. */
export interface OutputTargetView {
  /** Where it sends to, without key and credentials. */
  readonly url: string
  /** Begins with what holds now. */
  readonly state$: Observable<StreamState>
  /** What holds now. */
  readonly state: StreamState
  /** Its counters. */
  stats(): OutputTargetStats
}
