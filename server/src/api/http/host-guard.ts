/**
 * By what names the server may be called, and from what pages. A name that points here without our knowledge (DNS
 * rebinding) would make another site's page one of ours.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { Problem } from '../../core/problem.js'

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])
const WILDCARDS = new Set(['0.0.0.0', '::', ''])

/** Refuses what no client of ours sends: proxies and servers read it in different ways. */
export function checkShape(request: IncomingMessage): void {
  const bad = (what: string) =>
    new Problem(400, 'ERR_REQUEST', what, { remedy: 'Send one Host header and a path that begins with /.' })
  if (!request.url?.startsWith('/') || request.url.startsWith('//')) throw bad('the target of the request is no path')
  let hosts = 0
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    if (request.rawHeaders[at]!.toLowerCase() === 'host') hosts++
  }
  if (hosts !== 1) throw bad(`the request has ${hosts} Host headers`)
}

/** The URL of the Host header, in lower case and without its scheme's default port; null: it is none. */
function parseHost(host: string): URL | null {
  if (!/^[a-z0-9.:[\]_-]+$/i.test(host)) return null
  try {
    return new URL(`http://${host}/`)
  } catch {
    return null
  }
}

export interface HostRules {
  /** Hosts of the addresses that the server listens on. */
  readonly listen: readonly string[]
  /** server.hosts: names, or names with a port. */
  readonly hosts: readonly string[]
}

export function checkHost(request: IncomingMessage, rules: HostRules): void {
  const url = parseHost(request.headers.host ?? '')
  if (url && isKnown(url, rules)) return
  throw new Problem(421, 'ERR_HOST', 'the server does not know itself by the name in the Host header', {
    remedy: 'Call it by an address that it listens on, or add the name to server.hosts.',
  })
}

function isKnown({ host, hostname }: URL, { listen, hosts }: HostRules): boolean {
  if (LOOPBACK_NAMES.has(hostname)) return true
  if (hosts.some(known => known.toLowerCase() === hostname || known.toLowerCase() === host)) return true
  const bare = hostname.replace(/^\[|\]$/g, '')
  // An address in the URL needs no name server, so nobody can have bent one.
  if (isIP(bare) !== 0 && listen.some(address => WILDCARDS.has(address))) return true
  return listen.includes(bare)
}

/** Whether a request comes from one of our pages. The scheme may be a proxy's. */
export function isOurOrigin(request: IncomingMessage, hosts: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return false
  let url: URL
  try {
    url = new URL(origin)
  } catch {
    return false
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false
  return (
    url.host === withoutDefaultPort(host ?? '', url.protocol) || hosts.some(known => known.toLowerCase() === url.host)
  )
}

function withoutDefaultPort(host: string, protocol: string): string | null {
  try {
    return new URL(`${protocol}//${host}/`).host
  } catch {
    return null
  }
}

export function checkOrigin(request: IncomingMessage, hosts: readonly string[]): void {
  if (isOurOrigin(request, hosts)) return
  throw new Problem(403, 'ERR_ORIGIN', 'the request comes from a page of another site, or does not say from where', {
    remedy: "Use the server's own page; behind a proxy, add the public name to server.hosts. Programs use a token.",
  })
}
