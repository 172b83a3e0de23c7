import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { RxGstError } from './errors'
import { maskSecrets } from './secrets'
import { urlSecrets } from './url-secrets'

/** An RTMP address in parts. GStreamer's elements get the parts one by one, never one string. */
export interface RtmpUrl {
  readonly scheme: 'rtmp' | 'rtmps'
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  /** With its query; unchanged, as is `stream`: the server decides the meaning of its percent-encoding. */
  readonly application: string
  /** The stream name or key with its query; '' where the address has one name alone. */
  readonly stream: string
  /** What `connect` tells the server: the address up to the end of the application, with a port where one was given. */
  readonly tcUrl: string
  readonly username: string | null
  readonly password: string | null
  /** Safe to show: without key, query and credentials. */
  readonly display: string
  /** The secrets of the URL in every spelling; no text may show them. */
  readonly secrets: readonly string[]
}

/** What RTMP calls the two parts of an address; docs/addresses.md has the rules and examples. */
interface StreamPlace {
  /** Goes into `connect`. */
  readonly application: string
  /** Goes into `play` or `publish`; '' where the address has one name alone. */
  readonly stream: string
}

const DEFAULT_PORT = { rtmp: 1935, rtmps: 443 } as const
/** Far above any signed URL; an AMF string ends at 65535. */
const MAX_LENGTH = 8192
/** Stands between application and stream where no rule finds the border. */
const BORDER = '/ /'

// librtmp reads options after white space in a URL (socks=, tcUrl= …), and a control character can end a line or a C
// string early. Percent-encoded ones are refused too, because a program on the way can decode them. Lone surrogates
// have no UTF-8 form.
const UNSAFE = /[\s\p{Cc}\p{Cf}\p{Surrogate}\\]/u
const UNSAFE_ENCODED = /%(?:[01][0-9a-f]|20|7f)/i

/**
 * Parses an RTMP URL. `new URL()` is not used, because it repairs parts that must be refused and re-encodes parts that
 * must stay. Messages never quote the URL: with one wrong character, any part can contain a piece of the key or
 * password.
 * @param streamKey the stream, where the URL is that of the server alone, as OBS asks for the two: its whole path is
 *   the application
 */
export function parseRtmpUrl(text: string, streamKey: string | null = null): RtmpUrl {
  if (typeof text !== 'string') throw invalid(`expected a string but received type ${typeof text}`)
  if (text.length > MAX_LENGTH) throw invalid(`longer than ${MAX_LENGTH} characters`)
  if (isUnsafe(text.replace(BORDER, '/'))) {
    throw invalid('white space, invisible characters and backslashes are not allowed; a space not as %20 either')
  }
  const [, scheme, authority = '', path] = /^(rtmps?):\/\/([^/]*)(.*)$/i.exec(text) ?? []
  if (scheme === undefined || path === undefined) throw invalid('it must begin with rtmp:// or rtmps://')
  const at = authority.lastIndexOf('@')
  const credentials = parseCredentials(at < 0 ? '' : authority.slice(0, at))
  const lowered = scheme.toLowerCase() as RtmpUrl['scheme']
  const { host, port, given } = parseHost(authority.slice(at + 1), DEFAULT_PORT[lowered])
  const place = streamKey === null ? parsePath(path) : parseServerPath(path, streamKey)

  const userinfo = authority.slice(0, Math.max(at, 0))
  const secrets = urlSecrets({ host, port, ...place, written: path, password: credentials.password, userinfo })
  const shownHost = host.includes(':') ? `[${host}]` : host
  const server = `${lowered}://${shownHost}${given ? `:${port}` : ''}`
  const tcUrl = place.application === '' ? server : `${server}/${place.application}`
  const shown = maskSecrets(`${shownHost}:${port}${shownPath(place)}`, secrets)
  const display = `${lowered}://${at > 0 ? '***@' : ''}${shown}/***`
  return { scheme: lowered, host, port, ...place, tcUrl, ...credentials, display, secrets }
}

/** A key alone, as an option. No message quotes it. */
export function checkStreamKey(name: string, value: unknown): string | null {
  if (value === undefined) return null
  const expected = (what: string): RxGstError => new RxGstError('ERR_OPTION', `expected ${what} for ${name}`)
  if (typeof value !== 'string') throw expected(`a string but received type ${value === null ? 'null' : typeof value}`)
  if (value === '') throw expected('a key but received an empty string')
  if (value.length > MAX_LENGTH) throw expected(`at most ${MAX_LENGTH} characters`)
  if (isUnsafe(value)) throw expected('a key without white space, invisible characters and backslashes')
  return value
}

