import type { RtmpUrl } from '../core/url'
import { el, type Part, type Props } from './graph/graph'

/** rxrtmp = rxrtmpsrc/rxrtmpsink, the addon's own; rtmp2 = rtmp2src/rtmp2sink; librtmp = rtmpsrc/rtmpsink. */
export type Transport = 'rxrtmp' | 'rtmp2' | 'librtmp'

/** What 'auto' is. */
const AUTO: Transport = 'rxrtmp'

export function transportFor(wanted: 'auto' | Transport): Transport {
  return wanted === 'auto' ? AUTO : wanted
}

/** What an rxrtmpsrc takes of its stream. */
export interface SourceTracks {
  readonly videoTrack: number
  readonly audioTrack: number
}

/**
 * Makes an RTMP source; `timeout` in whole seconds; `via`: a loopback port that leads to the server, for librtmp.
 * rxrtmpsrc has the pads `video` and `audio` itself; the others give out FLV.
 * @param decode false: the media are only measured. rxrtmpsrc needs no thread of its own then, nor its pictures at once
 */
export function rtmpSource(
  url: RtmpUrl,
  transport: Transport,
  timeout: number,
  via: number | null = null,
  decode = true,
  { videoTrack, audioTrack }: SourceTracks = { videoTrack: 0, audioTrack: 0 },
): Part {
  if (transport === 'librtmp') return librtmpSource(url, timeout, via)
  if (transport === 'rtmp2') return el('rtmp2src', { name: 'source', ...rtmp2Address(url), timeout, 'idle-timeout': 0 })
  return el('rxrtmpsrc', {
    name: 'source',
    ...ownAddress(url),
    timeout,
    direct: !decode,
    prompt: decode,
    'script-data': true,
    'video-track': videoTrack,
    'audio-track': audioTrack,
  })
}

/**
 * rtmpsrc passes data on only in full buffers: with the default of 4096 bytes, a quiet stream of 40 kbit/s would wait
 * most of a second for each.
 */
function librtmpSource(url: RtmpUrl, timeout: number, via: number | null): Part {
  return el('rtmpsrc', { name: 'source', location: librtmpLocation(url, timeout, via), timeout, blocksize: 256 })
}

/**
 * Makes an RTMP sink, not synchronised with the clock: packets leave at once.
 * @param publishBy µs of CLOCK_MONOTONIC; rxrtmpsink asks no server for the stream later; null: at any time
 */
export function rtmpSink(
  url: RtmpUrl,
  transport: Transport,
  timeout: number,
  via: number | null = null,
  publishBy: number | null = null,
): Part {
  const common = { name: 'sink', sync: false, async: false, qos: false, 'enable-last-sample': false }
  if (transport === 'librtmp') return el('rtmpsink', { ...common, location: librtmpLocation(url, timeout, via) })
  if (transport === 'rxrtmp') {
    const own = { ...common, ...ownAddress(url), timeout, 'async-connect': true }
    return el('rxrtmpsink', publishBy === null ? own : { ...own, 'publish-by': publishBy })
  }
  return el('rtmp2sink', {
    ...common,
    ...rtmp2Address(url),
    timeout,
    // Connects at the start, not at the first packet, so a refusal is known before the first frame.
    'async-connect': true,
    // RTMP starts with chunks of 128 bytes, with a header byte per 128; OBS and ffmpeg's servers use 4096.
    'chunk-size': 4096,
  })
}

/** Sets each part, never `location`: rtmp2 would split it at the last slash, even inside a token. */
function rtmp2Address(url: RtmpUrl): Props {
  const address: Record<string, string | number> = {
    scheme: url.scheme,
    host: url.host,
    port: url.port,
    application: url.application,
    stream: url.stream,
  }
  if (url.username !== null) address.username = url.username
  if (url.password !== null) address.password = url.password
  return address
}

function ownAddress(url: RtmpUrl): Props {
  return { ...rtmp2Address(url), 'tc-url': url.tcUrl }
}

/**
 * librtmp reads options after blanks; a checked URL has no blanks. Application and playpath are set explicitly, because
 * librtmp would guess the end of the application. A backslash escapes; only a decoded password can contain one.
 */
function librtmpLocation(url: RtmpUrl, timeout: number, via: number | null): string {
  const host = url.host.includes(':') ? `[${url.host}]` : url.host
  // The connected address; the server gets its own address.
  const there = via === null ? `${host}:${url.port}` : `127.0.0.1:${via}`
  const parts = [`${url.scheme}://${there}/${url.application}/${url.stream}`]
  parts.push(`app=${url.application}`, `playpath=${url.stream}`)
  parts.push(`tcUrl=${url.tcUrl}`, `timeout=${timeout}`, 'live=1')
  if (url.username !== null) parts.push(`pubUser=${escapeBackslash(url.username)}`)
  if (url.password !== null) parts.push(`pubPasswd=${escapeBackslash(url.password)}`)
  return parts.join(' ')
}

function escapeBackslash(text: string): string {
  return text.replaceAll('\\', '\\5c')
}
