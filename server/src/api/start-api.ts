/** The server's HTTP: the API, its streams, the page. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isAbsolute, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { Problem } from '../core/problem.js'
import type { Config } from '../core/schema.js'
import type { ServerPort } from '../core/server-port.js'
import { Access } from './access/access.js'
import { LoginLimits, type LoginLimitOptions } from './access/login-limits.js'
import { OneTimeLink } from './access/one-time-link.js'
import { Sessions } from './access/sessions.js'
import { UsersFile } from './access/users-file.js'
import { makeApp } from './app.js'
import { Certificate } from './http/certificate.js'
import { TrustedProxies } from './http/client-address.js'
import { setSecurityHeaders } from './http/headers.js'
import { checkHost, checkShape } from './http/host-guard.js'
import { type Address, type Door, isLoopback, MOST_CONNECTIONS, openDoor, parseListen } from './http/listeners.js'
import { MOST_PROBES, PROBE_STALLED_MS, probeHandlers } from './http/probes.js'
import { asProblem, PROBLEM_TYPE, problemDocument } from './http/problem-response.js'
import { pageFiles } from './page/page-files.js'
import { allRoutes } from './routes/all.js'
import type { StreamCounts } from './routes/health.js'
import { PreviewDoor } from './streams/preview-door.js'

export interface ApiOptions {
  /** Folder of the configuration's file: paths in it are relative to this one. */
  readonly folder: string
  /** In place of the configuration's server.listen. */
  readonly listen?: readonly string[]
  /** A port that is taken is left for the next free one. Default: false. */
  readonly freePort?: boolean
  /** Connections of each address. Default: 100. */
  readonly connections?: number
  /** Time in which a client takes some of its answer, ms. Default: 60 s. */
  readonly stalledMs?: number
  /** Addresses of /livez and /readyz alone, besides the configuration's server.probes. */
  readonly probes?: readonly string[]
  /** Of the page. Default: that of the package. */
  readonly page?: string
  readonly limits?: LoginLimitOptions
  /** Unix ms. Default: the system's clock. */
  readonly unix?: () => number
  /** ms, monotonic. Default: the system's clock. */
  readonly now?: () => number
  /** Told of faults in the server itself, with their stack. */
  readonly onFault?: (error: unknown) => void
}

export interface Api {
  /** Such as http://127.0.0.1:8787 and unix:/run/rxgst/rxgst.sock. */
  readonly addresses: readonly string[]
  /** Of /livez and /readyz alone. */
  readonly probes: readonly string[]
  /** Where no users are configured: it leads one browser in, for ten minutes. */
  readonly oneTimeLink: string | null
  /** Ends every connection. */
  close(): Promise<void>
}

