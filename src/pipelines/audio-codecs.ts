/**
 * An audio codec of captures, with its decoder. A table, because a peer must never choose the code that runs: each
 * codec names its elements, and caps stand before them.
 */
export interface AudioCodec {
  /** FFmpeg's name of the codec. */
  readonly name: string
  /** Codec numbers of FLV, in the upper half of an audio tag's first byte; none: only Enhanced RTMP has the codec. */
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
  { name: 'aac', ids: [10], caps: 'audio/mpeg,mpegversion=(int)4', elements: null, unit: 0 },
  {
    name: 'mp3',
    ids: [2, 14],
    caps: 'audio/mpeg,mpegversion=(int)1',
    elements: ['mpegaudioparse', 'avdec_mp3'],
    unit: 0,
  },
  { name: 'pcm_alaw', ids: [7], caps: 'audio/x-alaw', elements: ['alawdec'], unit: 1 },
  { name: 'pcm_mulaw', ids: [8], caps: 'audio/x-mulaw', elements: ['mulawdec'], unit: 1 },
  { name: 'pcm_s16le', ids: [0, 3], caps: 'audio/x-raw,format=(string)S16LE', elements: [], unit: 2 },
  { name: 'pcm_u8', ids: [0, 3], caps: 'audio/x-raw,format=(string)U8', elements: [], unit: 1 },
  { name: 'speex', ids: [11], caps: 'audio/x-speex', elements: ['speexdec'], unit: 0 },
  { name: 'nellymoser', ids: [4, 5, 6], caps: 'audio/x-nellymoser', elements: ['avdec_nellymoser'], unit: 0 },
  { name: 'adpcm_swf', ids: [1], caps: 'audio/x-adpcm,layout=(string)swf', elements: ['avdec_adpcm_swf'], unit: 0 },
  { name: 'opus', ids: [], caps: 'audio/x-opus', elements: ['opusdec'], unit: 0 },
  { name: 'flac', ids: [], caps: 'audio/x-flac', elements: ['flacparse', 'flacdec'], unit: 0 },
  { name: 'ac3', ids: [], caps: 'audio/x-ac3', elements: ['ac3parse', 'avdec_ac3'], unit: 0 },
  { name: 'eac3', ids: [], caps: 'audio/x-eac3', elements: ['ac3parse', 'avdec_eac3'], unit: 0 },
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

/** FFmpeg's name of the codec, by the first byte of an audio tag; null: no decodable audio yet. */
export function audioCodecName(flags: number | null): string | null {
  if (flags === null) return null
  const id = flags >> 4
  if (id === 0 || id === 3) return flags & 2 ? 'pcm_s16le' : 'pcm_u8'
  return AUDIO_CODECS.find(({ ids }) => ids.includes(id))?.name ?? null
}

/** The same by the text of the caps of undecoded audio. */
export function audioCodecOfCaps(text: string | null): string | null {
  const fits = ({ caps }: AudioCodec): boolean => caps.split(',').every(part => text?.includes(part))
  return text === null ? null : (AUDIO_CODECS.find(fits)?.name ?? null)
}
