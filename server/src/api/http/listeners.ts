/** The server's doors: addresses, a Unix socket, TLS. */
import { lstat, unlink } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Problem } from '../../core/problem.js'
import type { Certificate } from './certificate.js'
import { isWebSocket, withoutOffer } from './upgrades.js'

export const MOST_CONNECTIONS = 100
const HEADERS_MS = 10_000
const REQUEST_MS = 30_000
const KEEP_ALIVE_MS = 5000
/** Who takes nothing of its answer for so long has no connection any more. */
const STALLED_MS = 60_000
const MOST_HEADER_BYTES = 16 * 1024
/** Attempts at a next port. */
const MOST_PORTS = 100
const CONNECT_MS = 1000
const SOCKET_MODE = 0o660

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

/** 'host:port', '[::1]:port' or 'unix:/path'. */
export function parseListen(text: string): Address {
  if (text.startsWith('unix:/')) return { kind: 'unix', path: text.slice('unix:'.length) }
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]*)):(\d{1,5})$/i.exec(text)
  const port = Number(found?.[3])
  if (!found || port > 65_535) {
    throw new Problem(400, 'ERR_OPTION', `server.listen: '${text}' is no address`, {
      remedy: 'Write host:port, such as 127.0.0.1:8787 or [::1]:8787, or unix:/path.',
    })
  }
  return { kind: 'tcp', host: found[1] ?? (found[2] || '0.0.0.0'), port }
}

export const isLoopback = (address: Address): boolean =>
  address.kind === 'unix' ||
  address.host === 'localhost' ||
  address.host === '::1' ||
  (isIP(address.host) === 4 && address.host.startsWith('127.'))

export interface Handlers {
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface ListenOptions {
  readonly handlers: Handlers
  readonly connections: number
  /** Time in which a client takes some of its answer, ms. Default: 60 s. */
  readonly stalledMs?: number
  /** A port that is taken is left for the next free one. */
  readonly freePort: boolean
  /** null: no TLS. */
  readonly certificate: Certificate | null
  /** Gets the connections of the Unix socket. */
  readonly local: WeakSet<Socket>
}

export interface Door {
  /** http://host:port, https://host:port or unix:/path */
  readonly address: string
  close(): Promise<void>
}

export async function openDoor(address: Address, options: ListenOptions): Promise<Door> {
  const tls = address.kind === 'tcp' ? options.certificate : null
  const server = makeServer(options, tls)
  if (address.kind === 'unix') {
    server.on('connection', (socket: Socket) => options.local.add(socket))
    await listenUnix(server, address.path)
    return { address: `unix:${address.path}`, close: () => close(server) }
  }
  const release = tls?.serve(server as ReturnType<typeof createTlsServer>)
  await listenTcp(server, address.host, address.port, options.freePort)
  const { port } = server.address() as AddressInfo
  const host = isIP(address.host) === 6 ? `[${address.host}]` : address.host
  return {
    address: `${tls ? 'https' : 'http'}://${host}:${port}`,
    close: () => {
      release?.()
      return close(server)
    },
  }
}

function makeServer(options: ListenOptions, tls: Certificate | null): Server {
  const { handlers, connections, stalledMs = STALLED_MS } = options
  const limits: ServerOptions = {
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1000,
    requireHostHeader: true,
    insecureHTTPParser: false,
  }
  const server: Server = tls
    ? createTlsServer({ ...limits, ...tls.options, handshakeTimeout: HEADERS_MS })
    : createServer(limits)
  server.maxConnections = connections
  // Of silence in both directions. One that waits for its answer is silent too, and stays.
  server.timeout = stalledMs
  server.on('request', (request, response) => {
    response.on('timeout', () => response.socket?.writableLength && response.destroy())
    handlers.request(request, response)
  })
  server.on('upgrade', (request, socket, head) => {
    if (isWebSocket(request)) handlers.upgrade(request, socket, head)
    else withoutOffer(server, tls ? 'secureConnection' : 'connection', request, socket, head)
  })
  return server
}

async function listenTcp(server: Server, host: string, port: number, freePort: boolean): Promise<void> {
  for (let next = port; ; next++) {
    try {
      return await listening(server, () => server.listen({ host, port: next, exclusive: true }))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE') throw cannotListen(`${host}:${next}`, code)
      if (!freePort || next >= Math.min(port + MOST_PORTS, 65_535)) throw taken(`${host}:${port}`)
    }
  }
}

async function listenUnix(server: Server, path: string): Promise<void> {
  const listen = () =>
    listening(server, () => {
      // The socket is made at once, in this call: nobody may open it before its mode is set.
      const before = process.umask(0o777 & ~SOCKET_MODE)
      try {
        server.listen({ path })
      } finally {
        process.umask(before)
      }
    })
  try {
    await listen()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw cannotListen(path, code)
    if (!(await isDeadSocket(path))) throw taken(path)
    await unlink(path)
    await listen()
  }
}

/** A socket that a killed server has left. */
async function isDeadSocket(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false
  return new Promise(resolve => {
    const socket = connect({ path })
    socket.setTimeout(CONNECT_MS, () => decide(false))
    const decide = (dead: boolean) => {
      socket.destroy()
      resolve(dead)
    }
    socket.on('connect', () => decide(false))
    socket.on('error', (error: NodeJS.ErrnoException) => decide(error.code === 'ECONNREFUSED'))
  })
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => {
      server.off('error', done)
      server.off('listening', done)
      if (error) reject(error)
      else resolve()
    }
    server.once('error', done)
    server.once('listening', done)
    listen()
  })
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

const taken = (address: string): Problem =>
  new Problem(409, 'ERR_PORT_TAKEN', `another program listens on ${address}`, {
    fault: 'machine',
    retryable: true,
    remedy: 'Stop it (ss -ltnp shows it), or choose another address in server.listen.',
  })

const cannotListen = (address: string, code: string | undefined): Problem =>
  new Problem(400, 'ERR_LISTEN', `the server cannot listen on ${address}: ${code ?? 'unknown'}`, {
    fault: 'machine',
    remedy: 'Choose an address of this machine, and a port or folder that this user may use, in server.listen.',
  })
