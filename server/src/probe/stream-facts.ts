/** What a probe measures of a stream. Plain data; absent tracks are null. */

export interface VideoFacts {
  /** Usual name, such as 'h264'. */
  readonly codec: string
  /** Of H.264, such as 'High'; null: another codec, or not told. */
  readonly profile: string | null
  /** Of H.264, such as '4.1'. */
  readonly level: string | null
  readonly width: number
  readonly height: number
  /** Pictures a second, by their timestamps. */
  readonly fps: number
  /** bit/s over the whole probe. */
  readonly bitrate: number
  /** Of the fullest second, bit/s. */
  readonly bitratePeak: number
  /** The longest and the shortest time between two keyframes, s; null: fewer than two came. */
  readonly keyframeInterval: number | null
  readonly keyframeIntervalLeast: number | null
  readonly bFrames: boolean
}

export interface AudioFacts {
  readonly codec: string
  /** Hz. */
  readonly sampleRate: number
  readonly channels: number
  /** bit/s. */
  readonly bitrate: number
  /** LUFS over 3 s, the median of the probe; null: it was not decoded. */
  readonly loudness: number | null
  /** dBTP, the highest. */
  readonly truePeak: number | null
}

export interface StreamFacts {
  /** Without key and credentials. */
  readonly url: string
  /** Stream time that was looked at, s. */
  readonly seconds: number
  readonly video: VideoFacts | null
  readonly audio: AudioFacts | null
}

/** A finding about a stream. */
export interface Finding {
  /** A platform's own word where it has one. */
  readonly id: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  /** Where the limit is published, and when it was read; null: a finding of our own. */
  readonly source: string | null
  readonly date: string | null
}
