import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { native } from '../addon/binding'
import { isPublicAddress, PRIVATE_ADDRESS, publicLookup } from '../core/addresses/public-address'
import { abortError, onAbort, withAwakePatience } from '../core/deadline'
import { RxGstError } from '../core/errors'

export interface Peer {
  readonly host: string
  readonly port: number
  /** For messages. */
  readonly display: string
}

/** Whether connections to private addresses fail; with a peer: also those to this one. */
export function privateAddressesRefused(peer?: Pick<Peer, 'host' | 'port'>): boolean {
  return native().privateAddressesRefused(peer ? `${plain(peer.host)}:${peer.port}` : '')
}

const plain = (host: string): string => host.replace(/^\[(.*)\]$/, '$1')

/**
 * For a connection of Node's: the address that was looked at is the one that is connected. undefined: any address. No
 * lookup follows for an address that is written as numbers: that one is looked at here. ERR_ADDRESS_REFUSED.
 */
export function peerLookup(peer: Peer): LookupFunction | undefined {
  if (!privateAddressesRefused(peer)) return undefined
  const host = plain(peer.host)
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw privateAddress(peer.display)
  return publicLookup(systemLookup)
}

export function privateAddress(display: string): RxGstError {
  return new RxGstError('ERR_ADDRESS_REFUSED', `${display}: the address is one of a private network`)
}

/**
 * The host for an element that resolves names by itself: its public address, where private ones are refused; else the
 * host. ERR_ADDRESS_REFUSED, ERR_HOST_NOT_FOUND, ERR_CONNECT_TIMEOUT; ERR_ABORTED by the signal.
 */
export async function pinnedHost(peer: Peer, timeoutMs: number, signal?: AbortSignal): Promise<string> {
  const { host, display } = peer
  const lookup = peerLookup(peer)
  if (!lookup || isIP(host) !== 0) return host
  const found = new Promise<string | NodeJS.ErrnoException>(resolve =>
    lookup(host, {}, (error, address) => resolve(error ?? (address as string))),
  )
  let unsignal = (): void => {}
  const stopped = new Promise<null>(resolve => (unsignal = onAbort(signal, () => resolve(null))))
  const outcome = await withAwakePatience(Promise.race([found, stopped]), timeoutMs, null)
  unsignal()
  if (signal?.aborted) throw abortError(signal)
  if (outcome === null) throw new RxGstError('ERR_CONNECT_TIMEOUT', `${display}: the host name is still being resolved`)
  if (typeof outcome === 'string') return outcome
  if (outcome.code === PRIVATE_ADDRESS) throw privateAddress(display)
  throw new RxGstError('ERR_HOST_NOT_FOUND', `${display}: the host name does not resolve (${outcome.code})`)
}
