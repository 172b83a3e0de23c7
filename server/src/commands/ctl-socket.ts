/** Requests by the Unix socket of a server. */
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'
import type { ServerEvent } from '../core/status.js'
import { type ConfigProblem, Problem } from '../core/problem.js'

/** A restart of a channel takes some seconds. */
const ANSWER_MS = 60_000
/** A server says something every 15 s. */
const SILENCE_MS = 45_000
const MOST_BYTES = 64 * 1024 * 1024

/** Rejects with the server's Problem, or with ERR_UNREACHABLE. */
export async function callSocket<T>(socketPath: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await open(socketPath, method, path, { accept: 'application/json' }, body)
  const text = await textOf(response)
  const value: unknown = text === '' ? null : JSON.parse(text)
  if (response.statusCode! >= 400) throw problemOf(response.statusCode!, value)
  return value as T
}

/** Tells each event as it happens; resolves when the server ends, or at SIGINT. */
export async function followEvents(
  socketPath: string,
  after: string | undefined,
  tell: (event: ServerEvent) => void,
): Promise<void> {
  const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`
  const response = await open(socketPath, 'GET', `/api/v1/events${query}`, { accept: 'text/event-stream' })
  if (response.statusCode !== 200) throw problemOf(response.statusCode!, JSON.parse(await textOf(response)))
  const lines = createInterface({ input: response })
  process.once('SIGINT', () => response.destroy())
  // The lines of a response that breaks do not end by themselves.
  response.on('error', () => lines.close())
  response.on('close', () => lines.close())
  for await (const line of lines) {
    if (!line.startsWith('data: ')) continue
    const event = JSON.parse(line.slice('data: '.length)) as Partial<ServerEvent>
    if (event.id !== undefined) tell(event as ServerEvent)
  }
}

function open(
  socketPath: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const all = { ...headers, host: 'localhost', ...(text !== undefined && { 'content-type': 'application/json' }) }
    const timeout = headers['accept'] === 'text/event-stream' ? SILENCE_MS : ANSWER_MS
    const request: ClientRequest = httpRequest(
      { socketPath, method, path, headers: all, timeout, agent: false },
      resolve,
    )
    request.on('timeout', () => request.destroy(new Error('it does not answer')))
    request.on('error', (error: NodeJS.ErrnoException) => reject(unreachable(socketPath, error)))
    request.end(text)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function problemOf(status: number, value: unknown): Problem {
  const { code, detail, fault, retryable, remedy, problems } = (value ?? {}) as Record<string, unknown>
  return new Problem(status, String(code ?? 'ERR_INTERNAL'), String(detail ?? `status ${status}`), {
    fault: (fault ?? 'engine') as Problem['fault'],
    retryable: retryable === true,
    remedy: String(remedy ?? ''),
    problems: (problems ?? []) as readonly ConfigProblem[],
  })
}

function unreachable(path: string, { code, message }: NodeJS.ErrnoException): Problem {
  const why = { ENOENT: 'there is no such file', ECONNREFUSED: 'no server listens', EACCES: 'you may not open it' }
  const text = why[code as keyof typeof why] ?? message
  return new Problem(503, 'ERR_UNREACHABLE', `no server answers at ${path}: ${text}`, {
    fault: 'machine',
    retryable: true,
    remedy: 'Start rxgst serve with a unix:/path in server.listen, and name that path with --socket.',
  })
}
