/**
 * Which sound a capture decodes, and with what. A table, since what a peer sends must never choose which code runs:
 * each codec has its elements by name, and caps stand before them.
 */
export interface SoundCodec {
  /** As FLV numbers them, in the upper half of a sound tag's first byte. */
  readonly ids: readonly number[]
  /** What the demuxer says of it; the first codec whose caps fit takes it. */
  readonly caps: string
  /** In a row, between demuxer and converter. null: the branch that the graph has, of AAC. */
  readonly elements: readonly string[] | null
  /**
   * Bytes of one sample of one channel, where a packet may end in the middle of one: elements end the whole stream
   * then, so the rest is cut off. 0: the decoder takes care of itself.
   */
  readonly unit: number
}

export const SOUND_CODECS: readonly SoundCodec[] = [
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

/** Those of a stream that is only watched: all that the demuxer knows, without a decoder. */
export const WATCHED_SOUND: readonly SoundCodec[] = SOUND_CODECS.map(codec => {
  return { ...codec, elements: codec.elements && [], unit: 0 }
})

/** The elements that a system may lack, each of which is then a codec less. */
export const SOUND_ELEMENTS: readonly string[] = SOUND_CODECS.flatMap(({ elements }) => elements ?? [])

/** What is left of the table where these elements are not there. */
export function decodable(missing: ReadonlySet<string>): readonly SoundCodec[] {
  return SOUND_CODECS.filter(({ elements }) => !elements?.some(factory => missing.has(factory)))
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

/** FFmpeg's name of the codec, by the first byte of a sound tag; null: no sound that is decoded has come. */
export function soundCodecName(flags: number | null): string | null {
  if (flags === null) return null
  const id = flags >> 4
  return id === 0 || id === 3 ? (flags & 2 ? 'pcm_s16le' : 'pcm_u8') : (NAMES[id] ?? null)
}
