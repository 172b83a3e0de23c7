/** Usual names of the codecs of FLV and RTMP. */

const PICTURES: Readonly<Record<number, string>> = {
  2: 'Sorenson H.263',
  3: 'Screen video',
  4: 'VP6',
  5: 'VP6 with alpha',
  6: 'Screen video 2',
  7: 'H.264',
  // Not in the specification, but used by servers and encoders of several networks.
  12: 'HEVC',
  13: 'AV1',
  14: 'VVC',
}

const AUDIO_CHUNKS: Readonly<Record<number, string>> = {
  0: 'PCM',
  1: 'ADPCM',
  2: 'MP3',
  3: 'PCM',
  4: 'Nellymoser',
  5: 'Nellymoser',
  6: 'Nellymoser',
  7: 'G.711 A-law',
  8: 'G.711 µ-law',
  10: 'AAC',
  11: 'Speex',
  13: 'Opus',
  14: 'MP3',
}

/** FourCC codes of Enhanced RTMP. */
const FOUR_LETTERS: Readonly<Record<string, string>> = {
  avc1: 'H.264',
  hvc1: 'HEVC',
  hev1: 'HEVC',
  vvc1: 'VVC',
  av01: 'AV1',
  vp08: 'VP8',
  vp09: 'VP9',
  Opus: 'Opus',
  fLaC: 'FLAC',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  '.mp3': 'MP3',
  mp4a: 'AAC',
}

export type StreamKind = 'video' | 'audio'

/** `codec`: the number or the FourCC of the stream; '' if the stream has it only further inside. */
export function codecName(kind: StreamKind, codec: string): string {
  if (codec === '') return 'an unknown codec (Enhanced RTMP)'
  if (!/^\d+$/.test(codec)) return `${FOUR_LETTERS[codec] ?? 'an unknown codec'} (Enhanced RTMP, ${codec})`
  return (kind === 'video' ? PICTURES : AUDIO_CHUNKS)[Number(codec)] ?? `an unknown codec (${codec})`
}
