/** Who asks: a session's cookie, a token, or the Unix socket, whose file says who may open it. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Problem } from '../../core/problem.js'
import { checkOrigin } from '../http/host-guard.js'
import type { TrustedProxies } from '../http/client-address.js'
import { NOBODY, type Principal } from './roles.js'
import { endOf, SECURE_SESSION_COOKIE, SESSION_COOKIE, type Sessions } from './sessions.js'
import type { User, UsersFile } from './users-file.js'

/** The user of the one-time link. */
export const LINK_USER = 'admin'
/** Longer cookies are none of ours. */
const MOST_COOKIE_LENGTH = 8192

const SOCKET: Principal = { name: 'socket', role: 'admin', channels: null, expiresAt: null, by: 'socket' }

export interface AccessParts {
  readonly users: UsersFile
  readonly sessions: Sessions
  readonly proxies: TrustedProxies
  readonly hosts: () => readonly string[]
  /** Connections by the Unix socket. */
  readonly local: WeakSet<Socket>
  /** /metrics needs nobody: only loopback can reach the server, and there are no users. */
  readonly openMetrics: () => boolean
  readonly unix: () => number
}

/** Changes with everything that a session was given for. */
export const fingerprintOf = (user: User | null): string =>
  createHash('sha256').update(JSON.stringify(user)).digest('base64url')

export class Access {
  readonly #parts: AccessParts

  constructor(parts: AccessParts) {
    this.#parts = parts
  }

  /** null: nobody. Throws 401 at a token that is not valid, also where nobody would do. */
  identify(request: IncomingMessage): Principal | null {
    if (this.#parts.local.has(request.socket)) return SOCKET
    const { authorization } = request.headers
    return authorization === undefined ? this.#ofSession(request) : this.#ofToken(authorization)
  }

  /** What one may do who is nobody. Throws 401 but for /metrics where it is open. */
  nobody(request: IncomingMessage): Principal {
    const path = request.url!.split('?')[0]
    if (path === '/metrics' && this.#parts.openMetrics()) return NOBODY
    throw unauthorized('nobody is logged in')
  }

  /** Whether the one who opened a stream still is who it was, with the same rights. */
  stillValid(request: IncomingMessage, who: Principal): boolean {
    try {
      return JSON.stringify(this.identify(request)) === JSON.stringify(who)
    } catch {
      return false
    }
  }

  /**
   * Refuses another site's page. A browser leaves the origin out only where it reads from its own site; a program that
   * shows a token or has the socket need not say one.
   */
  checkOrigin(request: IncomingMessage, reads: boolean): void {
    if (this.#parts.local.has(request.socket)) return
    if (request.headers.origin === undefined && (reads || !this.isBrowser(request))) return
    checkOrigin(request, this.#parts.hosts())
  }

  /** Whether it is known by what a browser sends by itself. */
  isBrowser(request: IncomingMessage): boolean {
    return request.headers.authorization === undefined && this.sessionId(request) !== null
  }

  sessionId(request: IncomingMessage): string | null {
    const cookie = request.headers.cookie ?? ''
    if (cookie.length > MOST_COOKIE_LENGTH) return null
    const wanted = this.#parts.proxies.isSecure(request) ? SECURE_SESSION_COOKIE : SESSION_COOKIE
    for (const part of cookie.split(';')) {
      const [name, value] = part.trim().split('=')
      if (name === wanted && value) return value
    }
    return null
  }

  #ofSession(request: IncomingMessage): Principal | null {
    const id = this.sessionId(request)
    const session = id === null ? null : this.#parts.sessions.find(id)
    if (!session) return null
    const { users } = this.#parts
    const user = users.user(session.user)
    // The link's session is good as long as there are no users.
    if (user === null && !(session.user === LINK_USER && users.isEmpty)) return null
    if (session.fingerprint !== fingerprintOf(user)) return null
    const channels = user?.channels ?? null
    const expiresAt = endOf(session)
    return { name: session.user, role: user?.role ?? 'admin', channels, expiresAt, by: 'session' }
  }

  #ofToken(authorization: string): Principal {
    const text = /^Bearer +([\w-]{1,200})$/i.exec(authorization)?.[1]
    const found = text === undefined ? null : this.#parts.users.token(text)
    if (!found) throw unauthorized('the token is unknown')
    const { name, token } = found
    const expiresAt = token.expires === undefined ? null : Date.parse(token.expires)
    if (expiresAt !== null && expiresAt <= this.#parts.unix()) throw unauthorized('the token has expired')
    return { name, role: token.role, channels: token.channels ?? null, expiresAt, by: 'token' }
  }
}

export const unauthorized = (what: string): Problem =>
  new Problem(401, 'ERR_LOGIN', what, {
    remedy: 'Log in with POST /api/v1/session, or send a token as Authorization: Bearer.',
  })
