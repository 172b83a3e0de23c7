import { ERRORS } from '../core/error-table'
import type { ErrorCode, GstErrorDetail } from '../core/errors'
import { withoutDump } from './server-said'

/** What a bus error message says, as far as its meaning goes. */
export type GstFault = GstErrorDetail

type Rule = readonly [pattern: RegExp, code: ErrorCode]

// rtmp2 puts all it knows into the text; domain and code are nearly the same for everything, and so are the words
// before the first colon ("Not authorized to connect" stands before every refusal), which is why they are cut off.
const PREFIX =
  /^(not authorized to connect|failed to connect|connection error|connection refused|could not connect):\s*/i
// What the server said comes first: its description may hold any words.
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

/** What any element means by its domain and code: pads and caps that do not fit, and what is not installed. */
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
 * The code of what went wrong, whose part of the graph it was, and whether media had flowed (a transport that ends then
 * has lost its connection, whatever it calls that).
 */
export function faultCode(fault: GstFault, wasLive: boolean): ErrorCode {
  const own = OWN.has(fault.factory) ? /^ERR_[A-Z_]+/.exec(fault.debug)?.[0] : undefined
  if (own !== undefined && own in ERRORS) return own as ErrorCode
  const source = SOURCES.has(fault.factory)
  if (source || SINKS.has(fault.factory)) {
    // What it brought was not understood behind it.
    if (/internal data stream error/i.test(fault.text) && /not-linked|not-negotiated|reason error/.test(fault.debug))
      return 'ERR_BAD_STREAM'
    if (wasLive) return codeOf(fault.text) === 'ERR_NAME_IN_USE' ? 'ERR_NAME_IN_USE' : 'ERR_CONNECTION_LOST'
    const rejected = source ? 'ERR_PLAY_REJECTED' : 'ERR_PUBLISH_REJECTED'
    // librtmp has one text for all; that the host answers was looked at before it began.
    if (LIBRTMP.has(fault.factory)) return /could not open/i.test(fault.text) ? 'ERR_CONNECT_REJECTED' : rejected
    const code = codeOf(fault.text.replace(PREFIX, ''))
    // Servers that refuse without a word hang up once they know what is wanted of them.
    if (code === 'ERR_CONNECTION_LOST' && /^connection error/i.test(fault.text)) return rejected
    return code ?? 'ERR_CONNECTION_LOST'
  }
  // The server hung up before it sent anything: nginx does so to a player it will not serve.
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
 * Whether this fault is another kind than its code stands for: a secure connection that breaks off while it is made is
 * a server that goes down or comes up; a certificate stays as it is.
 */
export function faultRetryable({ text, debug }: GstFault, code: ErrorCode): boolean | undefined {
  return code === 'ERR_TLS' && !/certificate/i.test(text + debug) ? true : undefined
}

function codeOf(text: string): ErrorCode | undefined {
  return TRANSPORT.find(([pattern]) => pattern.test(text))?.[1]
}

/**
 * What a debug text says beside the place in GStreamer that said it. Without the address that librtmp's quotes: it is
 * no news, and it holds the key.
 */
export function debugText(debug: string): string {
  return debug
    .split('\n')
    .slice(1)
    .join(' ')
    .replace(/\s*"rtmps?:[^"]*"/g, '')
    .trim()
}

/** One line for people. `debug`: what debugText() left. */
export function faultText({ element, text, debug }: Pick<GstFault, 'element' | 'text' | 'debug'>): string {
  return `${element}: ${withoutDump(text + (debug === '' ? '' : ` (${debug})`))}`
}

/** Whether this is the element that talks to the server: people know it by its address. */
export function isTransport({ factory }: Pick<GstFault, 'factory'>): boolean {
  return SOURCES.has(factory) || SINKS.has(factory)
}
