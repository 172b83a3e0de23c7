import { ERRORS } from '../core/error-table'
import type { ErrorCode, GstErrorDetail } from '../core/errors'
import { withoutDump } from './server-said'

/** The fields of a bus error message from which its meaning is derived. */
export interface GstFault extends GstErrorDetail {
  /** `details`: what rxrtmpsrc and rxrtmpsink say of an error besides its text. */
  readonly detail?: Readonly<Record<string, unknown>>
}

type Rule = readonly [pattern: RegExp, code: ErrorCode]

// rtmp2 tells the cause only in the text: domain and code are nearly always the same, and so are the words before the
// first colon ("Not authorized to connect" comes before every refusal), which are cut off.
const PREFIX =
  /^(not authorized to connect|failed to connect|connection error|connection refused|could not connect):\s*/i
// Rules for the server's own words come first, since its description may hold any word of the later rules.
const TRANSPORT: readonly Rule[] = [
  [
    /authmod|authfailed|needauth|nosuchuser|wrong user|wrong password|access manager|authentication (required|failed)/i,
    'ERR_AUTHENTICATION',
  ],
  [/NetStream\.Publish\.BadName|already publishing/i, 'ERR_NAME_IN_USE'],
  [/'connect' (cmd|command)|'createStream' cmd failed: _error|NetConnection\.Connect/i, 'ERR_CONNECT_REJECTED'],
  [/NetStream\.Publish|\bpublish\b|'(releaseStream|FCPublish)' (cmd|command)/i, 'ERR_PUBLISH_REJECTED'],
  [/NetStream\.Play|\bplay\b|StreamNotFound/i, 'ERR_PLAY_REJECTED'],
  [/error resolving|name or service not known|resolver/i, 'ERR_HOST_NOT_FOUND'],
  [/\btls\b|certificate|peer failed to perform/i, 'ERR_TLS'],
  [/connection refused|no route to host|unreachable|could not connect to/i, 'ERR_CONNECTION_REFUSED'],
  [/timed out|timeout/i, 'ERR_CONNECT_TIMEOUT'],
  [/handshake|bad version|unsupported version/i, 'ERR_HANDSHAKE'],
  [/closed remotely|broken pipe|reset by peer|connection lost|was cancelled/i, 'ERR_CONNECTION_LOST'],
]

/** Errors of any element, by domain and code: pads or caps that do not fit, a plugin that is not installed. */
const GENERAL: Readonly<Record<string, ErrorCode | undefined>> = {
  'gst-core-error-quark 5': 'ERR_LINK',
  'gst-core-error-quark 7': 'ERR_LINK',
  'gst-core-error-quark 10': 'ERR_LINK',
  'gst-core-error-quark 12': 'ERR_MISSING_PLUGIN',
}

const SOURCES = new Set(['rxrtmpsrc', 'rtmp2src', 'rtmpsrc'])
const SINKS = new Set(['rxrtmpsink', 'rtmp2sink', 'rtmpsink'])
/** The addon's own elements: their debug text begins with the code. */
const OWN = new Set(['rxrtmpsrc', 'rxrtmpsink'])
const LIBRTMP = new Set(['rtmpsrc', 'rtmpsink'])

/**
 * The error code of a fault.
 * @param wasLive whether media had flowed: then a transport that fails has lost its connection, whatever its text says
 */
export function faultCode(fault: GstFault, wasLive: boolean): ErrorCode {
  const own = OWN.has(fault.factory) ? /^ERR_[A-Z_]+/.exec(fault.debug)?.[0] : undefined
  if (own !== undefined && own in ERRORS) {
    // Closed without a word, when the server has accepted the stream: no refusal any more.
    if (wasLive && /_REJECTED$/.test(own) && closedSilently(fault)) return 'ERR_CONNECTION_LOST'
    return own as ErrorCode
  }
  const source = SOURCES.has(fault.factory)
  if (source || SINKS.has(fault.factory)) {
    // An element behind the source did not understand the data.
    if (/internal data stream error/i.test(fault.text) && /not-linked|not-negotiated|reason error/.test(fault.debug))
      return 'ERR_BAD_STREAM'
    if (wasLive) return codeOf(fault.text) === 'ERR_NAME_IN_USE' ? 'ERR_NAME_IN_USE' : 'ERR_CONNECTION_LOST'
    const rejected = source ? 'ERR_PLAY_REJECTED' : 'ERR_PUBLISH_REJECTED'
    // librtmp has one text for every cause; reach() has made sure before that the host answers.
    if (LIBRTMP.has(fault.factory)) return /could not open/i.test(fault.text) ? 'ERR_CONNECT_REJECTED' : rejected
    const code = codeOf(fault.text.replace(PREFIX, ''))
    // Some servers refuse silently: they hang up when they know what the client wants.
    if (code === 'ERR_CONNECTION_LOST' && /^connection error/i.test(fault.text)) return rejected
    return code ?? 'ERR_CONNECTION_LOST'
  }
  // The server hung up before it sent anything, as nginx does when it refuses a player.
  if (fault.factory === 'flvdemux' && !wasLive && /EOS before any data/i.test(fault.debug)) return 'ERR_PLAY_REJECTED'
  const general = GENERAL[`${fault.domain} ${fault.code}`]
  if (general !== undefined) return general
  if (/reason not-negotiated/.test(fault.debug)) return 'ERR_LINK'
  if (/^(flvdemux|h264parse|aacparse)$/.test(fault.factory)) return 'ERR_BAD_STREAM'
  if (/dec(_|$)|dec\d*$/.test(fault.factory)) return 'ERR_DECODE'
  if (/enc(_|$)/.test(fault.factory)) return 'ERR_ENCODE'
  return 'ERR_PIPELINE'
}

/**
 * Whether a retry helps, where that differs from the error code's default: a TLS handshake that breaks off comes from a
 * server that starts or stops, but a bad certificate stays bad.
 */
export function faultRetryable({ text, debug }: GstFault, code: ErrorCode): boolean | undefined {
  return code === 'ERR_TLS' && !/certificate/i.test(text + debug) ? true : undefined
}

/** Whether the server had accepted the stream, and hung up without a reason. */
function closedSilently({ detail }: GstFault): boolean {
  const { silent, 'accepted-ms': accepted } = (detail?.details ?? {}) as Record<string, unknown>
  return silent === true && Number(accepted) > 0
}

function codeOf(text: string): ErrorCode | undefined {
  return TRANSPORT.find(([pattern]) => pattern.test(text))?.[1]
}

/**
 * A debug text without its first line, the place in GStreamer's code, and without the address that librtmp quotes,
 * which holds the stream key.
 */
export function debugText(debug: string): string {
  return debug
    .split('\n')
    .slice(1)
    .join(' ')
    .replace(/\s*"rtmps?:[^"]*"/g, '')
    .trim()
}

/** A fault as one readable line. `debug`: the result of debugText(). */
export function faultText({ element, text, debug }: Pick<GstFault, 'element' | 'text' | 'debug'>): string {
  return `${element}: ${withoutDump(text + (debug === '' ? '' : ` (${debug})`))}`
}

/** Whether this element talks to the server; messages name it by its address. */
export function isTransport({ factory }: Pick<GstFault, 'factory'>): boolean {
  return SOURCES.has(factory) || SINKS.has(factory)
}
