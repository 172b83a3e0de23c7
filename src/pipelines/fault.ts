import type { ErrorCode } from '../core/errors'

/** What a bus error message says, as far as its meaning goes. */
export interface GstFault {
  readonly element: string
  readonly factory: string
  /** 'gst-resource-error-quark' … */
  readonly domain: string
  readonly code: number
  readonly text: string
  readonly debug: string
}

type Rule = readonly [pattern: RegExp, code: ErrorCode]

// GStreamer's rtmp2 elements put all they know into the text; domain and code are RESOURCE/NOT_FOUND for nearly all.
const TRANSPORT: readonly Rule[] = [
  [/publish denied.*(already publishing|BadName|in use)|Publish\.BadName|already publishing/i, 'ERR_NAME_IN_USE'],
  [/authenticat|authoriz|authmod|not authorized|auth(entication)? (failed|rejected)/i, 'ERR_AUTHENTICATION'],
  [/resolving|name or service not known|resolver|gethostby/i, 'ERR_HOST_NOT_FOUND'],
  [/tls|certificate|peer failed to perform/i, 'ERR_TLS'],
  [/connection refused|no route|unreachable|could not connect to \S+ ?(:|$)/i, 'ERR_CONNECTION_REFUSED'],
  [/timed out|timeout/i, 'ERR_CONNECT_TIMEOUT'],
  [/handshake|bad version|unsupported version|malformed|not an? rtmp/i, 'ERR_HANDSHAKE'],
  [/publish/i, 'ERR_PUBLISH_REJECTED'],
  [/play|StreamNotFound/i, 'ERR_PLAY_REJECTED'],
  [/connection closed|closed remotely|broken pipe|reset by peer|connection lost|end of stream|eof/i, 'ERR_CONNECTION_LOST'],
  [/connect' (command|cmd).*(reject|error)|rejected|NetConnection\.Connect|connect.*fail/i, 'ERR_CONNECT_REJECTED'],
]

const SOURCES = new Set(['rtmp2src', 'rtmpsrc'])
const SINKS = new Set(['rtmp2sink', 'rtmpsink'])

/**
 * The code of what went wrong, whose part of the graph it was, and whether media had flowed (a transport that ends then
 * has lost its connection, whatever it calls that).
 */
export function faultCode(fault: GstFault, wasLive: boolean): ErrorCode {
  const text = `${fault.text}\n${fault.debug}`
  if (SOURCES.has(fault.factory) || SINKS.has(fault.factory)) {
    if (/internal data stream error|streaming stopped/i.test(fault.text) && wasLive) return 'ERR_CONNECTION_LOST'
    const code = TRANSPORT.find(([pattern]) => pattern.test(text))?.[1]
    if (wasLive && (code === undefined || code === 'ERR_CONNECT_TIMEOUT')) return 'ERR_CONNECTION_LOST'
    if (code === 'ERR_PLAY_REJECTED' && SINKS.has(fault.factory)) return 'ERR_PUBLISH_REJECTED'
    if (code === 'ERR_PUBLISH_REJECTED' && SOURCES.has(fault.factory)) return 'ERR_PLAY_REJECTED'
    return code ?? (wasLive ? 'ERR_CONNECTION_LOST' : 'ERR_CONNECTION_REFUSED')
  }
  if (/flvdemux|h264parse|aacparse/.test(fault.factory)) return 'ERR_BAD_STREAM'
  if (/dec/.test(fault.factory)) return 'ERR_DECODE'
  if (/enc/.test(fault.factory)) return 'ERR_ENCODE'
  return 'ERR_PIPELINE'
}
