import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { RxGstError } from './errors'
import { maskSecrets, MIN_SECRET_LENGTH, secretForms } from './secrets'

/** An RTMP address in parts. GStreamer's elements get the parts one by one, never one string. */
export interface RtmpUrl {
  readonly scheme: 'rtmp' | 'rtmps'
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  /** Unchanged, as is `stream`: the server decides the meaning of its percent-encoding. */
  readonly application: string
  /** The stream name or key with its query. */
  readonly stream: string
  readonly username: string | null
  readonly password: string | null
  /** Safe to show: without key, query and credentials. */
  readonly display: string
  /** The secrets of the URL in every spelling; no text may show them. */
  readonly secrets: readonly string[]
}

const DEFAULT_PORT = { rtmp: 1935, rtmps: 443 } as const
/** Far above any signed URL; an AMF string ends at 65535. */
const MAX_LENGTH = 8192
/** Shorter query values ('1', 'true', 'main') are words of ordinary texts. */
const MIN_QUERY_VALUE = 8

// librtmp reads options after white space in a URL (socks=, tcUrl= …), and a control character can end a line or a C
// string early. Percent-encoded ones are refused too, because a program on the way can decode them. Lone surrogates
// have no UTF-8 form.
const UNSAFE = /[\s\p{Cc}\p{Cf}\p{Surrogate}\\]/u
const UNSAFE_ENCODED = /%(?:[01][0-9a-f]|20|7f)/i

/**
 * Parses an RTMP URL. `new URL()` is not used, because it repairs parts that must be refused and re-encodes parts that
 * must stay. The stream begins at the last `/` before any `?`. Messages never quote the URL: with one wrong character,
 * any part can contain a piece of the key or password.
 */
export function parseRtmpUrl(text: string): RtmpUrl {
  if (typeof text !== 'string') throw invalid(`expected a string but received type ${typeof text}`)
  if (text.length > MAX_LENGTH) throw invalid(`longer than ${MAX_LENGTH} characters`)
  if (UNSAFE.test(text) || UNSAFE_ENCODED.test(text)) {
    throw invalid('white space, invisible characters and backslashes are not allowed; a space not as %20 either')
  }
  const [, scheme, authority = '', path] = /^(rtmps?):\/\/([^/]*)(.*)$/i.exec(text) ?? []
  if (scheme === undefined || path === undefined) throw invalid('it must begin with rtmp:// or rtmps://')
  const at = authority.lastIndexOf('@')
  const credentials = parseCredentials(at < 0 ? '' : authority.slice(0, at))
  const lowered = scheme.toLowerCase() as RtmpUrl['scheme']
  const { host, port } = parseHost(authority.slice(at + 1), DEFAULT_PORT[lowered])
  const { application, stream } = parsePath(path)

  const secrets = collectSecrets(application, stream, credentials, authority.slice(0, Math.max(at, 0)))
  const shownHost = host.includes(':') ? `[${host}]` : host
  const shown = maskSecrets(`${shownHost}:${port}/${application}`, secrets)
  const display = `${lowered}://${at > 0 ? '***@' : ''}${shown}/***`
  return { scheme: lowered, host, port, application, stream, ...credentials, display, secrets }
}

/** Whether both URLs lead to the same stream, regardless of spelling and user. */
export function sameStream(a: RtmpUrl, b: RtmpUrl): boolean {
  const place = ({ scheme, host, port, application, stream }: RtmpUrl): string =>
    [scheme, host.toLowerCase(), port, application, stream].join('\n')
  return place(a) === place(b)
}

type Credentials = Pick<RtmpUrl, 'username' | 'password'>

