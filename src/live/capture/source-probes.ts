import { native } from '../../addon/binding'
import type { SwitchedCodec, Timeline } from '../../addon/capture'
import type { Runner } from '../../engine/runner'
import { audioCodecName, audioCodecOfCaps, WATCHED_AUDIO, type AudioCodec } from '../../pipelines/audio-codecs'
import { CAPTURE, type SwitchRow } from '../../pipelines/capture'
import type { Transport } from '../../pipelines/transport'
import { audioDecoders } from '../codec/audio-decoders'

/** What differs between a source of FLV with its demuxer and one with a pad for each track. */
export interface SourceProbes {
  /** Buffers that the source gives out. */
  readonly flow: { buffers(): number }
  /** Element whose buffers are messages of the server; null: each is a picture or sound. */
  readonly messages: ReturnType<Runner['element']> | null
  readonly audioCodecs: readonly SwitchedCodec[]
  /** Configuration records that the source has left out. */
  leftOut(): number
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
  { decode, audio }: { readonly decode: boolean; readonly audio: boolean },
  pictures: readonly SwitchRow[],
): SourceProbes & { close(): void } {
  const n = native()
  const source = runner.element(CAPTURE.source)
  const decoded = audio ? audioDecoders() : WATCHED_AUDIO
  const audioCodecs = decoded.map(switchedAudio)
  timeline.watchHeader(source)
  if (transport === 'rxrtmp') {
    const capsOf = (codecs: readonly { readonly caps: string }[]): string => codecs.map(({ caps }) => caps).join('; ')
    const gate = new n.TrackGate(source, timeline, capsOf(pictures), capsOf(audioCodecs))
    return {
      flow: gate,
      messages: null,
      leftOut: () => n.transportStats(source)?.recordsLeftOut ?? 0,
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
    leftOut: () => 0,
    audioCodecs,
    gate: () => {
      const ids = decoded.flatMap(codec => codec.ids).reduce((bits, id) => bits | (1 << id), 0)
      const gate = new n.CodecGate(source, timeline, ids)
      flags = () => gate.audio()
      return gate
    },
    audioCodec: () => audioCodecName(flags()),
    close: () => flow.close(),
  }
}

function switchedAudio({ caps, elements, unit }: AudioCodec): SwitchedCodec {
  return { caps, elements: elements?.map(factory => ({ factory, name: '', properties: [] })) ?? null, unit }
}
