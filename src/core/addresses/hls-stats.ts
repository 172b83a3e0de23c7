/** What a capture of HLS has loaded since start(), over all its connections. */
export interface HlsStats {
  /** Bit rate of the variant, bit/s, as its playlist tells it; null: it does not, or there are no variants. */
  readonly bandwidth: number | null
  /** Segments that were loaded, those of sound beside the pictures too. */
  readonly segments: number
  /** Their bytes. */
  readonly bytes: number
  /** Requests of segments that failed, and were made again. */
  readonly retries: number
  /** Segments that the stream went on without: missing, broken, or gone from the playlist before they were loaded. */
  readonly lost: number
  /**
   * Media from the beginning of the segment that is taken now to the end of the playlist, ms; null: nothing is taken,
   * or no further segment follows.
   */
  readonly behindMs: number | null
}
