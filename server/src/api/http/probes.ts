/**
 * /livez and /readyz at a door of their own: what fills the connections of API and page, which anybody on the network
 * may do, must not look like a process that does not turn. Whoever asks here gets one answer, and is let go.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Handlers } from './listeners.js'

export const MOST_PROBES = 32
/** A probe that takes its answer no faster is none. */
export const PROBE_STALLED_MS = 5000

export interface Health {
  readonly status: 200 | 503
  readonly text: string
}

export const livez = (): Health => ({ status: 200, text: 'ok\n' })

/** @param reason why it takes no new channels; null: it does */
export const readyz = (reason: string | null): Health => ({
  status: reason === null ? 200 : 503,
  text: `${reason ?? 'ready'}\n`,
})

export function probeHandlers(notReady: () => string | null): Handlers {
  const answerOf = ({ method, url = '' }: IncomingMessage): { readonly status: number; readonly text: string } => {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'GET alone\n' }
    const [path] = url.split('?')
    if (path === '/livez') return livez()
    if (path === '/readyz') return readyz(notReady())
    return { status: 404, text: 'there are /livez and /readyz\n' }
  }
  return {
    request: (request: IncomingMessage, response: ServerResponse) => {
      const { status, text } = answerOf(request)
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', connection: 'close' }
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) })
      response.end(request.method === 'HEAD' ? undefined : text)
    },
    upgrade: (_, socket) => socket.destroy(),
  }
}
