/** What a capture decodes for meters alone. */
export interface AnalyseOption {
  /**
   * With `decode: false`: decodes for the meters of a monitor alone, in software. 'keyframes': sound, and of the
   * pictures the keyframes, so that black and frozen pictures are known to within the distance of two. 'all': sound and
   * every picture. Default: nothing is decoded, and metrics of content are null.
   */
  analyse?: 'keyframes' | 'all'
}
