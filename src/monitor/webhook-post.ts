import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress, PRIVATE_ADDRESS, publicLookup } from '../core/addresses/public-address'
import type { Outcome } from './alert-sender'

/** Temporary statuses: the receiver is overloaded or restarts, or its proxy has lost it. */
const TEMPORARY = [408, 425, 429]

interface Post {
  readonly url: URL
  readonly headers: Headers
  readonly body: string
  /** An abort ends the request. */
  readonly signal: AbortSignal
  /** Resolves only to public addresses; null: to all addresses. */
  readonly lookup: LookupFunction | null
}

/** Sends JSON, once. Rejects as node:http does. */
export async function postJson({
  allowPrivate,
  ...request
}: Omit<Post, 'lookup'> & { readonly allowPrivate: boolean }): Promise<Outcome> {
  request.headers.set('content-type', 'application/json')
  if (!request.headers.has('user-agent')) request.headers.set('user-agent', 'rxgst')
  try {
    const status = await post({ ...request, lookup: allowPrivate ? null : publicLookup() })
    if (status >= 200 && status < 300) return { taken: true }
    // A redirect is not followed either: it would send a signed body to another receiver.
    return { taken: false, why: `status ${status}`, retryable: status >= 500 || TEMPORARY.includes(status) }
  } catch (error) {
    if ((error as { code?: unknown }).code !== PRIVATE_ADDRESS) throw error
    return { taken: false, why: 'it has a private address, and allowPrivate is false', retryable: true }
  }
}

/**
 * Sends one POST and resolves with the status of the answer, without its body. A redirect is an answer like any other.
 * fetch is not used, because it does not show the connected address.
 */
function post({ url, headers, body, signal, lookup }: Post): Promise<number> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // node:http does not look up an address.
    if (lookup && isIP(host) !== 0 && !isPublicAddress(host)) {
      return reject(Object.assign(new Error('a private address'), { code: PRIVATE_ADDRESS }))
    }
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest
    const request = send(url, {
      method: 'POST',
      headers: { ...Object.fromEntries(headers), 'content-length': Buffer.byteLength(body) },
      // Each request has its own connection: a connection from before a change of the rules is never used again.
      agent: false,
      signal,
      ...(lookup && { lookup }),
    })
    request.on('error', reject)
    request.on('response', response => {
      response.on('error', () => {})
      resolve(response.statusCode!)
      response.destroy()
    })
    request.end(body)
  })
}
