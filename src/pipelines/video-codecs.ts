/** The codecs of pictures that captures decode, by FFmpeg's names. */
export const VIDEO_CODECS = ['h264', 'hevc', 'av1'] as const
export type PictureCodec = (typeof VIDEO_CODECS)[number]

/** The form in which a codec's packets pass from its source to its decoder. A table, as for audio codecs. */
export interface PictureForm {
  /** Caps of the source. */
  readonly caps: string
  readonly parser: string
  /** Caps between parser and decoder. */
  readonly parsed: string
  /** Caps of its packets as RTMP has them. */
  readonly packets: string
}

export const PICTURE_FORMS: Readonly<Record<PictureCodec, PictureForm>> = {
  h264: {
    caps: 'video/x-h264',
    parser: 'h264parse',
    parsed: 'video/x-h264,parsed=(boolean)true',
    packets: 'video/x-h264,stream-format=(string)avc,alignment=(string)au',
  },
  hevc: {
    caps: 'video/x-h265',
    parser: 'h265parse',
    parsed: 'video/x-h265,parsed=(boolean)true,stream-format=(string)hvc1,alignment=(string)au',
    packets: 'video/x-h265,stream-format=(string)hvc1,alignment=(string)au',
  },
  av1: {
    caps: 'video/x-av1',
    parser: 'av1parse',
    parsed: 'video/x-av1,parsed=(boolean)true,stream-format=(string)obu-stream,alignment=(string)tu',
    packets: 'video/x-av1,stream-format=(string)obu-stream,alignment=(string)tu',
  },
}

/** Caps of all of them, behind the parser. */
export const PARSED_PICTURES = VIDEO_CODECS.map(codec => PICTURE_FORMS[codec].parsed).join('; ')

/** By the text of the caps of encoded pictures; null: none of them, or no picture has come. */
export function pictureCodecOfCaps(text: string | null): PictureCodec | null {
  return VIDEO_CODECS.find(codec => text?.startsWith(PICTURE_FORMS[codec].caps)) ?? null
}
