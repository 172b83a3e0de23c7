/** The address in a `location` of rtmpsrc or rtmpsink, as librtmp reads it. */
export interface LibrtmpLocation {
  readonly host: string
  readonly port: number
  /** Host and port, unchanged. */
  readonly authority: string
  /**
   * The same address through a loopback port, from which the relay connects to the server; the server gets the same
   * values.
   */
  through(port: number): string
}

/** Default port of plain RTMP. */
const PORT = 1935
/** Longest host name of librtmp, characters. */
const LONGEST_HOST = 255

/**
 * null: the location stays unchanged. The relay cannot read a secure or tunnelled connection, a SOCKS proxy begins
 * differently, and for an unreadable location librtmp has the best error.
 */
export function parseLibrtmpLocation(location: string): LibrtmpLocation | null {
  const blank = location.indexOf(' ')
  const url = blank < 0 ? location : location.slice(0, blank)
  const rest = blank < 0 ? '' : location.slice(blank)
  const [, authority, path = ''] = /^rtmp:\/\/([^/]+)(\/[^]*)?$/i.exec(url) ?? []
  const address = authority === undefined ? null : readAuthority(authority)
  const options = readOptions(rest)
  if (authority === undefined || address === null || options.get('socks') || !hasStream(path + rest)) return null
  const told = options.get('tcurl') ? '' : ` tcUrl=${tcUrl(url, path, address, options.get('app'))}`
  // Before the options, because librtmp ignores everything after a word without '='. Of two options with one name, the
  // last counts.
  return { ...address, authority, through: port => `rtmp://127.0.0.1:${port}${path}${told}${rest}` }
}

type Server = Pick<LibrtmpLocation, 'host' | 'port'>

/** librtmp has no user in an address: its host ends at the first colon. IPv6 is for the relay; librtmp has none. */
function readAuthority(authority: string): Server | null {
  const [, six, sixPort = ''] = /^\[([^\]]*)\](?::(.*))?$/.exec(authority) ?? []
  const colon = authority.indexOf(':')
  const host = six ?? (colon < 0 ? authority : authority.slice(0, colon))
  if (host === '' || host.length > LONGEST_HOST) return null
  return { host, port: readPort(six !== undefined ? sixPort : colon < 0 ? '' : authority.slice(colon + 1)) }
}

/** The digits at the start. */
function readPort(text: string): number {
  const port = Number(/^\s*\+?(\d+)/.exec(text)?.[1] ?? 0)
  return port >= 1 && port <= 65_535 ? port : PORT
}

/** Options by lower-case name; the values keep their escapes. */
function readOptions(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  for (let rest = text; rest.startsWith(' '); ) {
    const equals = rest.indexOf('=')
    if (equals < 0) break
    const end = rest.indexOf(' ', equals)
    options.set(rest.slice(1, equals).toLowerCase(), rest.slice(equals + 1, end < 0 ? undefined : end))
    rest = end < 0 ? '' : rest.slice(end).replace(/^ +/, ' ')
  }
  return options
}

/** The tcUrl that librtmp would send to the server without a relay: the URL up to the end of the application. */
function tcUrl(url: string, path: string, { host, port }: Server, named: string | undefined): string {
  if (named) return `rtmp://${host.includes(':') ? `[${host}]` : host}:${port}/${named}`
  const app = application(path.slice(1))
  const whole = app === '' ? url : url.slice(0, url.length - path.length + 1 + app.length)
  return whole.replaceAll('\\', '\\5c')
}

/**
 * The application ends at the third slash after the host's; Akamai's `ondemand` ends earlier, and a list of streams
 * takes everything.
 */
function application(path: string): string {
  if (isList(path)) return path
  if (path.startsWith('ondemand/')) return 'ondemand'
  const parts = path.split('/')
  return parts.slice(0, Math.min(3, Math.max(1, parts.length - 1))).join('/')
}

function isList(path: string): boolean {
  return path.includes('?') && path.includes('slist=')
}

/** The elements refuse a location without a stream name, but count its options as one. */
function hasStream(path: string): boolean {
  const rest = path.slice(1)
  return isList(rest) || rest.slice(application(rest).length).replace(/^\//, '') !== ''
}
