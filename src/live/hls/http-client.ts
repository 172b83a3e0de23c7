import { Agent as HttpAgent, request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { PRIVATE_ADDRESS } from '../../core/addresses/public-address'
import type { Clock } from '../../core/clock'
import { onAbort } from '../../core/deadline'
import { RxGstError } from '../../core/errors'
import type { AddressRules } from './address-rules'
import type { ByteRange } from './attributes'
import { httpError, statusError } from './http-error'

export interface Request {
  /** For messages, without the address: 'the playlist', 'segment 12'. */
  readonly what: string
  /** Most bytes of the answer, unpacked. */
  readonly mostBytes: number
  /** For all of it, redirects too. */
  readonly deadlineMs: number
  readonly range?: ByteRange | null
  /** Whether the answer may be packed by gzip. */
  readonly packed?: boolean
}

export interface Answer {
  /** Where it came from, behind redirects. */
  readonly url: URL
  readonly body: Buffer
}

const MOST_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MOST_HEADER_BYTES = 32 * 1024
/** Connections that are kept, so that not each segment has a handshake of its own. */
const MOST_SOCKETS = 4
const IDLE_MS = 30_000

const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)

export interface HttpClientOptions {
  readonly rules: AddressRules
  /** The address as it may be shown. */
  readonly display: string
  /** For the capture's own server: 'user:password'; null: none. */
  readonly login: string | null
  readonly clock: Clock
}

/**
 * GET, with bounds of everything: bytes, time, redirects, packed bytes. JS thread; nothing is followed that the rules
 * do not permit. Rejects with an RxGstError.
 */
