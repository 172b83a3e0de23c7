/** What a capture of HLS has loaded since start(), over all its connections. */
export interface HlsStats {
  /** Bit rate of the variant, bit/s, as its playlist tells it; null: it does not, or there are no variants. */
  readonly bandwidth: number | null
  /** Segments that were loaded, those of sound beside the pictures too. */
  readonly segments: number
  /** Their bytes. */
  readonly bytes: number
  /** Segments that the stream went on without: missing, broken, or gone from the playlist before they were loaded. */
  readonly lost: number
}
