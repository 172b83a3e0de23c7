/** Where a `location` of rtmpsrc or rtmpsink leads, as librtmp reads it. */
export interface LibrtmpLocation {
  readonly host: string
  readonly port: number
  /** Host and port as they are written. */
  readonly authority: string
  /** The same by a port of the loopback, from where it goes on to the server; what the server is told stays. */
  through(port: number): string
}

/** Of plain RTMP; the port of a URL without one. */
const PORT = 1935
/** librtmp takes no longer name. */
const LONGEST_HOST = 255

/**
 * null: it is left as it is. A secure or tunnelled connection cannot be looked into, that of a SOCKS proxy has another
 * beginning, and of what cannot be read librtmp says best what is wrong.
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
  // Before the options, since librtmp leaves what follows a word without '='. Of two with one name the last counts.
  return { ...address, authority, through: port => `rtmp://127.0.0.1:${port}${path}${told}${rest}` }
}

type Server = Pick<LibrtmpLocation, 'host' | 'port'>

/** librtmp knows no user in an address: its host ends at the first colon. IPv6 is for the relay, librtmp has none. */
function readAuthority(authority: string): Server | null {
  const [, six, sixPort = ''] = /^\[([^\]]*)\](?::(.*))?$/.exec(authority) ?? []
  const colon = authority.indexOf(':')
  const host = six ?? (colon < 0 ? authority : authority.slice(0, colon))
  if (host === '' || host.length > LONGEST_HOST) return null
  return { host, port: readPort(six !== undefined ? sixPort : colon < 0 ? '' : authority.slice(colon + 1)) }
}

/** The digits that it begins with. */
function readPort(text: string): number {
  const port = Number(/^\s*\+?(\d+)/.exec(text)?.[1] ?? 0)
  return port >= 1 && port <= 65_535 ? port : PORT
}

/** By name, in small letters; the values still have their escapes. */
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

/** What librtmp would tell the server without a relay: the URL up to the end of the application. */
function tcUrl(url: string, path: string, { host, port }: Server, named: string | undefined): string {
  if (named) return `rtmp://${host.includes(':') ? `[${host}]` : host}:${port}/${named}`
  const app = application(path.slice(1))
  const whole = app === '' ? url : url.slice(0, url.length - path.length + 1 + app.length)
  return whole.replaceAll('\\', '\\5c')
}

/** Up to the third slash behind that of the host; Akamai's `ondemand` alone, and all of a list of streams. */
function application(path: string): string {
  if (isList(path)) return path
  if (path.startsWith('ondemand/')) return 'ondemand'
  const parts = path.split('/')
  return parts.slice(0, Math.min(3, Math.max(1, parts.length - 1))).join('/')
}

function isList(path: string): boolean {
  return path.includes('?') && path.includes('slist=')
}

/** The elements refuse a location without one; they take its options for a part of it. */
function hasStream(path: string): boolean {
  const rest = path.slice(1)
  return isList(rest) || rest.slice(application(rest).length).replace(/^\//, '') !== ''
}
