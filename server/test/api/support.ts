/** An API on the stand-in, with a token of each role, and requests that may say what a browser never would. */
import { writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { tempDir } from '../../../test/support/temp.js'
import { hashPassword } from '../../src/api/access/password.js'
import { hashToken, makeToken } from '../../src/api/access/users-file.js'
import { type Api, type ApiOptions, startApi } from '../../src/api/start-api.js'
import { FAKE_CONFIG } from './fake-config.js'
import { FakePort, type FakePortOptions } from './fake-port.js'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly bytes: Buffer
  /** What JSON.parse gave; undefined: it is no JSON. */
  readonly json: ReturnType<typeof JSON.parse>
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly raw?: string | Buffer
  readonly socketPath?: string
}

export interface FakeApi extends AsyncDisposable {
  readonly port: FakePort
  readonly api: Api
  readonly base: string
  readonly tcpPort: number
  readonly folder: string
  readonly faults: unknown[]
  /** Headers that show the token of a role. */
  as(role: TokenName): Record<string, string>
  request(method: string, path: string, options?: RequestOptions): Promise<Reply>
  /** Bytes as they are; resolves with what came until the server closed. */
  raw(bytes: string): Promise<string>
}

export type TokenName = 'admin' | 'operator' | 'viewer' | 'metrics' | 'chapelOnly' | 'chapelAdmin' | 'expired'
const TOKENS: readonly TokenName[] = ['admin', 'operator', 'viewer', 'metrics', 'chapelOnly', 'chapelAdmin', 'expired']
export const PASSWORD = 'correct horse battery'

export interface FakeApiOptions extends Partial<ApiOptions> {
  readonly fake?: FakePortOptions
  /** false: no users file. Default: true. */
  readonly users?: boolean
  /** Lines under server: */
  readonly server?: string
}

let hashed: Promise<string> | undefined
/** A thousandth of the real cost of a password; the machine of a test is busy. */
const CHEAP = 2 ** 5

export async function fakeApi(options: FakeApiOptions = {}): Promise<FakeApi> {
  const { fake, users = true, server = '', ...rest } = options
  const folder = rest.folder ?? tempDir()
  const tokens = new Map(TOKENS.map(name => [name, makeToken()]))
  if (users) {
    const password = await (hashed ??= hashPassword(PASSWORD, CHEAP))
    writeFileSync(join(folder, 'users.yaml'), stringify(usersOf(tokens, password)), { mode: 0o600 })
  }
  const lines = `${users ? '  users: users.yaml\n' : ''}${server}`
  const config = (fake?.config ?? FAKE_CONFIG).replace('server:\n', `server:\n${lines}`)
  const port = new FakePort({ ...fake, config })
  const faults: unknown[] = []
  const api = await startApi(port, {
    listen: ['127.0.0.1:0'],
    onFault: error => faults.push(error),
    ...rest,
    folder,
  })
  const base = api.addresses.find(address => address.startsWith('http'))!
  const tcpPort = Number(new URL(base).port)
  return {
    port,
    api,
    base,
    tcpPort,
    folder,
    faults,
    as: role => ({ authorization: `Bearer ${tokens.get(role)}` }),
    request: (method, path, options) => send(tcpPort, method, path, options),
    raw: bytes => exchange(tcpPort, bytes),
    [Symbol.asyncDispose]: () => api.close(),
  }
}

function usersOf(tokens: ReadonlyMap<TokenName, string>, password: string) {
  const token = (name: TokenName, role: string, more: object = {}) => ({
    role,
    sha256: hashToken(tokens.get(name)!),
    ...more,
  })
  return {
    users: {
      anna: { role: 'admin', password },
      otto: { role: 'operator', channels: ['studio'], password },
    },
    tokens: {
      admin: token('admin', 'admin'),
      operator: token('operator', 'operator'),
      viewer: token('viewer', 'viewer'),
      metrics: token('metrics', 'metrics'),
      chapelOnly: token('chapelOnly', 'operator', { channels: ['chapel'] }),
      chapelAdmin: token('chapelAdmin', 'admin', { channels: ['chapel'] }),
      expired: token('expired', 'admin', { expires: '2020-01-01T00:00:00Z' }),
    },
  }
}

/** Never follows, never changes a header, and sends the path as it is. */
export function send(port: number, method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
  const { headers = {}, body, raw, socketPath } = options
  const bytes = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const all = {
    host: `127.0.0.1:${port}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(bytes !== undefined && { 'content-length': String(Buffer.byteLength(bytes)) }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const where = socketPath ? { socketPath } : { host: '127.0.0.1', port }
    const request = httpRequest({ ...where, method, path, headers: all, agent: false }, response => {
      collect(response).then(resolve, reject)
    })
    request.on('error', reject)
    request.end(bytes)
  })
}

async function collect(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const text = bytes.toString('utf8')
  const isJson = /json/.test(response.headers['content-type'] ?? '')
  return {
    status: response.statusCode!,
    headers: response.headers,
    text,
    bytes,
    json: isJson ? JSON.parse(text) : undefined,
  }
}

function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(port)
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => void (text += chunk))
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve(text) : reject(error)))
    socket.on('close', () => resolve(text))
    socket.write(bytes)
  })
}

export const openSocket = (port: number): Socket => connect({ host: '127.0.0.1', port })

/** A browser's login: the headers that its page sends from then on. */
export async function logIn(fake: FakeApi, user = 'anna', password = PASSWORD): Promise<Record<string, string>> {
  const reply = await fake.request('POST', '/api/v1/session', {
    headers: { origin: fake.base },
    body: { user, password },
  })
  if (reply.status !== 200) throw new Error(`login: ${reply.status} ${reply.text}`)
  return { cookie: cookieOf(reply), origin: fake.base, 'content-type': 'application/json' }
}

export const cookieOf = (reply: Reply): string => reply.headers['set-cookie']![0]!.split(';')[0]!