function isUnsafe(text: string): boolean {
  return UNSAFE.test(text) || UNSAFE_ENCODED.test(text)
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

function parseHost(text: string, defaultPort: number): { host: string; port: number; given: boolean } {
  const [, v6, name, portText] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? []
  if (v6 === undefined && name === undefined) throw invalid('an IPv6 address must stand in brackets')
  if (v6 === '' || name === '') throw invalid('the host is missing')
  const port = portText === undefined ? defaultPort : /^[0-9]{1,5}$/.test(portText) ? Number(portText) : 0
  const given = portText !== undefined
  // A password with an unescaped '/' ends up here as a port.
  if (port < 1 || port > 65535) throw invalid("the port must be 1 to 65535; a '/' in a password must be written %2F")
  if (v6 !== undefined) {
    const address = v6.replace(/%25/, '%') // a zone: [fe80::1%25eth0]
    if (!isIPv6(address)) throw invalid('what stands in brackets is not an IPv6 address')
    return { host: address, port, given }
  }
  return { host: parseHostName(name!), port, given }
}

function parseHostName(name: string): string {
  const ascii = /^[\x00-\x7f]*$/.test(name) ? name : domainToASCII(name)
  // Underscores are not legal in a host name, but container names have them.
  const legal = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/i.test(ascii) && ascii.length <= 253
  if (!legal) throw invalid('the host is not a legal name')
  return ascii
}

/**
 * Splits the path of an address as ffmpeg and librtmp do, since servers are set up for these two: the application is
 * the first name, or the first two (application and instance) where three or more stand there. The one difference: a
 * slash in the query of the stream is part of the query, such as in a token in base64.
 * @param path begins with a slash, unless it is empty
 */
function splitPath(path: string): StreamPlace {
  const border = path.indexOf(BORDER)
  if (border >= 0) return { application: path.slice(1, border), stream: path.slice(border + BORDER.length) }
  const first = path.indexOf('/', 1)
  // MediaMTX's addresses: ffmpeg sends the name as the application, and the server joins both.
  if (first < 0) return { application: path.slice(1), stream: '' }
  const end = applicationEnd(path, first)
  return { application: path.slice(1, end), stream: fileName(path.slice(end + 1)) }
}

/** `first`: the slash behind the first name; its query may stand before it. */
function applicationEnd(path: string, first: number): number {
  // Akamai's application for files has no instance.
  if (path.startsWith('/ondemand/')) return first
  const query = path.indexOf('?', first)
  const second = path.indexOf('/', first + 1)
  if (second < 0 || (query >= 0 && query < second)) return first
  // 'mp4:a/b': a prefix begins the stream.
  const colon = path.indexOf(':', first)
  return colon >= 0 && colon < second ? first : second
}

/** Flash Media Server's names of files: FLV goes without its ending, MP4 with a prefix. */
function fileName(stream: string): string {
  if (stream.endsWith('.flv')) return stream.slice(0, -'.flv'.length)
  return /\.(?:mp4|f4v)$/.test(stream) && !stream.includes(':') ? `mp4:${stream}` : stream
}

/** Where the URL ends in a slash, whatever made it has most likely lost its key. */
function parsePath(path: string): StreamPlace {
  const place = splitPath(path)
  const { application, stream } = place
  const names = nameOf(path)
  if (nameOf(application).replaceAll('/', '') === '')
    throw invalid('the application is missing: rtmp://host/application/stream')
  if (names.endsWith('/') || (stream !== '' && nameOf(stream) === ''))
    throw invalid('the stream name is missing: rtmp://host/application/stream')
  return checkApplication(place)
}

/** OBS takes one slash off the end, and lets the application be absent. */
function parseServerPath(path: string, stream: string): StreamPlace {
  if (path.includes(BORDER)) throw invalid('it names a stream behind the space, and there is a stream key beside it')
  return checkApplication({ application: path.slice(1).replace(/\/$/, ''), stream })
}

/** No server has an '@' in its application; more likely, an unescaped '/' has cut a password in two. */
function checkApplication(place: StreamPlace): StreamPlace {
  const [names = '', ...query] = place.application.split('?')
  const [firstKey = ''] = query.join('?').split('=', 1)
  if (names.includes('@') || firstKey.includes('@'))
    throw invalid("'@' in the application; a '/' in a password must be written %2F")
  return place
}

function nameOf(text: string): string {
  const query = text.indexOf('?')
  return query < 0 ? text : text.slice(0, query)
}

/** Without the stream, whose place is shown as a mask behind it. */
function shownPath({ application, stream }: StreamPlace): string {
  if (stream === '' || application === '') return ''
  const name = nameOf(application)
  return name === application ? `/${name}` : `/${name}?***`
}

function invalid(reason: string): RxGstError {
  return new RxGstError('ERR_URL', `invalid RTMP URL: ${reason}`)
}