export class HttpClient {
  readonly #options: HttpClientOptions
  readonly #agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: MOST_SOCKETS, timeout: IDLE_MS }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: MOST_SOCKETS, timeout: IDLE_MS }),
  }
  readonly #closing = new AbortController()

  constructor(options: HttpClientOptions) {
    this.#options = options
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort()
    for (const agent of Object.values(this.#agents)) agent.destroy()
  }

  /** ERR_ABORTED: close() was called. */
  mustRun(what: string): void {
    if (!this.#closing.signal.aborted) return
    throw new RxGstError('ERR_ABORTED', `${what} of ${this.#options.display}: the capture was stopped`)
  }

  async get(url: URL, wanted: Request): Promise<Answer> {
    const { clock, display } = this.#options
    const what = `${wanted.what} of ${display}`
    const deadline = new AbortController()
    let late = false
    const timer = clock.setTimeout(() => {
      late = true
      deadline.abort()
    }, wanted.deadlineMs)
    const unsubscribe = onAbort(this.#closing.signal, () => deadline.abort())
    if (this.#closing.signal.aborted) deadline.abort()
    try {
      return await this.#follow(url, wanted, what, deadline.signal)
    } catch (error) {
      if (late) throw new RxGstError('ERR_CONNECT_TIMEOUT', `${what} has not come within ${wanted.deadlineMs} ms`)
      this.mustRun(wanted.what)
      throw httpError(error, what)
    } finally {
      clock.clearTimeout(timer)
      unsubscribe()
    }
  }

  async #follow(from: URL, wanted: Request, what: string, signal: AbortSignal): Promise<Answer> {
    let url = from
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(url, wanted, signal)
      const { statusCode: status = 0, headers } = response
      if (!REDIRECTS.has(status)) return { url, body: await this.#body(response, wanted, what) }
      response.destroy()
      if (redirects >= MOST_REDIRECTS)
        throw new RxGstError('ERR_PLAY_REJECTED', `${what}: more than ${MOST_REDIRECTS} redirects`)
      if (headers.location === undefined)
        throw new RxGstError('ERR_BAD_STREAM', `${what}: a redirect (${status}) to nowhere`)
      url = this.#options.rules.resolve(headers.location, url)
    }
  }

  #send(url: URL, { range, packed = false }: Request, signal: AbortSignal): Promise<IncomingMessage> {
    const { rules, login } = this.#options
    const { own, lookup } = rules.permit(url)
    const options: RequestOptions = {
      agent: url.protocol === 'https:' ? this.#agents['https:'] : this.#agents['http:'],
      signal,
      maxHeaderSize: MOST_HEADER_BYTES,
      headers: {
        accept: '*/*',
        'accept-encoding': packed ? 'gzip' : 'identity',
        'user-agent': 'rxgst',
        ...(range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
        ...(own && login !== null && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
      },
      ...(lookup && { lookup }),
    }
    return new Promise((resolve, reject) => {
      const request = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options)
      request.once('response', resolve)
      // An error may follow another one, or the answer.
      request.on('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === PRIVATE_ADDRESS ? rules.privateAddress() : error),
      )
      // An answer that changes the protocol (101) is neither.
      request.once('close', () => reject(Object.assign(new Error(), { code: 'ECONNRESET' })))
      request.end()
    })
  }

  async #body(response: IncomingMessage, wanted: Request, what: string): Promise<Buffer> {
    const { statusCode: status = 0, headers } = response
    const { range = null, mostBytes } = wanted
    const partial = status === 206 && range !== null
    if (status !== 200 && !partial) {
      response.destroy()
      throw statusError(status, what)
    }
    // A server that does not know ranges gives all of it.
    const begin = range !== null && !partial ? range.offset : 0
    if (partial && rangeBegin(headers['content-range']) !== range.offset) {
      response.destroy()
      throw new RxGstError('ERR_BAD_STREAM', `${what}: the server gives another range of bytes`)
    }
    const encoding = headers['content-encoding'] ?? 'identity'
    const most = begin + (range ? Math.min(range.length, mostBytes) : mostBytes)
    const tooLarge = (): RxGstError => new RxGstError('ERR_BAD_STREAM', `${what} has more than ${mostBytes} bytes`)
    if (range !== null && (range.length > mostBytes || begin > mostBytes)) {
      response.destroy()
      throw tooLarge()
    }
    if (range === null && Number(headers['content-length'] ?? 0) > mostBytes) {
      response.destroy()
      throw tooLarge()
    }
    const whole = await bytesOf(response, most, range === null ? tooLarge : null)
    const body = encoding === 'identity' ? whole : await this.#unpacked(whole, encoding, mostBytes, what)
    if (range === null) return body
    const part = body.subarray(begin, begin + range.length)
    if (part.length < range.length) throw new RxGstError('ERR_CONNECTION_LOST', `${what} is shorter than its range`)
    return part
  }

  async #unpacked(body: Buffer, encoding: string, mostBytes: number, what: string): Promise<Buffer> {
    if (encoding !== 'gzip' && encoding !== 'x-gzip')
      throw new RxGstError('ERR_BAD_STREAM', `${what}: its content encoding was not asked for`)
    try {
      return await unpack(body, { maxOutputLength: mostBytes })
    } catch (error) {
      // Node tells so by its class.
      const large = error instanceof RangeError
      const why = large ? `unpacks to more than ${mostBytes} bytes` : 'cannot be unpacked'
      throw new RxGstError('ERR_BAD_STREAM', `${what} ${why}`)
    }
  }
}

/** The first byte of `bytes 10-19/100`. */
function rangeBegin(header: string | undefined): number | null {
  const digits = /^bytes (\d{1,15})-/.exec(header ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}

/**
 * All of an answer. It is destroyed where it has more bytes than `most`, which is an error or, where none is given, all
 * that is wanted.
 */
function bytesOf(response: IncomingMessage, most: number, tooLarge: (() => RxGstError) | null): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const cut = (): Buffer => Buffer.concat(chunks, Math.min(size, most))
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= most) return void chunks.push(chunk)
      if (tooLarge === null) {
        chunks.push(chunk)
        resolve(cut())
      } else reject(tooLarge())
      response.destroy()
    })
    response.once('end', () => {
      // What breaks off in the middle ends as well.
      if (response.complete) resolve(cut())
      else reject(Object.assign(new Error(), { code: 'ECONNRESET' }))
    })
    response.on('error', reject)
    response.once('close', () => reject(Object.assign(new Error(), { code: 'ECONNRESET' })))
  })
}
