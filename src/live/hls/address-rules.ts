import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress, publicLookup } from '../../core/addresses/public-address'
import { RxGstError } from '../../core/errors'
import { peerLookup, privateAddress, privateAddressesRefused } from '../../engine/private-addresses'

/** Where a request may go. */
export interface Permission {
  /** Whether user and password of the address go with it. */
  readonly own: boolean
  /** Refuses private addresses at the connection itself; undefined: every address may be connected. */
  readonly lookup: LookupFunction | undefined
}

/**
 * What playlists and redirects may name: http and https alone; no http where the playlist came by https; and no host
 * inside of a private network but that of the capture's own address, and those that the program has named. A server
 * must not make a capture knock at doors that the server itself cannot reach.
 */
export class AddressRules {
  readonly #own: URL
  readonly #hosts: ReadonlySet<string>
  readonly #display: string

  /** @param hosts names, or names with a port, that the program has named; '*': every one */
  constructor(own: URL, hosts: readonly string[], display: string) {
    this.#own = own
    this.#hosts = new Set(hosts)
    this.#display = display
  }

  /** The address of what a playlist or a redirect names. ERR_BAD_STREAM, ERR_ADDRESS_REFUSED. */
  resolve(reference: string, from: URL): URL {
    // Variables (EXT-X-DEFINE) would stand as they are.
    if (/\{\$/.test(reference)) throw this.#unsupported('variables (EXT-X-DEFINE)')
    let url: URL
    try {
      url = new URL(reference, from)
    } catch {
      throw new RxGstError('ERR_BAD_STREAM', `${this.#display}: the playlist names what is no address`)
    }
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw this.#refused('an address that is neither http: nor https:')
    if (from.protocol === 'https:' && url.protocol === 'http:') throw this.#refused('http: from https:')
    // Those of the capture's own address are added by the client.
    url.username = ''
    url.password = ''
    url.hash = ''
    this.permit(url)
    return url
  }

  permit(url: URL): Permission {
    const own = url.origin === this.#own.origin
    const port = url.port || (url.protocol === 'https:' ? '443' : '80')
    const named = ['*', url.hostname, `${url.hostname}:${port}`].some(host => this.#hosts.has(host))
    const peer = { host: url.hostname, port: Number(port), display: this.#display }
    if (own || named) return { own, lookup: peerLookup(peer) }
    const plain = url.hostname.replace(/^\[(.*)\]$/, '$1')
    if (isIP(plain) !== 0 && !isPublicAddress(plain)) throw this.privateAddress()
    return { own, lookup: publicLookup(systemLookup) }
  }

  /** Of an address whose name leads there. */
  privateAddress(): RxGstError {
    if (privateAddressesRefused()) return privateAddress(this.#display)
    return this.#refused('another host inside of a private network')
  }

  #refused(what: string): RxGstError {
    return new RxGstError('ERR_ADDRESS_REFUSED', `${this.#display}: its playlist, or a redirect, names ${what}`)
  }

  #unsupported(what: string): RxGstError {
    return new RxGstError('ERR_UNSUPPORTED_MEDIA', `${this.#display}: its playlist has ${what}, which are not taken`)
  }
}
