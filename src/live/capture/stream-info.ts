import type { CaptureInfo } from '../../core/types'
import type { VideoFactsReading } from '../../addon/capture'
import type { VideoTapStats } from '../../addon/tap'
import type { PictureCodec } from '../../pipelines/video-codecs'

/**
 * Stream info from the media itself, and not from the container: FLV's audio tag header knows two channels and four
 * rates, and the metadata can hold anything.
 */

type VideoInfo = NonNullable<CaptureInfo['video']>
/** The part of `info.video` that tells of the decoder. */
export type DecoderInfo = Pick<VideoInfo, 'decoder' | 'decoderReason'>
type AudioInfo = NonNullable<CaptureInfo['audio']>

/** Of a capture that decodes nothing. */
export const NO_DECODER: DecoderInfo = { decoder: 'none', decoderReason: null }

/**
 * null: no picture has come yet.
 * @param decoded the decoder's pictures, which tell best; null: nothing is decoded
 */
export function videoInfo(
  facts: VideoFactsReading,
  decoded: VideoTapStats | null,
  codec: PictureCodec,
  decoder: DecoderInfo,
): VideoInfo | null {
  const { width, height, pixelN, pixelD } = decoded ?? facts
  if (width === 0) return null
  const pixelAspectRatio = { n: pixelN, d: pixelD }
  const fps = facts.fpsN / facts.fpsD
  return { width, height, pixelAspectRatio, fps, codec, ...decoder }
}

/**
 * Only the decoder may know the true rate and channels of HE-AAC.
 * @param parsed caps of the encoded sound
 * @param decoded caps of the decoded sound; null: nothing is decoded
 */
export function audioInfo(parsed: string | null, decoded: string | null, codec = 'aac'): AudioInfo {
  const config = audioSpecificConfig(capsBytes(parsed, 'codec_data'))
  const number = (field: 'rate' | 'channels', configured: number | undefined): number =>
    capsNumber(decoded, field) || configured || capsNumber(parsed, field)
  return {
    sampleRate: number('rate', config?.sampleRate),
    channels: number('channels', config?.channels),
    codec,
  }
}

/** A number in the text form of caps; 0: there is no such field. */
function capsNumber(caps: string | null, field: string): number {
  return Number(new RegExp(`\\b${field}=\\(int\\)(\\d+)`).exec(caps ?? '')?.[1] ?? 0)
}

function capsBytes(caps: string | null, field: string): Buffer {
  return Buffer.from(new RegExp(`\\b${field}=\\(buffer\\)([0-9a-f]+)`).exec(caps ?? '')?.[1] ?? '', 'hex')
}

const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350]
/** Channels by channelConfiguration; 0: a program config element tells them. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8]
const SBR = 5
const PS = 29
const ESCAPE = 31

/** Rate and channels of an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1); null: it cannot be read. */
export function audioSpecificConfig(bytes: Uint8Array): Omit<AudioInfo, 'codec'> | null {
  let at = 0
  const bits = (count: number): number => {
    let value = 0
    for (; count > 0; count--, at++) value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    return value
  }
  const objectType = (): number => {
    const type = bits(5)
    return type === ESCAPE ? 32 + bits(6) : type
  }
  const rate = (): number => {
    const index = bits(4)
    return index === 15 ? bits(24) : (RATES[index] ?? 0)
  }
  let type = objectType()
  let sampleRate = rate()
  const configuration = bits(4)
  let stereo = type === PS
  let extended = type === SBR || type === PS
  if (extended) {
    sampleRate = rate()
    type = objectType()
  }
  // GASpecificConfig, for AAC Main, LC, SSR and LTP. No other type is decoded, and none is read here.
  if (type < 1 || type > 4) return null
  bits(1)
  if (bits(1)) bits(14)
  bits(1)
  let channels = CHANNELS[configuration] ?? 0
  if (configuration === 0) {
    bits(4 + 2 + 4)
    const [front, side, back, lfe, associated, coupling] = [bits(4), bits(4), bits(4), bits(2), bits(3), bits(4)]
    for (const mixdown of [4, 4, 3]) if (bits(1)) bits(mixdown)
    for (let i = 0; i < front + side + back; i++) {
      channels += 1 + bits(1)
      bits(4)
    }
    channels += lfe
    bits(lfe * 4 + associated * 4 + coupling * 5)
    at = (at + 7) & ~7
    const comment = bits(8)
    at += comment * 8
  }
  // The SBR extension comes last, where old decoders do not look.
  if (!extended && bytes.length * 8 - at >= 16 && bits(11) === 0x2b7 && objectType() === SBR && bits(1) === 1) {
    extended = true
    sampleRate = rate()
    stereo = bytes.length * 8 - at >= 12 && bits(11) === 0x548 && bits(1) === 1
  }
  if (stereo && channels === 1) channels = 2
  return at <= bytes.length * 8 && sampleRate > 0 && channels > 0 ? { sampleRate, channels } : null
}

/** The info as text for the log. */
export function describeInfo({ video, audio }: CaptureInfo): string {
  const picture = video
    ? `${video.width} × ${video.height}, ${Number(video.fps.toFixed(3))} fps, ${video.decoder}`
    : 'no picture'
  return `${picture}, ${audio ? `${audio.sampleRate} Hz, ${audio.channels} channels` : 'no sound yet'}`
}
