/**
 * An audio codec of captures, with its decoder. A table, because a peer must never choose the code that runs: each
 * codec names its elements, and caps stand before them.
 */
export interface AudioCodec {
  /** Codec numbers of FLV, in the upper half of an audio tag's first byte. */
  readonly ids: readonly number[]
  /** Caps of the demuxer; the first codec whose caps fit is used. */
  readonly caps: string
  /** The elements between demuxer and converter, in order. null: the AAC branch of the graph. */
  readonly elements: readonly string[] | null
  /**
   * Bytes of one sample of one channel, if packets can end inside a sample: the rest is removed, because the elements
   * would end the whole stream. 0: the decoder handles it.
   */
  readonly unit: number
}

export const AUDIO_CODECS: readonly AudioCodec[] = [
  { ids: [10], caps: 'audio/mpeg,mpegversion=(int)4', elements: null, unit: 0 },
  { ids: [2, 14], caps: 'audio/mpeg,mpegversion=(int)1', elements: ['mpegaudioparse', 'avdec_mp3'], unit: 0 },
  { ids: [7], caps: 'audio/x-alaw', elements: ['alawdec'], unit: 1 },
  { ids: [8], caps: 'audio/x-mulaw', elements: ['mulawdec'], unit: 1 },
  { ids: [0, 3], caps: 'audio/x-raw,format=(string)S16LE', elements: [], unit: 2 },
  { ids: [0, 3], caps: 'audio/x-raw,format=(string)U8', elements: [], unit: 1 },
  { ids: [11], caps: 'audio/x-speex', elements: ['speexdec'], unit: 0 },
  { ids: [4, 5, 6], caps: 'audio/x-nellymoser', elements: ['avdec_nellymoser'], unit: 0 },
  { ids: [1], caps: 'audio/x-adpcm,layout=(string)swf', elements: ['avdec_adpcm_swf'], unit: 0 },
]

/** The codecs of a watched stream: all that the demuxer knows, without a decoder. */
export const WATCHED_AUDIO: readonly AudioCodec[] = AUDIO_CODECS.map(codec => {
  return { ...codec, elements: codec.elements && [], unit: 0 }
})

/** Elements that a system can lack; each missing one is a codec less. */
export const AUDIO_ELEMENTS: readonly string[] = AUDIO_CODECS.flatMap(({ elements }) => elements ?? [])

/** The codecs whose elements are installed. */
export function decodable(missing: ReadonlySet<string>): readonly AudioCodec[] {
  return AUDIO_CODECS.filter(({ elements }) => !elements?.some(factory => missing.has(factory)))
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'adpcm_swf',
  2: 'mp3',
  4: 'nellymoser',
  5: 'nellymoser',
  6: 'nellymoser',
  7: 'pcm_alaw',
  8: 'pcm_mulaw',
  10: 'aac',
  11: 'speex',
  14: 'mp3',
}

/** FFmpeg's name of the codec, by the first byte of an audio tag; null: no decodable audio yet. */
export function audioCodecName(flags: number | null): string | null {
  if (flags === null) return null
  const id = flags >> 4
  return id === 0 || id === 3 ? (flags & 2 ? 'pcm_s16le' : 'pcm_u8') : (NAMES[id] ?? null)
}
