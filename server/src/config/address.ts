/** Addresses of a configuration, whose secrets are references or literal. No message quotes one. */
import { isIP } from 'node:net'
import { isPublicAddress, parseNetworkAddress, parseRtmpUrl, parseSrtUrl } from 'rxgst/checks'
import { hasReference, withStandIns } from './references.js'

export type Role = 'input' | 'target' | 'webhook' | 'mail'

const SCHEMES: Readonly<Record<Role, readonly string[]>> = {
  input: ['rtmp', 'rtmps', 'srt', 'rtsp', 'rtsps', 'http', 'https', 'file'],
  target: ['rtmp', 'rtmps', 'srt'],
  webhook: ['http', 'https'],
  mail: ['smtp', 'smtps'],
}

export interface Address {
  readonly scheme: string
  /** '' where it has none: an SRT listener, a file. */
  readonly host: string
  readonly port: number | null
  /** The same for two addresses of one place: server, application, stream; null: not known before secrets are. */
  readonly place: string
  /** Stream name or key, without its query; references as they were written. */
  readonly key: string
  readonly query: string
  readonly listens: boolean
  /** Of file:, decoded. */
  readonly path: string | null
}

/** null: it is a reference as a whole, or begins with one, and so is not known yet. Throws RxGstError ERR_URL. */
export function parseAddress(text: string, streamKey: string | undefined): Address | null {
  if (text.startsWith('${')) return null
  const url = withStandIns(text)
  const scheme = schemeOf(text)
  if (scheme === 'rtmp' || scheme === 'rtmps') {
    const stream = streamKey === undefined ? null : withStandIns(streamKey)
    const restore = (part: string): string => (stream ?? url).restore(part)
    const { host, port, application, stream: name } = parseRtmpUrl(url.text, stream?.text ?? null)
    const whole = name === '' ? application : name
    const [key = '', ...query] = whole.split('?')
    const server = `${scheme}://${host.toLowerCase()}:${port}`
    const place = `${server}/${url.restore(application)}/${restore(name)}`
    return { ...NOWHERE, scheme, host: url.restore(host), port, place, key: restore(key), query: query.join('?') }
  }
  if (scheme === 'srt') {
    const { host, port, mode, streamId } = parseSrtUrl(url.text)
    const listens = mode === 'listener'
    const place = `srt://${listens ? '' : host.toLowerCase()}:${port}/${listens ? '' : url.restore(streamId ?? '')}`
    return { ...NOWHERE, scheme, host: url.restore(host), port, place, key: url.restore(streamId ?? ''), listens }
  }
  if (scheme === 'file') {
    const path = filePath(url.text)
    return { ...NOWHERE, scheme, place: `file://${path}`, path }
  }
  const { host, port, path } = parseNetworkAddress(url.text, scheme === '' ? 'network' : scheme.toUpperCase())
  return {
    ...NOWHERE,
    scheme,
    host: url.restore(host),
    port,
    place: `${scheme}://${host.toLowerCase()}:${port}${url.restore(path)}`,
  }
}

const NOWHERE = { host: '', port: null, key: '', query: '', listens: false, path: null } as const

export function schemeOf(text: string): string {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? ''
}

function filePath(text: string): string | null {
  try {
    const url = new URL(text)
    return url.host === '' || url.host === 'localhost' ? decodeURIComponent(url.pathname) : null
  } catch {
    return null
  }
}

export interface AddressRules {
  readonly schemes: readonly string[]
  readonly privateAddresses: boolean
}

/**
 * What is wrong with an address, in words that do not quote it; null: nothing, as far as it is known before names are
 * resolved. Called again when its secrets are in place.
 */
export function addressFault(
  text: string,
  { role, streamKey }: { readonly role: Role; readonly streamKey?: string | undefined },
  { schemes, privateAddresses }: AddressRules,
): string | null {
  const scheme = schemeOf(text)
  let address: Address | null
  try {
    if (scheme === '' && !text.startsWith('${')) return 'this is no address: it begins with scheme://'
    if (scheme !== '' && !SCHEMES[role].includes(scheme))
      return `${NOUNS[role]} has one of the schemes ${SCHEMES[role].join(', ')}`
    address = parseAddress(text, streamKey)
  } catch (error) {
    return error instanceof Error ? error.message : 'this is no address'
  }
  if (address === null) return null
  if ((role === 'input' || role === 'target') && !schemes.includes(scheme))
    return `the scheme ${scheme} is not among server.schemes`
  if (streamKey !== undefined && scheme !== 'rtmp' && scheme !== 'rtmps') return 'streamKey is for addresses of RTMP'
  if (address.host === '' && scheme !== 'file' && !address.listens) return 'the host is missing'
  if (scheme === 'file' && address.path === null) return 'the address of a file is file:///path'
  // A listener's host is this machine's own side.
  if (!privateAddresses && !address.listens && isPrivateHost(address.host))
    return 'an address of a private network, and server.privateAddresses is false'
  return null
}

const NOUNS: Readonly<Record<Role, string>> = {
  input: 'an input',
  target: 'a target',
  webhook: 'a webhook',
  mail: 'a mail server',
}

/**
 * Whether an address (IPv4, IPv6, IPv4 in IPv6) leads into a private network, to this machine, or to many. For the time
 * of connection: `address` is what the name has resolved to, or what the peer has.
 */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/^\[(.*)\]$/, '$1')
  return isIP(plain.split('%')[0]!) !== 0 && !isPublicAddress(plain)
}

/** Of a host as it is written: a literal address in every spelling, or a name that is always this machine's. */
export function isPrivateHost(host: string): boolean {
  if (host === '' || hasReference(host)) return false
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name.endsWith('.local') || name.endsWith('.internal'))
    return true
  if (isPrivateAddress(name)) return true
  if (isIP(name.split('%')[0]!) !== 0) return false
  // 127.1, 0x7f000001, 2130706433 are addresses for the system's resolver, as for URLs.
  const written = URL.canParse(`http://${name}/`) ? new URL(`http://${name}/`).hostname : name
  return isPrivateAddress(written)
}
