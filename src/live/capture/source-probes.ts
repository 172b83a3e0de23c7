import { native } from '../../addon/binding'
import type { SwitchedCodec, Timeline } from '../../addon/capture'
import type { Runner } from '../../engine/runner'
import { audioCodecName, audioCodecOfCaps, WATCHED_AUDIO, type AudioCodec } from '../../pipelines/audio-codecs'
import { CAPTURE, type SwitchRow } from '../../pipelines/capture'
import { INPUT } from '../../pipelines/inputs/input-graph'
import { payloadRows } from '../../pipelines/inputs/rtsp'
import { audioDecoders } from '../codec/audio-decoders'
import type { CaptureInput, FeedProgress } from './inputs/input'

/** What differs between a source of FLV with its demuxer and one with a pad for each track. */
export interface SourceProbes {
  /** Buffers that the source gives out. */
  readonly flow: { buffers(): number }
  /** Element whose buffers are messages of the server; null: each is a picture or sound. */
  readonly messages: ReturnType<Runner['element']> | null
  readonly audioCodecs: readonly SwitchedCodec[]
  /** Whether packets wait for their time. */
  waiting?(): boolean
  /** Bytes that wait before the tracks; absent: nobody knows. */
  waitingBytes?(): number
  /** How far a kind is that has a demuxer of its own; null or absent: both kinds come through one. */
  progress?(kind: 'video' | 'audio'): FeedProgress | null
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
  input: TracksInput & Pick<CaptureInput, 'transport' | 'tracks'>,
  { decode, audio }: { readonly decode: boolean; readonly audio: boolean },
  pictures: readonly SwitchRow[],
  onOver: () => void,
): SourceProbes & { close(): void } {
  const n = native()
  const source = runner.element(CAPTURE.source)
  const decoded = audio ? audioDecoders() : WATCHED_AUDIO
  const audioCodecs = decoded.map(switchedAudio)
  const { transport, tracks } = input
  if (tracks !== null) return trackProbes(runner, timeline, input, tracks, pictures, decoded, onOver)
  timeline.watchHeader(source)
  if (transport === 'rxrtmp') {
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

/** Some seconds of the largest pictures. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024

type TracksInput = Pick<CaptureInput, 'payloads' | 'paced' | 'followsSegments' | 'apart' | 'feed'>

const capsOf = (codecs: readonly { readonly caps: string }[]): string => codecs.map(({ caps }) => caps).join('; ')

/** Of an input whose demuxer, or session of RTP, has a pad for each track. */
function trackProbes(
  runner: Runner,
  timeline: Timeline,
  input: TracksInput,
  tracks: string,
  pictures: readonly SwitchRow[],
  decoded: readonly AudioCodec[],
  onOver: () => void,
): SourceProbes & { close(): void } {
  const { payloads = false, paced = false, followsSegments = true, apart = false } = input
  const n = native()
  const audioCodecs = decoded.map(switchedAudio)
  const rows = payloads ? payloadRows(pictures, new Set(decoded.map(({ name }) => name))) : null
  const [video, audio] = rows ? [rows.video, rows.audio] : [pictures, audioCodecs]
  const gate = new n.TrackGate(runner.element(tracks), timeline, capsOf(video), capsOf(audio), true, apart)
  const waiting = payloads ? new n.WaitingPayloads(runner.element(CAPTURE.source), MOST_WAITING_BYTES) : null
  const pace = paced ? new n.InputPace() : null
  const times = (
    [
      [CAPTURE.videoInput, 'video'],
      [CAPTURE.audioInput, 'audio'],
    ] as const
  ).map(([element, kind]) => new n.TrackTimes(runner.element(element), kind, timeline, pace, followsSegments))
  const put = (from: string, to: string, chosen: readonly SwitchRow[]) =>
    new n.CodecSwitch(runner.element(from), runner.element(to), chosen.map(switchedRow), false)
  const switches = rows
    ? [put(INPUT.videoPayload, CAPTURE.videoInput, rows.video), put(INPUT.audioPayload, CAPTURE.audioInput, rows.audio)]
    : []
  const fed = input.feed?.({ element: name => runner.element(name), gate, timeline, onOver })
  return {
    flow: gate,
    messages: null,
    waiting: () => pace?.waiting() ?? false,
    ...(waiting && { waitingBytes: () => waiting.waiting() }),
    ...(fed && { waitingBytes: () => fed.received(), progress: kind => fed.progress(kind) }),
    leftOut: () => waiting?.dropped() ?? 0,
    audioCodecs,
    gate: () => gate,
    audioCodec: audioCodecOfCaps,
    close: () => {
      // First, since a streaming thread may wait there.
      pace?.close()
      fed?.close()
      for (const part of [gate, ...times, ...switches]) part.close()
    },
  }
}

/** A row of a table as the addon takes it. */
export function switchedRow({ caps, elements }: SwitchRow): SwitchedCodec {
  const made = elements?.elements.map(({ factory, name, named, props }) => ({
    factory,
    name: named ? name : '',
    properties: Object.entries(props).map(([property, value]): [string, string] => [property, String(value)]),
  }))
  return { caps, elements: made ?? null, unit: 0 }
}

function switchedAudio({ caps, elements, unit }: AudioCodec): SwitchedCodec {
  return { caps, elements: elements?.map(factory => ({ factory, name: '', properties: [] })) ?? null, unit }
}
