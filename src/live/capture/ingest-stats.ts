/** Counters of a capture since start(), over all its connections. */
export interface IngestStats {
  /** Pictures that came out of the decoder. */
  readonly decoded: number
  /** Of the decoded pictures; `held` are those for which there was no memory. */
  readonly dropped: number
  /** Of `dropped`: pictures for which there was no memory, since too many are open. */
  readonly held: number
  /** Pictures that `fps` does without and that were not even decoded. */
  readonly skipped: number
  /**
   * Pictures from before all of the picture was right: a stream is joined in its middle, and nothing to begin with has
   * come yet. `outputCorrupt` shows them.
   */
  readonly incomplete: number
  /** Pictures whose time no reordering explains, so far is it from that of their decoding; the latter was taken. */
  readonly mistimed: number
  /** Pictures of which a part was none (a length that lies, a unit of no known type), and was left out. */
  readonly mended: number
  /** Encoded. */
  readonly bytes: number
  /** Samples per channel that a full queue lost. */
  readonly audioDropped: number
  /** Bytes of pictures that wait in the queue. */
  readonly waitingBytes: number
}

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
  waitingBytes: 0,
}

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
    waitingBytes: a.waitingBytes + b.waitingBytes,
  }
}

/** Counters of a capture since start(), over all its connections; `waitingBytes` and `heldBytes` are of now. */
export interface CaptureStats extends IngestStats {
  /** @deprecated The same as `skipped`. */
  readonly thinned: number
  /** Bytes of frames that were taken and are not closed. */
  readonly heldBytes: number
}
