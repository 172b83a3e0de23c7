import type { RelayFacts } from '../../addon/relay'
import { usualCodecName } from '../../pipelines/flv-codecs'
import type { KnownCodec } from './relay-target'
import type { RelayInfo } from './stats'

/** null: nothing has come. */
export function relayInfo(facts: RelayFacts | null, transcodes: string | null = null): RelayInfo | null {
  if (!facts || facts.tracks.length === 0) return null
  const place = ({ kind, id }: { kind: string; id: number }): number => (kind === 'video' ? id : 256 + id)
  const tracks = facts.tracks
    .map(({ kind, id, codec }) => ({ kind, id, codec: usualCodecName(kind, codec) }))
    .sort((a, b) => place(a) - place(b))
  const codecOf = (wanted: 'video' | 'audio'): string | undefined => tracks.find(({ kind }) => kind === wanted)?.codec
  const [video, audio] = [codecOf('video'), codecOf('audio')]
  const claimed = (value: number): number | null => (value > 0 ? value : null)
  const { width, height, fps, sampleRate, channels } = facts
  return {
    tracks,
    video:
      video === undefined ? null : { codec: video, width: claimed(width), height: claimed(height), fps: claimed(fps) },
    audio:
      audio === undefined
        ? null
        : { codec: audio, sampleRate: claimed(sampleRate), channels: claimed(channels), madeOf: transcodes },
  }
}

/** The pictures' codec, where servers may not know it. */
export function knownCodec(info: RelayInfo | null): KnownCodec {
  const codec = info?.video?.codec
  return codec === 'h264' || codec === 'hevc' || codec === 'av1' ? codec : null
}
