import { createConnection } from 'node:net'
import { RxGstError } from '../core/errors'
import type { RtmpUrl } from '../core/url'

/**
 * Whether something listens there: librtmp has one text for "no such host", "nobody there" and "refused", so this is
 * asked before it starts. Resolves when a TCP connection was made (and closed at once).
 */
export function reach(url: RtmpUrl, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: url.host, port: url.port })
    const fail = (code: 'ERR_HOST_NOT_FOUND' | 'ERR_CONNECTION_REFUSED' | 'ERR_CONNECT_TIMEOUT', why: string): void => {
      socket.destroy()
      reject(new RxGstError(code, `${url.display}: ${why}`))
    }
    socket.setTimeout(timeout, () => fail('ERR_CONNECT_TIMEOUT', `no connection within ${timeout} ms`))
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const unknown = error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN'
      if (unknown) fail('ERR_HOST_NOT_FOUND', `the name of the host does not resolve (${error.code})`)
      else fail('ERR_CONNECTION_REFUSED', `no connection (${error.code ?? 'unknown error'})`)
    })
  })
}

/** What a server's handshake begins with, its version byte, and how much of it there is. */
const RTMP_VERSION = 3
const HANDSHAKE_SIZE = 1 + 1536 + 1536
const CLIENT_HELLO = Buffer.concat([Buffer.from([RTMP_VERSION]), Buffer.alloc(1536)])
/** Message types of RTMP (Adobe's specification, 5.4 and 7.1). */
const MESSAGE_TYPES = new Set([1, 2, 3, 4, 5, 6, 8, 9, 15, 16, 17, 18, 19, 20, 22])

/**
 * After a time-out: whether what answers there speaks RTMP at all. rtmp2src waits for ever on a peer that sends
 * something else. null: it says nothing, or what it says may be RTMP.
 */
function diagnose(url: RtmpUrl, timeout: number): Promise<RxGstError | null> {
  return new Promise(resolve => {
    const socket = createConnection({ host: url.host, port: url.port })
    let heard = Buffer.alloc(0)
    let replied = false
    const finish = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(
        isGarbage(heard)
          ? new RxGstError('ERR_HANDSHAKE', `${url.display}: what answers there does not speak RTMP`)
          : null,
      )
    }
    const timer = setTimeout(finish, timeout)
    socket.once('connect', () => socket.write(CLIENT_HELLO))
    socket.on('data', data => {
      if (heard.length < 2 * HANDSHAKE_SIZE) heard = Buffer.concat([heard, data])
      if (isGarbage(heard)) finish()
      else if (heard.length >= HANDSHAKE_SIZE && !replied) {
        replied = true
        socket.write(heard.subarray(1, 1537))
      }
    })
    socket.once('error', finish)
    socket.once('close', finish)
  })
}

/** A better reason than the time-out, where a second look finds one; half a second at most. */
export async function explainTimeout(error: RxGstError, url: RtmpUrl): Promise<RxGstError | null> {
  return error.code === 'ERR_CONNECT_TIMEOUT' && url.scheme === 'rtmp' ? diagnose(url, 500) : null
}

function isGarbage(heard: Buffer): boolean {
  if (heard.length > 0 && heard[0] !== RTMP_VERSION) return true
  // The first chunk of a connection has a full header: format 0, a short stream number, three bytes each of time and
  // length, then the message's type.
  if (heard.length < HANDSHAKE_SIZE + 12) return false
  const chunk = heard.subarray(HANDSHAKE_SIZE)
  return chunk[0]! >> 6 !== 0 || !MESSAGE_TYPES.has(chunk[7]!)
}
