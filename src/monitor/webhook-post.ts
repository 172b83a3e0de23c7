import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress, PRIVATE_ADDRESS } from './public-address'

export interface Post {
  readonly url: URL
  readonly headers: Headers
  readonly body: string
  /** Ends the request. */
  readonly signal: AbortSignal
  /** Connects to public addresses alone; null: to any. */
  readonly lookup: LookupFunction | null
}

/**
 * One POST: the status of its answer, of which nothing is read. A redirect is an answer like any other. Not by fetch,
 * which does not say what it connects to.
 */
export function post({ url, headers, body, signal, lookup }: Post): Promise<number> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // An address is not looked up.
    if (lookup && isIP(host) !== 0 && !isPublicAddress(host)) {
      return reject(Object.assign(new Error('a private address'), { code: PRIVATE_ADDRESS }))
    }
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest
    const request = send(url, {
      method: 'POST',
      headers: { ...Object.fromEntries(headers), 'content-length': Buffer.byteLength(body) },
      // A connection for each: none that was made under other rules is used again.
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
