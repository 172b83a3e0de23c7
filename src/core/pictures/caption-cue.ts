/** A piece of the stream's captions: text that a viewer sees from `timestamp` on, for `duration`. */
export interface CaptionCue {
  /** When it appears, µs on the timeline of the frames. */
  readonly timestamp: number
  /** How long it stands, µs. Of roll-up captions: until its row is complete. */
  readonly duration: number
  /** Its rows are lines; colours, styles and places are left out. */
  readonly text: string
  /** 'CC1' to 'CC4' of CEA-608, 'SERVICE1' to 'SERVICE63' of CEA-708, as HLS calls them. */
  readonly channel: string
  /** The standard that the captions follow. */
  readonly format: 'cea608' | 'cea708'
}

/** The captions of a frame. */
export interface FrameCaptions {
  /**
   * Captions that came with the picture: cc_data of ATSC A/53, three bytes each. null: none. An output sends them on
   * with the frame.
   */
  readonly captions?: Uint8Array | null
}
