import type { ErrorCode } from '../../../core/errors'
import type { GstFault } from '../../../engine/fault'

export type FaultRule = readonly [pattern: RegExp, code: ErrorCode]

const RESOURCE = 'gst-resource-error-quark'
const STREAM = 'gst-stream-error-quark'
const LIBRARY = 'gst-library-error-quark'

/** Of GStreamer's own codes for what is asked for: it is not there; it must not be read; nothing could be opened. */
const CODES: Readonly<Record<string, ErrorCode | undefined>> = {
  [`${RESOURCE} 3`]: 'ERR_PLAY_REJECTED',
  [`${RESOURCE} 15`]: 'ERR_AUTHENTICATION',
}

/** What sources of all networks say. */
const NETWORK: readonly FaultRule[] = [
  [/error resolving|name or service not known|no address associated|resolver|could not resolve/i, 'ERR_HOST_NOT_FOUND'],
  [/certificate|\btls\b|\bssl\b|secure connection/i, 'ERR_TLS'],
  [/connection refused|could not connect|no route to host|unreachable/i, 'ERR_CONNECTION_REFUSED'],
  [/timed out|timeout/i, 'ERR_CONNECT_TIMEOUT'],
]

const DEMUXERS = new Set(['flvdemux', 'qtdemux', 'tsdemux', 'matroskademux'])

/** Whether the element reads the container: what it cannot read is no stream. */
function isDemuxer(factory: string): boolean {
  return DEMUXERS.has(factory) || /^rtp.*depay$/.test(factory)
}

/**
 * The code of an error of an input's source or demuxer; null: of another element.
 * @param sources factories of the sources, also of those that they make themselves
 * @param rules what this kind of source says, before what all say
 */
export function inputFault(
  fault: GstFault,
  wasLive: boolean,
  sources: ReadonlySet<string>,
  rules: readonly FaultRule[] = [],
): ErrorCode | null {
  const { factory, domain, code, text, debug } = fault
  const all = `${text}\n${debug}`
  if (isDemuxer(factory) && !sources.has(factory))
    return domain === STREAM || domain === RESOURCE ? 'ERR_BAD_STREAM' : null
  if (!sources.has(factory)) return null
  if (/internal data stream error/i.test(text))
    return /not-linked|not-negotiated|reason error/.test(debug) ? 'ERR_BAD_STREAM' : 'ERR_CONNECTION_LOST'
  const named = [...rules, ...(wasLive ? [] : NETWORK)].find(([pattern]) => pattern.test(all))?.[1]
  if (named !== undefined) return named
  const known = CODES[`${domain} ${code}`]
  if (known !== undefined) return known
  if (domain === STREAM || domain === LIBRARY) return wasLive ? 'ERR_CONNECTION_LOST' : 'ERR_BAD_STREAM'
  return domain === RESOURCE ? 'ERR_CONNECTION_LOST' : null
}
