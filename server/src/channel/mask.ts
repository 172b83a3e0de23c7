/** Takes the secrets of a configuration out of every text that leaves the process. The library masks its own texts. */
import type { ChannelConfig } from '../core/schema.js'
import { inputName } from './config.js'

const MASK = '***'
/** Shorter texts stand in every sentence. */
const SHORTEST_SECRET = 4
/** Names in a query whose values are no secrets; what they say helps. */
const OPEN_QUERY = new Set(['mode', 'latency', 'rcvlatency', 'pbkeylen', 'adapter', 'localaddr'])

export class Masker {
  #secrets: readonly string[] = []

  /** Besides those of before: a target that was removed may still be told of. */
  learn(config: ChannelConfig): void {
    const found = new Set(this.#secrets)
    // A stream is often called as its input is, and that name is no secret.
    const names = new Set([...config.inputs.map(inputName), ...Object.keys(config.targets)])
    const addresses = [...config.inputs, ...Object.values(config.targets)]
    for (const one of addresses) {
      if ('streamKey' in one && one.streamKey !== undefined) add(found, one.streamKey)
      if ('url' in one) for (const secret of secretsOf(one.url)) add(found, secret)
    }
    // The longest first, so that no end of one stays beside the mask of a shorter one.
    this.#secrets = [...found].filter(secret => !names.has(secret)).sort((a, b) => b.length - a.length)
  }

  mask(text: string): string {
    return this.#secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text)
  }
}

function add(to: Set<string>, secret: string): void {
  for (const form of [secret, decoded(secret), encodeURIComponent(decoded(secret))])
    if (form.length >= SHORTEST_SECRET) to.add(form)
}

/** User and password, the values of a query, and the last part of an RTMP path, which is the stream key. */
function secretsOf(url: string): string[] {
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^([a-z][a-z\d+.-]*):\/\/([^/?]*)([^?]*)\??(.*)$/i.exec(url) ?? []
  const login = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : ''
  const values = query
    .split('&')
    .filter(pair => !OPEN_QUERY.has(pair.slice(0, pair.indexOf('='))))
    .map(pair => pair.slice(pair.indexOf('=') + 1))
  const parts = path.split('/').filter(part => part !== '')
  const key = /^rtmps?$/i.test(scheme) && parts.length > 1 ? [parts.at(-1)!] : []
  const [, password = ''] = login.split(/:(.*)/s)
  return [password, ...values, ...key]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // it was not percent-encoded
  }
}
