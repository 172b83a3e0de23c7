import { RxGstError } from '../errors'
import { maskSecrets, MIN_QUERY_VALUE_LENGTH, secretForms } from '../secrets'

/** An address of a server besides those of RTMP, in parts. */
export interface NetworkAddress {
  /** Without its colon. */
  readonly scheme: string
  /** Without the brackets of an IPv6 address; '' where the address has none. */
  readonly host: string
  /** null: none was given. */
  readonly port: number | null
  /** With its query, as it was written. */
  readonly path: string
  readonly query: URLSearchParams
  readonly username: string | null
  readonly password: string | null
  /** Safe to show: without credentials, query and what looks like a token. */
  readonly display: string
  /** The secrets of the address in every spelling; no text may show them. */
  readonly secrets: readonly string[]
}

/** Far above any signed URL. */
const MAX_LENGTH = 8192
const UNSAFE = /[\s\p{Cc}\p{Cf}\p{Surrogate}\\]/u
const UNSAFE_ENCODED = /%(?:[01][0-9a-f]|7f)/i
/** A part of a path that a CDN signs, or in which a camera takes its password. */
const TOKEN = /[=~]|passw|token|^[^.]{24,}$/i

/** What a value is called that is a secret, however short it is. */
const SECRET_NAME = /pass|pwd|token|secret|hmac|sig|key|auth/i

/**
 * Parses an address. Messages never quote it: with one wrong character, any part can hold a piece of a password.
 * @param what kind of URL, for messages
 * @param moreSecrets names of query values that are secret, however short
 */
export function parseNetworkAddress(text: string, what: string, moreSecrets: readonly string[] = []): NetworkAddress {
  const invalid = (why: string): RxGstError => new RxGstError('ERR_URL', `invalid ${what} URL: ${why}`)
  if (text.length > MAX_LENGTH) throw invalid(`longer than ${MAX_LENGTH} characters`)
  if (UNSAFE.test(text) || UNSAFE_ENCODED.test(text))
    throw invalid('white space, invisible characters and backslashes are not allowed')
  const [, scheme = '', authority = '', path = ''] = /^([a-z]+):\/\/([^/?#]*)([^#]*)$/i.exec(text) ?? []
  if (scheme === '') throw invalid("it must be scheme://host/path, and a '#' in it must be written %23")
  const at = authority.lastIndexOf('@')
  const userinfo = at < 0 ? '' : authority.slice(0, at)
  const { host, port } = parseHost(authority.slice(at + 1), invalid)
  const [username, password] = parseCredentials(userinfo, invalid)
  const queryAt = path.indexOf('?')
  const query = new URLSearchParams(queryAt < 0 ? '' : path.slice(queryAt + 1))
  const names = queryAt < 0 ? path : path.slice(0, queryAt)
  const secrets = new Set<string>()
  const add = (secret: string): void => secretForms(secret).forEach(form => secrets.add(form))
  if (password !== null)
    for (const secret of [password, userinfo, userinfo.slice(userinfo.indexOf(':') + 1)]) add(secret)
  if (queryAt >= 0) add(path.slice(queryAt + 1))
  for (const [name, value] of query)
    if (value.length >= MIN_QUERY_VALUE_LENGTH || moreSecrets.includes(name) || SECRET_NAME.test(name)) add(value)
  for (const name of names.split('/')) {
    if (!TOKEN.test(name)) continue
    add(name)
    for (const [, key = '', value = ''] of name.matchAll(/([^=~_&,;]+)=([^=~_&,;]+)/g))
      if (value.length >= MIN_QUERY_VALUE_LENGTH || SECRET_NAME.test(key)) add(value)
  }
  const sorted = [...secrets].sort((a, b) => b.length - a.length)
  const shownHost = `${host.includes(':') ? `[${host}]` : host}${port === null ? '' : `:${port}`}`
  const shown = maskSecrets(`${shownHost}${names}`, sorted)
  const lowered = scheme.toLowerCase()
  const display = `${lowered}://${at < 0 ? '' : '***@'}${shown}${queryAt < 0 ? '' : '?***'}`
  return { scheme: lowered, host, port, path, query, username, password, display, secrets: sorted }
}

type Invalid = (why: string) => RxGstError

function parseHost(text: string, invalid: Invalid): { host: string; port: number | null } {
  const [, v6, name = '', portText] = /^(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([^:[\]]*))(?::(.*))?$/i.exec(text) ?? [
    '',
    undefined,
    '!',
  ]
  if (v6 === undefined && !/^[\p{L}\p{N}._-]*$/u.test(name)) throw invalid('the host is not a legal name')
  if (portText === undefined) return { host: v6 ?? name, port: null }
  const port = /^[0-9]{1,5}$/.test(portText) ? Number(portText) : 0
  // A password with an unescaped '/' ends up here.
  if (port < 1 || port > 65_535) throw invalid("the port must be 1 to 65535; a '/' in a password must be written %2F")
  return { host: v6 ?? name, port }
}

function parseCredentials(text: string, invalid: Invalid): readonly [string | null, string | null] {
  if (text === '') return [null, null]
  const colon = text.indexOf(':')
  const part = (written: string): string => {
    try {
      return decodeURIComponent(written)
    } catch {
      throw invalid("user name or password is not percent-encoded; a '%' in it must be written %25")
    }
  }
  return colon < 0 ? [part(text), null] : [part(text.slice(0, colon)), part(text.slice(colon + 1))]
}
