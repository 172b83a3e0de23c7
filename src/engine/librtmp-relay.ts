import { RxGstError } from '../core/errors'
import type { RtmpUrl } from '../core/url'
import { native } from '../addon/binding'
import type { RtmpRelay } from '../addon/rtmp'
import type { Transport } from '../pipelines/transport'

/**
 * What librtmp goes through on its way to this server; null: rtmp2, or a secure connection, of which nobody sees
 * inside.
 */
export function relayFor(url: RtmpUrl, transport: Transport, timeout: number): RtmpRelay | null {
  if (transport !== 'librtmp' || url.scheme !== 'rtmp') return null
  return relayTo(url.host, url.port, timeout)
}

/** `timeout`: for the connection to the server, ms. */
export function relayTo(host: string, port: number, timeout: number): RtmpRelay {
  const relay = new (native().RtmpRelay)(host, port, timeout)
  if (relay.port() === 0)
    throw new RxGstError('ERR_PIPELINE', 'no port of the loopback is free for the connection to librtmp')
  return relay
}
