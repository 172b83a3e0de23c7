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
