import type { CaptureInfo } from '../../core/types'
import type { VideoFactsReading } from '../../addon/capture'
import type { VideoTapStats } from '../../addon/tap'

/**
 * What flows, in place of what the container says of it: FLV's header of a sound tag knows two channels and four rates,
 * and metadata whatever somebody typed.
 */

type VideoInfo = NonNullable<CaptureInfo['video']>
type AudioInfo = NonNullable<CaptureInfo['audio']>

/**
 * `decoded`: what the decoder gives out, which knows best what its pictures are; null: there is none. null: no picture
 * yet.
 */
export function videoInfo(
  facts: VideoFactsReading,
  decoded: VideoTapStats | null,
  decoder: string,
  decoderReason: string | null = null,
): VideoInfo | null {
  const { width, height, pixelN, pixelD } = decoded ?? facts
  if (width === 0) return null
  const pixelAspectRatio = { n: pixelN, d: pixelD }
  const fps = facts.fpsN / facts.fpsD
  return { width, height, pixelAspectRatio, fps, codec: 'h264', decoder, decoderReason }
}

/**
 * `parsed`, `decoded`: the caps of the encoded sound and of what the decoder makes of it (null: there is none). HE-AAC
 * may hide its second half from all but the decoder.
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

/** A number of caps in their text form; 0: it is not there. */
function capsNumber(caps: string | null, field: string): number {
  return Number(new RegExp(`\\b${field}=\\(int\\)(\\d+)`).exec(caps ?? '')?.[1] ?? 0)
}

function capsBytes(caps: string | null, field: string): Buffer {
  return Buffer.from(new RegExp(`\\b${field}=\\(buffer\\)([0-9a-f]+)`).exec(caps ?? '')?.[1] ?? '', 'hex')
}

const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350]
/** By channelConfiguration; 0: a program config element says it. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8]
const SBR = 5
const PS = 29
const ESCAPE = 31

/** AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1), as far as rate and channels go. null: it cannot be read. */
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
  // GASpecificConfig, of AAC Main, LC, SSR and LTP; others are not decoded, and their layout is not known here.
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
  // Signalled behind, so that old decoders do not see it.
  if (!extended && bytes.length * 8 - at >= 16 && bits(11) === 0x2b7 && objectType() === SBR && bits(1) === 1) {
    extended = true
    sampleRate = rate()
    stereo = bytes.length * 8 - at >= 12 && bits(11) === 0x548 && bits(1) === 1
  }
  if (stereo && channels === 1) channels = 2
  return at <= bytes.length * 8 && sampleRate > 0 && channels > 0 ? { sampleRate, channels } : null
}

/** For the log. */
export function describeInfo({ video, audio }: CaptureInfo): string {
  const picture = video
    ? `${video.width} × ${video.height}, ${Number(video.fps.toFixed(3))} fps, ${video.decoder}`
    : 'no picture'
  return `${picture}, ${audio ? `${audio.sampleRate} Hz, ${audio.channels} channels` : 'no sound yet'}`
}
