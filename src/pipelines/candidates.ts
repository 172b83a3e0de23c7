import type { VideoCodec } from '../core/types'
import { VIDEO_CODECS, type PictureCodec } from './video-codecs'

/** The hardware of a codec element: a card, or the processor. */
export type Device = 'nvidia' | 'va' | 'software'
export type CodecKind = 'decoder' | 'encoder'

/** A candidate: one element that can decode or encode a codec. */
export interface Candidate {
  readonly factory: string
  readonly device: Device
  /** true: only for a running stream whose requested encoder has failed. */
  readonly rescue: boolean
}

type Step = readonly [factory: string, device: Device]

/** Of each codec, from the most wanted decoder to the one that always works. */
const DECODERS: Readonly<Record<PictureCodec, readonly Step[]>> = {
  h264: [
    ['nvh264dec', 'nvidia'],
    ['vah264dec', 'va'],
    ['vaapih264dec', 'va'],
    ['avdec_h264', 'software'],
  ],
  hevc: [
    ['nvh265dec', 'nvidia'],
    ['vah265dec', 'va'],
    ['vaapih265dec', 'va'],
    ['avdec_h265', 'software'],
  ],
  av1: [
    ['nvav1dec', 'nvidia'],
    ['vaav1dec', 'va'],
    // Several times as fast as libaom; not in every distribution.
    ['dav1ddec', 'software'],
    ['av1dec', 'software'],
  ],
}

/** The same for encoders. */
const ENCODERS: Readonly<Record<PictureCodec, readonly Step[]>> = {
  h264: [
    ['nvh264enc', 'nvidia'],
    ['vah264enc', 'va'],
    // The only VA encoder of Intel's newer chips.
    ['vah264lpenc', 'va'],
    ['vaapih264enc', 'va'],
    ['x264enc', 'software'],
    ['openh264enc', 'software'],
  ],
  hevc: [
    ['nvh265enc', 'nvidia'],
    ['vah265enc', 'va'],
    ['vah265lpenc', 'va'],
    ['vaapih265enc', 'va'],
    ['x265enc', 'software'],
  ],
  av1: [
    ['nvav1enc', 'nvidia'],
    ['vaav1enc', 'va'],
    ['vaav1lpenc', 'va'],
    // Not in every distribution, as dav1d.
    ['svtav1enc', 'software'],
    ['av1enc', 'software'],
  ],
}

/** Codecs that outputs send. */
export const OUTPUT_CODECS = ['h264', 'hevc', 'av1'] as const
export type OutputCodec = (typeof OUTPUT_CODECS)[number]

/** The codec and the elements of each FFmpeg codec name; the first one that works is used. */
const BY_CODEC: Readonly<Record<VideoCodec, readonly [OutputCodec, ...factories: string[]]>> = {
  libx264: ['h264', 'x264enc'],
  libopenh264: ['h264', 'openh264enc'],
  h264_nvenc: ['h264', 'nvh264enc'],
  h264_vaapi: ['h264', 'vah264enc', 'vah264lpenc', 'vaapih264enc'],
  libx265: ['hevc', 'x265enc'],
  hevc_nvenc: ['hevc', 'nvh265enc'],
  hevc_vaapi: ['hevc', 'vah265enc', 'vah265lpenc', 'vaapih265enc'],
  'libaom-av1': ['av1', 'av1enc'],
  libsvtav1: ['av1', 'svtav1enc'],
  av1_nvenc: ['av1', 'nvav1enc'],
  av1_vaapi: ['av1', 'vaav1enc', 'vaav1lpenc'],
}

/** The codec of an encoder by its FFmpeg name; null: of the default ones. */
export function outputCodec(vcodec: VideoCodec | null): OutputCodec {
  return vcodec === null ? 'h264' : BY_CODEC[vcodec][0]
}

const stepsOf = (codec: PictureCodec): readonly Step[] => [...DECODERS[codec], ...ENCODERS[codec]]

export function deviceOf(factory: string): Device {
  return VIDEO_CODECS.flatMap(stepsOf).find(([name]) => name === factory)?.[1] ?? 'software'
}

/** The codec of a decoder or an encoder. */
export function codecOf(factory: string): PictureCodec {
  return VIDEO_CODECS.find(codec => stepsOf(codec).some(([name]) => name === factory)) ?? 'h264'
}

/** All known elements of a codec, for a report. */
export function allCandidates(kind: CodecKind, codec: PictureCodec = 'h264'): readonly Candidate[] {
  const steps = (kind === 'decoder' ? DECODERS : ENCODERS)[codec]
  return steps.map(([factory, device]) => ({ factory, device, rescue: false }))
}

export function decoderCandidates(gpuAcceleration: boolean, codec: PictureCodec = 'h264'): readonly Candidate[] {
  return allCandidates('decoder', codec).filter(({ device }) => gpuAcceleration || device === 'software')
}

/**
 * The candidates of an output. With a named encoder, the stream begins with it, and the software encoders of its codec
 * can only replace it on air. Without a name, all candidates of the codec are tried in order.
 */
export function encoderCandidates(
  vcodec: VideoCodec | null,
  gpuAcceleration: boolean,
  codec = outputCodec(vcodec),
): readonly Candidate[] {
  const all = allCandidates('encoder', codec)
  if (vcodec === null) return all.filter(({ device }) => gpuAcceleration || device === 'software')
  const [, ...named] = BY_CODEC[vcodec]
  const others = all.filter(({ factory, device }) => device === 'software' && !named.includes(factory))
  return [
    ...all.filter(({ factory }) => named.includes(factory)),
    ...others.map(candidate => ({ ...candidate, rescue: true })),
  ]
}