function parseCredentials(text: string): Credentials {
  // Parsers disagree on the start of the host after these characters: some would connect to another host than the
  // checked one.
  if (/[?#]/.test(text)) throw invalid("'?' and '#' in a user name or password must be written %3F and %23")
  const colon = text.indexOf(':')
  const username = decodePart(colon < 0 ? text : text.slice(0, colon))
  const password = colon < 0 ? '' : decodePart(text.slice(colon + 1))
  if (password !== '' && username === '') throw invalid('a password needs a user name')
  return { username: username || null, password: password || null }
}

function decodePart(text: string): string {
  let decoded: string
  try {
    decoded = decodeURIComponent(text)
  } catch {
    throw invalid("user name or password is not percent-encoded; a '%' in it must be written %25")
  }
  if (/[\s\p{Cc}\p{Cf}]/u.test(decoded)) throw invalid('user name or password holds white space or control characters')
  return decoded
}

function parseHost(text: string, defaultPort: number): { host: string; port: number } {
  const [, v6, name, portText] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? []
  if (v6 === undefined && name === undefined) throw invalid('an IPv6 address must stand in brackets')
  if (v6 === '' || name === '') throw invalid('the host is missing')
  const port = portText === undefined ? defaultPort : /^[0-9]{1,5}$/.test(portText) ? Number(portText) : 0
  // A password with an unescaped '/' ends up here as a port.
  if (port < 1 || port > 65535) throw invalid("the port must be 1 to 65535; a '/' in a password must be written %2F")
  if (v6 !== undefined) {
    const address = v6.replace(/%25/, '%') // a zone: [fe80::1%25eth0]
    if (!isIPv6(address)) throw invalid('what stands in brackets is not an IPv6 address')
    return { host: address, port }
  }
  return { host: parseHostName(name!), port }
}

function parseHostName(name: string): string {
  const ascii = /^[\x00-\x7f]*$/.test(name) ? name : domainToASCII(name)
  // Underscores are not legal in a host name, but container names have them.
  const legal = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/i.test(ascii) && ascii.length <= 253
  if (!legal) throw invalid('the host is not a legal name')
  return ascii
}

function parsePath(path: string): { application: string; stream: string } {
  const query = path.indexOf('?')
  const names = query < 0 ? path : path.slice(0, query)
  const slash = names.lastIndexOf('/')
  const application = names.slice(1, Math.max(slash, 1))
  if (slash === 0 && names.length > 1)
    throw invalid('one name alone stands behind the host; the stream name is missing: rtmp://host/application/stream')
  if (/^\/*$/.test(application)) throw invalid('the application is missing: rtmp://host/application/stream')
  if (slash === names.length - 1) throw invalid('the stream name is missing: rtmp://host/application/stream')
  // No server has an '@' in its application; more likely, an unescaped '/' has cut a password in two.
  if (application.includes('@')) throw invalid("'@' in the application; a '/' in a password must be written %2F")
  return { application, stream: path.slice(slash + 1) }
}

function collectSecrets(application: string, stream: string, { password }: Credentials, userinfo: string): string[] {
  const secrets = new Set<string>()
  const add = (secret: string): void => secretForms(secret).forEach(form => secrets.add(form))
  const query = stream.indexOf('?')
  const name = query < 0 ? stream : stream.slice(0, query)
  add(stream)
  add(name)
  // A name too short to be masked everywhere is masked only behind its application.
  if (name.length < MIN_SECRET_LENGTH) add(`${application}/${name}`)
  if (query >= 0) {
    add(stream.slice(query + 1))
    for (const pair of stream.slice(query + 1).split(/[&;]/)) {
      const value = pair.slice(pair.indexOf('=') + 1)
      if (value.length >= MIN_QUERY_VALUE) add(value)
    }
  }
  if (password !== null) {
    add(password)
    add(userinfo.slice(userinfo.indexOf(':') + 1))
    add(userinfo)
    add(decodeURIComponent(userinfo))
  }
  return [...secrets].sort((a, b) => b.length - a.length)
}

function invalid(reason: string): RxGstError {
  return new RxGstError('ERR_URL', `invalid RTMP URL: ${reason}`)
}
