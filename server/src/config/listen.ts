/** Addresses at which the server listens. */
import { isIP } from 'node:net'

export type Listener = { readonly index: number } & (
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
)

export interface Listeners {
  readonly listeners: readonly Listener[]
  readonly faults: readonly { readonly index: number; readonly message: string }[]
}

/** A longer path does not fit into sockaddr_un. */
const MOST_PATH_BYTES = 107

/** 'host:port', '[::1]:port', 'unix:/path'. */
export function listenersOf(
  listen: string | readonly string[],
  { unix = true }: { readonly unix?: boolean } = {},
): Listeners {
  const listeners: Listener[] = []
  const faults: { index: number; message: string }[] = []
  const texts = typeof listen === 'string' ? [listen] : listen
  for (const [index, text] of texts.entries()) {
    const path = unix ? /^unix:(\/[^\p{Cc}]+)$/u.exec(text)?.[1] : undefined
    if (path !== undefined && Buffer.byteLength(path) <= MOST_PATH_BYTES) {
      listeners.push({ index, kind: 'unix', path })
      continue
    }
    const [, v6, name, digits = ''] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i.exec(text) ?? []
    const host = v6 ?? name
    const port = Number(digits)
    if (host === undefined || port > 65_535 || (v6 !== undefined && isIP(v6) !== 6))
      faults.push({ index, message: `expected host:port${unix ? ' or unix:/path' : ''}, such as 127.0.0.1:8787` })
    else listeners.push({ index, kind: 'tcp', host, port })
  }
  return { listeners, faults }
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase()
  return name === 'localhost' || (isIP(name) === 4 && name.startsWith('127.')) || name === '::1'
}

/** Others reach it: it may not be open without users. */
export function needsUsers(listener: Listener): boolean {
  return listener.kind === 'tcp' && !isLoopback(listener.host)
}
