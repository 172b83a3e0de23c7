/**
 * The address of the store: `postgres://user:password@host:5432/database?sslmode=verify-full&sslrootcert=FILE`. With
 * `?host=/run/postgresql` it is a Unix socket.
 */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { checkServerIdentity, type ConnectionOptions } from 'node:tls'
import { Problem } from '../../core/problem.js'

const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const
const PARAMETERS = new Set(['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host'])
const DEFAULT_PORT = 5432

/** What pg takes. Passwords are in here: it is never logged. */
export interface Address {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string | undefined
  readonly database: string
  readonly ssl: ConnectionOptions | false
  /** Host, port and database, for messages. */
  readonly shown: string
}

/** Throws ERR_STORE_URL; the message has nothing of the address in it but what is wrong. */
export function parseAddress(text: string): Address {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw wrong('it is no URL')
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') throw wrong('its scheme is not postgres')
  const query = url.searchParams
  // A '?' in a password that is not encoded makes the rest of it a parameter: its name is not shown.
  if ([...query.keys()].some(name => !PARAMETERS.has(name))) {
    throw wrong(`it has a parameter that is none of ${[...PARAMETERS].join(', ')}`)
  }
  const host = query.get('host') ?? decoded(url.hostname.replace(/^\[(.*)\]$/, '$1'))
  const database = decoded(url.pathname.slice(1))
  const user = decoded(url.username)
  if (host === '') throw wrong('it has no host')
  if (user === '') throw wrong('it has no user')
  if (database === '' || database.includes('/')) throw wrong('it has no database')
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port)
  const password = url.password === '' ? undefined : decoded(url.password)
  return { host, port, user, password, database, ssl: tlsOf(host, query), shown: `${host}:${port}/${database}` }
}

function tlsOf(host: string, query: URLSearchParams): ConnectionOptions | false {
  const loopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  const local = host.startsWith('/') || loopback
  const mode = query.get('sslmode') ?? (local ? 'disable' : null)
  if (mode === null) throw wrong('it has no sslmode, and its host is another machine')
  if (!(SSL_MODES as readonly string[]).includes(mode)) throw wrong(`its sslmode is none of ${SSL_MODES.join(', ')}`)
  if (mode === 'disable') return false
  if (host.startsWith('/')) throw wrong('a Unix socket has no TLS')
  const file = (name: string) => {
    const path = query.get(name)
    if (path === null) return undefined
    try {
      return readFileSync(path)
    } catch (error) {
      throw wrong(`the file of ${name} cannot be read (${(error as NodeJS.ErrnoException).code})`)
    }
  }
  return {
    ca: file('sslrootcert'),
    cert: file('sslcert'),
    key: file('sslkey'),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: mode !== 'require',
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // By the host that was asked for: Node takes 'localhost' where that is the address of an interface.
    checkServerIdentity: (_, cert) => (mode === 'verify-full' ? checkServerIdentity(host, cert) : undefined),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('it has a % that encodes nothing')
  }
}

const wrong = (what: string) =>
  new Problem(422, 'ERR_STORE_URL', `the address of the store cannot be used: ${what}`, {
    remedy:
      'Write postgres://user:password@host/database?sslmode=verify-full&sslrootcert=FILE, special characters ' +
      'percent-encoded; sslmode=disable where the network is trusted.',
  })
