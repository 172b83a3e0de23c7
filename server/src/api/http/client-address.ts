/** The address of who asks, also behind proxies that are trusted. */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { Problem } from '../../core/problem.js'

export class TrustedProxies {
  readonly #trusted = new BlockList()

  /** @param addresses addresses or networks, such as 10.0.0.0/8 */
  constructor(addresses: readonly string[]) {
    for (const text of addresses) {
      const [address = '', bits] = text.split('/')
      const kind = kindOf(address)
      const most = kind === 'ipv4' ? 32 : 128
      if (kind === null || (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= most))) {
        throw new Problem(400, 'ERR_OPTION', `server.trustedProxies: '${text}' is no address and no network`, {
          remedy: 'Write an address, or a network such as 10.0.0.0/8.',
        })
      }
      if (bits === undefined) this.#trusted.addAddress(address, kind)
      else this.#trusted.addSubnet(address, Number(bits), kind)
    }
  }

  has(address: string): boolean {
    const kind = kindOf(address)
    return kind !== null && this.#trusted.check(address, kind)
  }

  /** The last address of X-Forwarded-For that no trusted proxy has; without a trusted peer, the peer itself. */
  clientOf(request: IncomingMessage): string {
    const peer = plain(request.socket.remoteAddress ?? '')
    if (!this.has(peer)) return peer
    const forwarded = String(request.headers['x-forwarded-for'] ?? '')
      .split(',')
      .map(text => plain(text.trim()))
    for (const address of forwarded.reverse()) {
      if (kindOf(address) === null) return peer
      if (!this.has(address)) return address
    }
    return peer
  }

  /** Whether the browser speaks TLS, with us or with a proxy that says so. */
  isSecure(request: IncomingMessage): boolean {
    if ('encrypted' in request.socket) return true
    return this.has(plain(request.socket.remoteAddress ?? '')) && request.headers['x-forwarded-proto'] === 'https'
  }
}

/** An IPv4 address that a socket of IPv6 shows. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '')

function kindOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address)
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6'
}
