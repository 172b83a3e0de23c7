/** Requests that offer another protocol than the one that the server has: they are answered as if they did not. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

export const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket'

/** Headers that are of the offer alone; Connection names them. */
const OF_OFFER = new Set(['upgrade', 'http2-settings'])

/**
 * Gives the server the request anew, without its offer: clients of HTTP/2 in plain text (h2c) send one with each first
 * request, a POST with its body among them, and go on with HTTP/1.1 where nobody takes it.
 * @param head what has come behind the request's headers
 */
export function withoutOffer(
  server: Server,
  event: 'connection' | 'secureConnection',
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [name, value] = [request.rawHeaders[at]!, request.rawHeaders[at + 1]!]
    const lower = name.toLowerCase()
    if (OF_OFFER.has(lower)) continue
    const kept =
      lower === 'connection' ? value.split(',').filter(token => !OF_OFFER.has(token.trim().toLowerCase())) : [value]
    if (kept.length > 0) lines.push(`${name}: ${kept.join(',').trim()}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit(event, socket)
}
