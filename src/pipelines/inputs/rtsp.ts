import { caps, el, pipeline, type Props } from '../graph/graph'
import type { SwitchRow } from '../capture'
import { PICTURE_FORMS, type PictureCodec } from '../video-codecs'
import { INPUT, type InputGraph } from './input-graph'

export interface RtspAddress {
  /** Without user and password. */
  readonly location: string
  readonly username: string | null
  readonly password: string | null
}

/** Time for which packets of UDP may come out of order, ms. Over TCP they never do. */
const REORDER_MS = 200
/** Time for which packets may wait for one that is missing: a bound of the memory that a server can take, ms. */
const TCP_WAIT_MS = 100

/**
 * rtspsrc ┬ pictures ! identity ! rtph264depay ! …
 *         └ sound ! identity ! rtpmp4gdepay ! …
 *
 * rtspsrc has a pad for each stream of the session; those of other media, and second ones, are drained. Another payload
 * puts its depayloader in the place between the two identities (`payloadRows`).
 */
export function rtspInput(
  { location, username, password }: RtspAddress,
  transport: 'tcp' | 'udp',
  timeoutMs: number,
): InputGraph {
  const login: Props = {
    ...(username !== null && { 'user-id': username }),
    ...(password !== null && { 'user-pw': password }),
  }
  const us = Math.round(timeoutMs * 1000)
  return {
    source: [
      el('rtspsrc', {
        name: INPUT.source,
        location,
        ...login,
        protocols: transport,
        latency: transport === 'tcp' ? TCP_WAIT_MS : REORDER_MS,
        'tcp-timeout': us,
        // rtspsrc would try TCP by itself; a capture does so by another connection, and tells it.
        timeout: 0,
        'drop-on-latency': false,
        'do-rtsp-keep-alive': true,
        // Timestamps as the server sends them: corrected by their arrival, they would jump with the load of a machine.
        'buffer-mode': 'none',
        'udp-reconnect': false,
        ...(transport === 'tcp' && { 'nat-method': 'none' }),
      }),
    ],
    video: { from: INPUT.source, parts: payload('video') },
    audio: { from: INPUT.source, parts: payload('audio') },
  }
}

function payload(media: 'video' | 'audio') {
  const [name, depayloader] =
    media === 'video'
      ? ([INPUT.videoPayload, 'rtph264depay'] as const)
      : ([INPUT.audioPayload, 'rtpmp4gdepay'] as const)
  return [caps('application/x-rtp', { media }), el('identity', { name }), el(depayloader)]
}

const row = (media: 'video' | 'audio', names: string, ...factories: readonly string[]): SwitchRow => ({
  caps: names
    .split(' ')
    .map(name => `application/x-rtp,media=(string)${media},encoding-name=(string)${name}`)
    .join('; '),
  elements: factories.length > 0 ? pipeline(...factories.map(factory => el(factory))) : null,
})

/** Payloads of pictures; that of H.264 is in the graph. */
const PICTURES: readonly (readonly [codec: PictureCodec, SwitchRow])[] = [
  ['h264', row('video', 'H264')],
  ['hevc', row('video', 'H265', 'rtph265depay')],
]

/** Payloads of sound, by FFmpeg's names of their codecs; that of AAC is in the graph. */
const SOUND: readonly (readonly [codec: string, SwitchRow])[] = [
  ['aac', row('audio', 'MPEG4-GENERIC')],
  ['aac', row('audio', 'MP4A-LATM', 'rtpmp4adepay')],
  ['opus', row('audio', 'OPUS X-GST-OPUS-DRAFT-SPITTKA-00', 'rtpopusdepay')],
  ['pcm_alaw', row('audio', 'PCMA', 'rtppcmadepay')],
  ['pcm_mulaw', row('audio', 'PCMU', 'rtppcmudepay')],
  ['mp3', row('audio', 'MPA', 'rtpmpadepay')],
  ['ac3', row('audio', 'AC3', 'rtpac3depay')],
]

export interface PayloadRows {
  readonly video: readonly SwitchRow[]
  readonly audio: readonly SwitchRow[]
}

/**
 * The payloads of a session that are taken.
 * @param pictures caps of the pictures that are taken
 * @param audio FFmpeg's names of the sound that is taken
 */
export function payloadRows(pictures: readonly SwitchRow[], audio: ReadonlySet<string>): PayloadRows {
  const known = new Set(pictures.map(({ caps: text }) => text))
  return {
    video: PICTURES.filter(([codec]) => known.has(PICTURE_FORMS[codec].caps)).map(([, each]) => each),
    audio: SOUND.filter(([codec]) => audio.has(codec)).map(([, each]) => each),
  }
}
