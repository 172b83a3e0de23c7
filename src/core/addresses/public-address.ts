import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Private addresses, by IANA's registries of special-purpose addresses. */

const inner4 = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  inner4.addSubnet(network, prefix)

/** All global IPv6 addresses, and inside them the ranges that contain an IPv4 address or are for documentation. */
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')
const inner6 = new BlockList()
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  inner6.addSubnet(network, prefix, 'ipv6')
/** IPv6 forms of IPv4 addresses: IPv4-mapped and NAT64. */
const carries4 = new BlockList()
for (const network of ['::ffff:0:0', '64:ff9b::']) carries4.addSubnet(network, 96, 'ipv6')

/** Whether the address is public; false for a text that is not an address. */
export function isPublicAddress(address: string): boolean {
  const [plain = ''] = address.split('%')
  switch (isIP(plain)) {
    case 4:
      return !inner4.check(plain)
    case 6:
      if (carries4.check(plain, 'ipv6')) return !inner4.check(lastFourBytes(plain))
      return global6.check(plain, 'ipv6') && !inner6.check(plain, 'ipv6')
    default:
      return false
  }
}

function lastFourBytes(address: string): string {
  // The URL parser writes an address in one form: '[::ffff:7f00:1]'; '::' can be at the end.
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const whole = written.replace(/::$/, '::0:0').replace(/^(.*)::([^:]*)$/, '$1:0:$2')
  const [high, low] = whole
    .split(':')
    .slice(-2)
    .map(group => parseInt(group || '0', 16))
  return [high! >> 8, high! & 255, low! >> 8, low! & 255].join('.')
}

/** Code of the error for a name that resolves to a private address. */
export const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS'

/**
 * A lookup for the connection itself: the checked address is the connected address, even if the name resolves to
 * another one a moment later. A single private address among several is refused.
 */
export function publicLookup(lookup: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      if (error) return callback(error, '')
      if (found.length === 0 || !found.every(({ address }) => isPublicAddress(address))) {
        return callback(Object.assign(new Error('a private address'), { code: PRIVATE_ADDRESS }), '')
      }
      if (options.all) return callback(null, found)
      callback(null, found[0]!.address, found[0]!.family)
    })
  }
}
