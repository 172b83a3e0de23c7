import { RxGstError } from '../core/errors'
import type { RtmpUrl } from '../core/url'
import { native } from '../addon/binding'
import type { RtmpRelay } from '../addon/rtmp'
import type { Transport } from '../pipelines/transport'

/**
 * The relay between librtmp and this server; null: the transport is rtmp2, or the connection is secure, so that a relay
 * could not read it.
 */
export function relayFor(url: RtmpUrl, transport: Transport, timeoutMs: number): RtmpRelay | null {
  if (transport !== 'librtmp' || url.scheme !== 'rtmp') return null
  return relayTo(url.host, url.port, timeoutMs)
}

/** @param timeoutMs deadline for the connection to the server */
export function relayTo(host: string, port: number, timeoutMs: number): RtmpRelay {
  const relay = new (native().RtmpRelay)(host, port, timeoutMs)
  if (relay.port() === 0) throw new RxGstError('ERR_PIPELINE', 'no loopback port is free for the connection to librtmp')
  return relay
}
