import type { RtmpUrl } from '../core/url'
import { el, type Part, type Props } from './graph/graph'

/** rtmp2 = rtmp2src/rtmp2sink; librtmp = rtmpsrc/rtmpsink. */
export type Transport = 'rtmp2' | 'librtmp'

/** An RTMP source; `timeout` in whole seconds; `via`: a port of the loopback that leads to the server, for librtmp. */
export function rtmpSource(url: RtmpUrl, transport: Transport, timeout: number, via: number | null = null): Part {
  if (transport === 'librtmp') return librtmpSource(url, timeout, via)
  return el('rtmp2src', { name: 'source', ...rtmp2Address(url), timeout, 'idle-timeout': 0 })
}

/**
 * It hands on nothing before a buffer is full: at the default of 4096 bytes a quiet stream of 40 kbit/s would wait most
 * of a second for each.
 */
function librtmpSource(url: RtmpUrl, timeout: number, via: number | null): Part {
  return el('rtmpsrc', { name: 'source', location: librtmpLocation(url, timeout, via), timeout, blocksize: 256 })
}

/** An RTMP sink: not in time with the clock, since its packets leave as they come. */
export function rtmpSink(url: RtmpUrl, transport: Transport, timeout: number, via: number | null = null): Part {
  const common = { name: 'sink', sync: false, async: false, qos: false, 'enable-last-sample': false }
  if (transport === 'librtmp') return el('rtmpsink', { ...common, location: librtmpLocation(url, timeout, via) })
  return el('rtmp2sink', {
    ...common,
    ...rtmp2Address(url),
    timeout,
    // Connects when started, not at the first packet: then a refusal is known before there is a picture.
    'async-connect': true,
    // RTMP begins with 128 bytes, which costs a header byte per 128; OBS and ffmpeg's servers use 4096.
    'chunk-size': 4096,
  })
}

/** Part by part, never `location`: rtmp2 would split it at the last slash, also one of a token. */
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

/**
 * librtmp reads options behind blanks, of which a checked URL has none. Application and playpath are named, since it
 * would guess where one ends. A backslash escapes; only a decoded password may hold one.
 */
function librtmpLocation(url: RtmpUrl, timeout: number, via: number | null): string {
  const host = url.host.includes(':') ? `[${url.host}]` : url.host
  const base = `${url.scheme}://${host}:${url.port}`
  // Where it connects to; what it tells the server is the server's own address.
  const there = via === null ? base : `${url.scheme}://127.0.0.1:${via}`
  const parts = [`${there}/${url.application}/${url.stream}`, `app=${url.application}`, `playpath=${url.stream}`]
  parts.push(`tcUrl=${base}/${url.application}`, `timeout=${timeout}`, 'live=1')
  if (url.username !== null) parts.push(`pubUser=${escapeBackslash(url.username)}`)
  if (url.password !== null) parts.push(`pubPasswd=${escapeBackslash(url.password)}`)
  return parts.join(' ')
}

function escapeBackslash(text: string): string {
  return text.replaceAll('\\', '\\5c')
}