/** Rejects with a Problem: an address that is taken or not valid, users that are missing or not valid. */
export async function startApi(port: ServerPort, options: ApiOptions): Promise<Api> {
  const { folder, unix = Date.now, now = () => performance.now(), onFault = () => undefined } = options
  const { server } = port.config
  const note = (type: string, { message, code }: Problem) =>
    port.note({ type, channel: null, user: null, message, data: { code } })
  const addressesToOpen = options.listen ?? [server.listen].flat()
  const { listen, users, loopback, certificate } = filesOf(server, { folder, listen: addressesToOpen, now, note })
  const probesToOpen = probesOf(server, options.probes)
  const link = users.isEmpty ? new OneTimeLink(unix) : null
  const sessions = new Sessions(unix)
  const proxies = new TrustedProxies(server.trustedProxies)
  const local = new WeakSet<Socket>()
  const hosts = () => port.config.server.hosts
  const openMetrics = () => loopback && users.isEmpty
  const access = new Access({ users, sessions, proxies, hosts, local, openMetrics, unix })
  const limits = new LoginLimits(options.limits)
  const counts: StreamCounts = { events: { open: 0, ended: 0 }, previews: { open: 0, dropped: 0, ended: 0 } }
  const routes = allRoutes({ port, access, users, sessions, limits, proxies, link, now }, counts)
  const app = makeApp({ port, access, routes, files: pageFiles(options.page), onFault })
  const previews = new PreviewDoor(port, access, counts.previews, { now })
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })

  const listenHosts = listen.flatMap(address => (address.kind === 'tcp' ? [address.host] : []))
  /** What is asked of each request before anything looks at what it wants. */
  const admit = (request: IncomingMessage) => {
    checkShape(request)
    if (!local.has(request.socket)) checkHost(request, { listen: listenHosts, hosts: hosts() })
  }
  const handlers = {
    request: (request: IncomingMessage, response: ServerResponse) => {
      setSecurityHeaders(response, proxies.isSecure(request))
      try {
        admit(request)
      } catch (error) {
        return refuse(response, asProblem(error))
      }
      void listener(request, response)
    },
    upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => previews.open(request, socket, head, admit),
  }

  const doors: Door[] = []
  const probes: Door[] = []
  const close = async () => {
    previews.close()
    certificate?.close()
    await Promise.all([...doors, ...probes].map(door => door.close()))
  }
  const { freePort = false, connections = MOST_CONNECTIONS, stalledMs } = options
  try {
    for (const address of listen) {
      const bounds = { connections, ...(stalledMs !== undefined && { stalledMs }) }
      doors.push(await openDoor(address, { handlers, ...bounds, freePort, certificate, local }))
    }
    const asked = { handlers: probeHandlers(() => port.notReady()), freePort: false, certificate: null, local }
    for (const address of probesToOpen) {
      probes.push(await openDoor(address, { ...asked, connections: MOST_PROBES, stalledMs: PROBE_STALLED_MS }))
    }
  } catch (error) {
    await close()
    throw error
  }
  const addresses = doors.map(door => door.address)
  const first = addresses.find(address => address.startsWith('http'))
  const oneTimeLink = link && first ? `${first}/login?token=${link.token}` : null
  return { addresses, probes: probes.map(door => door.address), oneTimeLink, close }
}

/** Throws what startApi would reject with, where another server still has the addresses. */
export function checkApi(server: Config['server'], folder: string): void {
  const listen = [server.listen].flat()
  probesOf(server)
  filesOf(server, { folder, listen, now: () => 0, note: () => {} }).certificate?.close()
}

const probesOf = ({ probes }: Config['server'], more: readonly string[] = []): readonly Address[] =>
  [...(probes === undefined ? [] : [probes]), ...more].map(parseListen)

interface FilesOptions {
  readonly folder: string
  readonly listen: readonly string[]
  readonly now: () => number
  readonly note: (type: string, problem: Problem) => void
}

/** What the configuration names: addresses, users, certificate. */
function filesOf(server: Config['server'], { folder, listen: addresses, now, note }: FilesOptions) {
  const listen = addresses.map(parseListen)
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(folder, path))
  const usersPath = server.users === undefined ? null : absolute(server.users)
  const users = new UsersFile(usersPath, now, problem => note('users-invalid', problem))
  const loopback = listen.every(isLoopback)
  if (!loopback && users.isEmpty) throw usersMissing(server.users)
  const { tls } = server
  const certificate = tls
    ? new Certificate({ cert: absolute(tls.cert), key: absolute(tls.key) }, problem => note('tls-invalid', problem))
    : null
  return { listen, users, loopback, certificate }
}

function refuse(response: ServerResponse, problem: Problem): void {
  const body = JSON.stringify(problemDocument(problem))
  // What else this client sends is not read.
  response.writeHead(problem.status, { 'content-type': PROBLEM_TYPE, connection: 'close' }).end(body)
}

function usersMissing(file: string | undefined): Problem {
  const where = file ?? 'users.yaml'
  return new Problem(400, 'ERR_USERS_MISSING', 'the server would listen on an address of the network without users', {
    remedy:
      `Make an admin with: rxgst passwd --file ${where} --role admin NAME` +
      `${file === undefined ? `, and write users: ${where} under server in the configuration` : ''}. ` +
      'Or listen on 127.0.0.1 alone.',
  })
}
