import type { Observable } from 'rxjs'
import type { StreamState, StreamTrack } from '../../core/types'

/** Counters of a relay since start(), over all its connections; `queueMs` is of now. */
export interface RelayStats {
  /** Pictures and packets of sound that came from inputs on air. */
  readonly packets: number
  /** Bytes that came from all inputs. */
  readonly inBytes: number
  /** Bytes sent to all targets. */
  readonly outBytes: number
  /** Packets that slow or disconnected targets lost. */
  readonly droppedNetwork: number
  /** Milliseconds of the stream that wait for the slowest target's network. */
  readonly queueMs: number
  /** Reconnects of all targets. */
  readonly reconnects: number
  /** Reconnects of all inputs. */
  readonly inputReconnects: number
  /** How often another input went on air in place of the last one. */
  readonly switches: number
  /** Since when no input is on air and the fill goes out, Unix ms; null: no fill is. */
  readonly filling: number | null
  /** How often a fill has begun. */
  readonly fills: number
  /** Fill pictures: the last keyframe again, or the slate. */
  readonly repeated: number
}

/** Counters of one input since start(), over all its connections. */
export interface RelayInputStats {
  /** Pictures and packets of sound that came. */
  readonly packets: number
  /** Bytes of these packets. */
  readonly bytes: number
  /** Bytes received. */
  readonly inBytes: number
  /** Packets of a capture that were lost before the copy, whose queue was full; 0 for RTMP, which waits. */
  readonly dropped: number
  /** Its reconnects. */
  readonly reconnects: number
}

/** One input of a relay. */
export interface RelayInputView {
  /** Its URL, without key and credentials. */
  readonly url: string
  /** Its state: the present one first, then each change. */
  readonly state$: Observable<StreamState>
  /** Its present state. */
  readonly state: StreamState
  /** Whether the targets get it now. */
  readonly onAir: boolean
  /** Its counters. */
  stats(): RelayInputStats
}

/** What a relay copies, by the tags and the metadata of its input. */
export interface RelayInfo {
  /** All tracks, by kind and id. */
  readonly tracks: readonly StreamTrack[]
  /** null: no pictures have come. Numbers are those of the metadata; null: they do not say. */
  readonly video: {
    /** Usual name of the codec, such as 'h264'. */
    readonly codec: string
    /** Width, pixels. */
    readonly width: number | null
    /** Height, rows. */
    readonly height: number | null
    /** Frames per second. */
    readonly fps: number | null
  } | null
  /** null: no sound has come. */
  readonly audio: {
    /** Usual name of the codec, such as 'aac'. */
    readonly codec: string
    /** Hz. */
    readonly sampleRate: number | null
    /** Number of channels. */
    readonly channels: number | null
    /** Codec of the input's sound, of which AAC is made; null: it is copied. */
    readonly madeOf: string | null
  } | null
}
