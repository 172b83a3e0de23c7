import { createConnection } from 'node:net'
import { abortError, onAbort, withAwakePatience } from '../core/deadline'
import { PRIVATE_ADDRESS } from '../core/addresses/public-address'
import { RxGstError, type ErrorCode } from '../core/errors'
import type { RtmpUrl } from '../core/url'
import type { Transport } from '../pipelines/transport'
import { peerLookup, privateAddress } from './private-addresses'

/**
 * Tests whether the server accepts a TCP connection, and closes it at once. Used before librtmp and rtspsrc begin, who
 * have one text for "no such host", "nobody there" and "refused". ERR_HOST_NOT_FOUND, ERR_CONNECTION_REFUSED,
 * ERR_CONNECT_TIMEOUT, ERR_ADDRESS_REFUSED; ERR_ABORTED by the signal.
 */
export async function reach(
  url: Pick<RtmpUrl, 'host' | 'port' | 'display'>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const lookup = peerLookup(url)
  const socket = createConnection({ host: url.host, port: url.port, ...(lookup && { lookup }) })
  const fault = new Promise<NodeJS.ErrnoException | null>(resolve => {
    socket.once('connect', () => resolve(null))
    socket.once('error', resolve)
    // Of a socket that the signal has destroyed.
    socket.once('close', () => resolve(null))
  })
  const unsignal = onAbort(signal, () => socket.destroy())
  const found = await withAwakePatience(fault, timeoutMs, 'late' as const)
  unsignal()
  socket.destroy()
  if (signal?.aborted) throw abortError(signal)
  if (found === null) return
  const fail = (code: ErrorCode, why: string): RxGstError => new RxGstError(code, `${url.display}: ${why}`)
  if (found === 'late') throw fail('ERR_CONNECT_TIMEOUT', `no connection within ${timeoutMs} ms`)
  if (found.code === PRIVATE_ADDRESS) throw privateAddress(url.display)
  if (found.code === 'ENOTFOUND' || found.code === 'EAI_AGAIN')
    throw fail('ERR_HOST_NOT_FOUND', `the host name does not resolve (${found.code})`)
  throw fail('ERR_CONNECTION_REFUSED', `no connection (${found.code ?? 'unknown error'})`)
}

/** First byte of a server's handshake. */
const RTMP_VERSION = 3
/** Bytes of a server's handshake. */
const HANDSHAKE_SIZE = 1 + 1536 + 1536
const CLIENT_HELLO = Buffer.concat([Buffer.from([RTMP_VERSION]), Buffer.alloc(1536)])
/** Message types of RTMP (Adobe's specification, 5.4 and 7.1). */
const MESSAGE_TYPES = new Set([1, 2, 3, 4, 5, 6, 8, 9, 15, 16, 17, 18, 19, 20, 22])

/**
 * After a time-out: ERR_HANDSHAKE if the peer does not speak RTMP, for which rtmp2src would wait for ever. null: the
 * peer sends nothing, or its bytes may be RTMP.
 */
async function diagnose(url: RtmpUrl, timeoutMs: number): Promise<RxGstError | null> {
  let lookup: ReturnType<typeof peerLookup>
  try {
    lookup = peerLookup(url)
  } catch {
    return null // private addresses are refused since the first connection
  }
  const socket = createConnection({ host: url.host, port: url.port, ...(lookup && { lookup }) })
  const garbage = new Promise<boolean>(resolve => {
    let received = Buffer.alloc(0)
    let replied = false
    socket.once('connect', () => socket.write(CLIENT_HELLO))
    socket.on('data', data => {
      if (received.length < 2 * HANDSHAKE_SIZE) received = Buffer.concat([received, data])
      if (isGarbage(received)) resolve(true)
      else if (received.length >= HANDSHAKE_SIZE && !replied) {
        replied = true
        socket.write(received.subarray(1, 1537))
      }
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
  const found = await withAwakePatience(garbage, timeoutMs, false)
  socket.destroy()
  return found ? new RxGstError('ERR_HANDSHAKE', `${url.display}: the peer does not speak RTMP`) : null
}

/** A better reason for a time-out, from a second connection of half a second at most; null: none. rxrtmp knows it. */
export async function explainTimeout(
  error: RxGstError,
  url: RtmpUrl,
  transport: Transport,
): Promise<RxGstError | null> {
  const asks = error.code === 'ERR_CONNECT_TIMEOUT' && url.scheme === 'rtmp' && transport !== 'rxrtmp'
  return asks ? diagnose(url, 500) : null
}

function isGarbage(received: Buffer): boolean {
  if (received.length > 0 && received[0] !== RTMP_VERSION) return true
  // The first chunk of a connection has a full header: format 0, a short stream number, three bytes each of time and
  // length, then the message's type.
  if (received.length < HANDSHAKE_SIZE + 12) return false
  const chunk = received.subarray(HANDSHAKE_SIZE)
  return chunk[0]! >> 6 !== 0 || !MESSAGE_TYPES.has(chunk[7]!)
}
