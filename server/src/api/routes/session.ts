/** /api/v1/session: log in, who am I, log out. And /login, where the one-time link leads. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { Problem } from '../../core/problem.js'
import { Refusals } from '../../core/refusals.js'
import type { ServerPort } from '../../core/server-port.js'
import { type Access, fingerprintOf, LINK_USER, unauthorized } from '../access/access.js'
import { Delayed, type LoginLimits } from '../access/login-limits.js'
import type { OneTimeLink } from '../access/one-time-link.js'
import { isPassword, MOST_PASSWORD_LENGTH } from '../access/password.js'
import type { Principal } from '../access/roles.js'
import { MOST_AGE_MS, SECURE_SESSION_COOKIE, SESSION_COOKIE, type Sessions } from '../access/sessions.js'
import type { UsersFile } from '../access/users-file.js'
import type { TrustedProxies } from '../http/client-address.js'
import { type SessionView, sessionSchema } from '../schemas.js'
import { type Answer, answer, type Route, route, WRITTEN } from './define.js'

const MOST_NAME_LENGTH = 64
export interface SessionParts {
  readonly port: ServerPort
  readonly access: Access
  readonly users: UsersFile
  readonly sessions: Sessions
  readonly limits: LoginLimits
  readonly proxies: TrustedProxies
  /** null: there are users. */
  readonly link: OneTimeLink | null
  /** ms, monotonic. */
  readonly now: () => number
}

const tag = 'session'
const path = '/api/v1/session'
const login = z.strictObject({
  user: z.string().min(1).max(MOST_NAME_LENGTH),
  password: z.string().min(1).max(MOST_PASSWORD_LENGTH),
})

export function sessionRoutes(parts: SessionParts): readonly Route[] {
  const { port, access, users, sessions, limits, proxies, link, now } = parts
  const failures = new FailureNotes(port, now)

  const cookie = (request: IncomingMessage, id: string, maxAgeS: number): Record<string, string> => {
    const secure = proxies.isSecure(request)
    const name = secure ? SECURE_SESSION_COOKIE : SESSION_COOKIE
    const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${secure ? '; Secure' : ''}`
    return { 'set-cookie': `${name}=${id}; ${flags}` }
  }
  /** A new session, with its cookie. Another session of this browser ends. */
  const begin = (request: IncomingMessage, name: string) => {
    const old = access.sessionId(request)
    if (old !== null) sessions.end(old)
    const { id, expiresAt } = sessions.begin(name, fingerprintOf(users.user(name)))
    port.note({ type: 'login', channel: null, user: name, message: `${name} logged in`, data: from(request) })
    return { headers: cookie(request, id, MOST_AGE_MS / 1000), expiresAt }
  }
  const from = (request: IncomingMessage) => ({ address: proxies.clientOf(request) })
  const viewOf = ({ name: user, role, channels, expiresAt }: Omit<Principal, 'by'>): SessionView => ({
    user,
    role,
    channels,
    expiresAt,
    fleet: port.fleet !== null,
  })

  return [
    route(
      {
        method: 'get',
        path,
        role: 'metrics',
        tag,
        summary: 'Who is logged in',
        gives: { status: 200, schema: sessionSchema },
      },
      ({ who }) => viewOf(who),
    ),
    route(
      {
        method: 'post',
        path,
        role: null,
        tag,
        summary: 'Logs in: answers with a cookie',
        body: { schema: login, checked: true },
        gives: { status: 200, schema: sessionSchema },
        problems: [401, 429, 503],
      },
      async ({ request, body }): Promise<Answer<SessionView>> => {
        const address = proxies.clientOf(request)
        try {
          const attempt = await limits.attempt(address, body.user)
          const user = users.user(body.user)
          const isRight = await isPassword(body.password, user?.password ?? null, users.anyPassword).catch(
            async (error: unknown) => {
              await attempt.untried()
              throw error
            },
          )
          if (!isRight || user === null) {
            await attempt.failed()
            throw unauthorized('user or password is wrong')
          }
          await attempt.succeeded()
          const { role, channels = null } = user
          const { headers, expiresAt } = begin(request, body.user)
          return answer({ headers, body: viewOf({ name: body.user, role, channels, expiresAt }) })
        } catch (error) {
          if (error instanceof Delayed || (error instanceof Problem && error.status === 401)) failures.tell(address)
          throw error
        }
      },
    ),
    route(
      {
        method: 'delete',
        path,
        role: 'metrics',
        tag,
        summary: 'Logs out',
        gives: { status: 204, schema: null },
      },
      ({ request, who }): Answer<null> => {
        const id = access.sessionId(request)
        if (id !== null && sessions.end(id) !== null) {
          const message = `${who.name} logged out`
          port.note({ type: 'logout', channel: null, user: who.name, message, data: from(request) })
        }
        return answer({ headers: cookie(request, '', 0), body: null })
      },
    ),
    route(
      {
        method: 'get',
        path: '/login',
        role: null,
        tag,
        summary: 'The one-time link, which the start prints where there are no users',
        query: z.object({ token: z.string().max(200) }),
        gives: { status: 303, schema: null, type: 'text/plain' },
        also: { 200: 'Without a token: the page, which asks for a password' },
        problems: [403],
      },
      ({ request, response, query }): typeof WRITTEN => {
        const known = access.identify(request) !== null
        if (!known && !(users.isEmpty && link?.use(query.token))) {
          failures.tell(proxies.clientOf(request))
          throw new Problem(403, 'ERR_LINK', 'this link was used already, or is older than ten minutes', {
            remedy: 'Start the server again for a new one, or make a user with rxgst passwd.',
          })
        }
        redirect(response, known ? {} : begin(request, LINK_USER).headers)
        return WRITTEN
      },
    ),
  ]
}

function redirect(response: ServerResponse, headers: Record<string, string>): void {
  response.writeHead(303, { location: '/', 'cache-control': 'no-store', ...headers }).end()
}

class FailureNotes {
  readonly #port: ServerPort
  readonly #refusals: Refusals

  constructor(port: ServerPort, now: () => number) {
    this.#port = port
    this.#refusals = new Refusals(now)
  }

  /** The name that was tried is left out: people type their password there. */
  tell(address: string): void {
    const untold = this.#refusals.take()
    if (untold === null) return
    this.#port.note({
      type: 'login-failed',
      channel: null,
      user: null,
      message: `a login from ${address} failed`,
      data: { address, failures: untold + 1 },
    })
  }
}
