import type { HlsStats } from '../../core/addresses/hls-stats'
import { sumSrt, type SrtStats } from '../../core/addresses/srt-stats'

/** Counters of a capture since start(), over all its connections. */
export interface IngestStats {
  /** Pictures that the decoder gave out. */
  readonly decoded: number
  /** Decoded pictures that were lost: by a full queue, by lack of memory (`held`), or as unusable. */
  readonly dropped: number
  /** Pictures of `dropped` for which there was no memory, because too many frames are open. */
  readonly held: number
  /** Pictures that were not decoded, because the lower `fps` does not need them. */
  readonly skipped: number
  /**
   * Pictures that could not be decoded completely: the capture joined the stream in its middle, before a keyframe or a
   * recovery point. `outputCorrupt` shows them.
   */
  readonly incomplete: number
  /** Pictures whose timestamp no reordering explains. They got the time of their decoding instead. */
  readonly mistimed: number
  /**
   * What was left out of the stream as invalid: parts of pictures (a wrong length, a NAL unit of unknown type), and
   * configuration records of a codec that are none. Over RTSP also packets that came while 16 MiB waited.
   */
  readonly mended: number
  /** Bytes of encoded pictures and sound. */
  readonly bytes: number
  /** Samples per channel that a full queue lost. */
  readonly audioDropped: number
  /** Messages of script data that were lost, because JavaScript took none for too long. */
  readonly dataDropped: number
  /** Cues of captions$ that were lost, because JavaScript took none for too long. */
  readonly captionsDropped: number
  /** Bytes of pictures that wait in the queue now. */
  readonly waitingBytes: number
  /** What SRT tells of the network; null: the address is none of srt:, or nothing is connected. */
  readonly srt: SrtStats | null
  /** What was loaded of a playlist; null: the address is none of http: and https:. */
  readonly hls: HlsStats | null
}

/** Counters of a connection that has not begun. */
export const NO_STATS: IngestStats = {
  decoded: 0,
  dropped: 0,
  held: 0,
  skipped: 0,
  incomplete: 0,
  mistimed: 0,
  mended: 0,
  bytes: 0,
  audioDropped: 0,
  dataDropped: 0,
  captionsDropped: 0,
  waitingBytes: 0,
  srt: null,
  hls: null,
}

/** Adds the counters of two connections. */
export function sum(a: IngestStats, b: IngestStats): IngestStats {
  return {
    decoded: a.decoded + b.decoded,
    dropped: a.dropped + b.dropped,
    held: a.held + b.held,
    skipped: a.skipped + b.skipped,
    incomplete: a.incomplete + b.incomplete,
    mistimed: a.mistimed + b.mistimed,
    mended: a.mended + b.mended,
    bytes: a.bytes + b.bytes,
    audioDropped: a.audioDropped + b.audioDropped,
    dataDropped: a.dataDropped + b.dataDropped,
    captionsDropped: a.captionsDropped + b.captionsDropped,
    waitingBytes: a.waitingBytes + b.waitingBytes,
    srt: sumSrt(a.srt, b.srt),
    // Of all connections already.
    hls: b.hls ?? a.hls,
  }
}

/** Counters of a capture since start(), over all its connections; `waitingBytes` and `heldBytes` are of now. */
export interface CaptureStats extends IngestStats {
  /** @deprecated The same as `skipped`. */
  readonly thinned: number
  /** Bytes of frames that consumers have taken and not closed. */
  readonly heldBytes: number
}
