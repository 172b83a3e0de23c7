import { native } from '../../addon/binding'
import type { Timeline } from '../../addon/capture'
import type { Runner } from '../../engine/runner'
import { audioCodecName, audioCodecOfCaps, WATCHED_AUDIO, type AudioCodec } from '../../pipelines/audio-codecs'
import { CAPTURE } from '../../pipelines/capture'
import type { Transport } from '../../pipelines/transport'
import { audioDecoders } from '../codec/audio-decoders'

/** What differs between a source of FLV with its demuxer and one with a pad for each track. */
export interface SourceProbes {
  /** Buffers that the source gives out. */
  readonly flow: { buffers(): number }
  /** Element whose buffers are messages of the server; null: each is a picture or sound. */
  readonly messages: ReturnType<Runner['element']> | null
  readonly audioCodecs: readonly AudioCodec[]
  /** Lets only codecs through that are decoded. Behind the probes that see every buffer. */
  gate(): { close(): void }
  /**
   * FFmpeg's name of the audio codec; null: no decodable audio yet.
   * @param caps caps of the undecoded audio
   */
  audioCodec(caps: string | null): string | null
}

export function sourceProbes(
  runner: Runner,
  timeline: Timeline,
  transport: Transport,
  decode: boolean,
): SourceProbes & { close(): void } {
  const n = native()
  const source = runner.element(CAPTURE.source)
  const audioCodecs = decode ? audioDecoders() : WATCHED_AUDIO
  timeline.watchHeader(source)
  if (transport === 'rxrtmp') {
    const decodable = audioCodecs.map(({ caps }) => caps).join('; ')
    const gate = new n.TrackGate(source, timeline, 'video/x-h264', decodable)
    return {
      flow: gate,
      messages: null,
      audioCodecs,
      gate: () => gate,
      audioCodec: audioCodecOfCaps,
      close: () => gate.close(),
    }
  }
  if (decode && transport === 'rtmp2') n.acknowledgePromptly(source)
  const flow = runner.counter(CAPTURE.source, 'src')
  let flags = (): number | null => null
  return {
    flow,
    messages: source,
    audioCodecs,
    gate: () => {
      const ids = audioCodecs.flatMap(codec => codec.ids).reduce((bits, id) => bits | (1 << id), 0)
      const gate = new n.CodecGate(source, timeline, ids)
      flags = () => gate.audio()
      return gate
    },
    audioCodec: () => audioCodecName(flags()),
    close: () => flow.close(),
  }
}
