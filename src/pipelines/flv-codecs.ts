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

/** Media types of GStreamer, without their `video/` or `audio/`. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  'x-flash-video': 'Sorenson H.263',
  'x-flash-screen': 'Screen video',
  'x-flash-screen2': 'Screen video 2',
  'x-vp6-flash': 'VP6',
  'x-vp6-alpha': 'VP6 with alpha',
  'x-h264': 'H.264',
  'x-h265': 'HEVC',
  'x-h266': 'VVC',
  'x-av1': 'AV1',
  'x-vp8': 'VP8',
  'x-vp9': 'VP9',
  mpeg: 'MPEG audio',
  'x-opus': 'Opus',
  'x-flac': 'FLAC',
  'x-ac3': 'AC-3',
  'x-eac3': 'E-AC-3',
  'x-raw': 'PCM',
  'x-adpcm': 'ADPCM',
  'x-nellymoser': 'Nellymoser',
  'x-alaw': 'G.711 A-law',
  'x-mulaw': 'G.711 µ-law',
  'x-speex': 'Speex',
  'x-vorbis': 'Vorbis',
}

/** Pictures in MPEG-TS and in other containers, and names of payloads of RTP. */
const OTHER_PICTURES: Readonly<Record<string, string>> = {
  mpeg: 'MPEG-2 or MPEG-4',
  'x-prores': 'ProRes',
  JPEG: 'Motion JPEG',
  'MP4V-ES': 'MPEG-4',
  H265: 'HEVC',
}

export type StreamKind = 'video' | 'audio'

/** FFmpeg's names of the codecs that have one. */
const USUAL: Readonly<Record<string, string>> = {
  'H.264': 'h264',
  HEVC: 'hevc',
  VVC: 'vvc',
  AV1: 'av1',
  VP8: 'vp8',
  VP9: 'vp9',
  'Sorenson H.263': 'flv1',
  VP6: 'vp6f',
  'VP6 with alpha': 'vp6a',
  'Screen video': 'flashsv',
  'Screen video 2': 'flashsv2',
  PCM: 'pcm',
  ADPCM: 'adpcm_swf',
  MP3: 'mp3',
  Nellymoser: 'nellymoser',
  'G.711 A-law': 'pcm_alaw',
  'G.711 µ-law': 'pcm_mulaw',
  AAC: 'aac',
  Speex: 'speex',
  Opus: 'opus',
  FLAC: 'flac',
  'AC-3': 'ac3',
  'E-AC-3': 'eac3',
}

/** By the number or the FourCC of the stream, which it is where nobody knows it. */
export function usualCodecName(kind: StreamKind, codec: string): string {
  const name = /^\d+$/.test(codec) ? (kind === 'video' ? PICTURES : AUDIO_CHUNKS)[Number(codec)] : FOUR_LETTERS[codec]
  return (name !== undefined && USUAL[name]) || codec
}

/** `codec`: the number or the FourCC of the stream, or a media type; '' if the stream has it only further inside. */
export function codecName(kind: StreamKind, codec: string): string {
  if (codec === '') return 'an unknown codec (Enhanced RTMP)'
  const [, mediaType] = /^(?:video|audio)\/(.*)$/.exec(codec) ?? []
  if (kind === 'video' && mediaType !== undefined && mediaType in OTHER_PICTURES) return OTHER_PICTURES[mediaType]!
  if (mediaType !== undefined) return MEDIA_TYPES[mediaType] ?? `an unknown codec (${codec})`
  if (!/^\d+$/.test(codec)) return `${FOUR_LETTERS[codec] ?? 'an unknown codec'} (Enhanced RTMP, ${codec})`
  return (kind === 'video' ? PICTURES : AUDIO_CHUNKS)[Number(codec)] ?? `an unknown codec (${codec})`
}
