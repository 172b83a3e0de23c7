import { MIN_SECRET_LENGTH, secretForms } from '../../core/secrets'
import { parseRtmpUrl } from '../../core/url'
import type { GraphData, GraphElement, GraphValue } from './data'

/** What of a graph must not be shown: it holds stream keys and passwords as it holds any other property. */

const MASK = '***'
/** Shorter query values ('1', 'true', 'main') are words of ordinary texts. */
const MIN_QUERY_VALUE = 8

/** Properties that hold nothing but a secret, of whichever element. */
const SECRET =
  /(^|-)(password|passphrase|passwd|pw|secret|token|credentials)$|^(access-key|secret-access-key|key|srtp-key|iv)$/
/** Here the stream's name is the key of whoever publishes. */
const STREAM_KEYS = new Set(['rtmp2src', 'rtmp2sink'])

function isSecret(factory: string, property: string): boolean {
  const own = property.slice(property.lastIndexOf(':') + 1)
  return (
    SECRET.test(own) ||
    (own === 'stream' && STREAM_KEYS.has(factory)) ||
    (own === 'streamid' && factory.startsWith('srt'))
  )
}

/** A property's value for people to read: what is secret in it is masked, of an address all but host and path. */
export function maskedValue({ factory, props }: GraphElement, property: string): GraphValue {
  const value = props[property]!
  if (isSecret(factory, property)) return MASK
  return typeof value === 'string' ? value.replace(/[a-z][a-z0-9+.-]{0,40}:\/\/[^]*/i, maskedAddress) : value
}

function maskedAddress(text: string): string {
  // librtmp's options come behind a blank, and hold the key again.
  const [address = ''] = text.split(/\s/)
  const rest = address === text ? '' : ` ${MASK}`
  if (/^rtmp/i.test(address)) {
    try {
      return parseRtmpUrl(address).display + rest
    } catch {
      return `${address.slice(0, address.indexOf(':'))}://${MASK}`
    }
  }
  return address.replace(/^([^/]*:\/\/)[^/?#]*@/, `$1${MASK}@`).replace(/[?#].*$/, `?${MASK}`) + rest
}

/** Every spelling of every secret in a graph: what has to be masked in whatever is said about its pipeline. */
export function graphSecrets({ elements }: GraphData): readonly string[] {
  const secrets = new Set<string>()
  const add = (secret: string): void => secretForms(secret).forEach(form => secrets.add(form))
  for (const { factory, props } of elements) {
    for (const [property, value] of Object.entries(props)) {
      if (isSecret(factory, property)) add(String(value))
      else if (typeof value === 'string') addressSecrets(value, add)
    }
  }
  return [...secrets].filter(secret => secret.length >= MIN_SECRET_LENGTH).sort((a, b) => b.length - a.length)
}

function addressSecrets(text: string, add: (secret: string) => void): void {
  for (const [address] of text.matchAll(/[a-z][a-z0-9+.-]{0,40}:\/\/\S+/gi)) {
    if (/^rtmp/i.test(address)) {
      try {
        for (const secret of parseRtmpUrl(address).secrets) add(secret)
      } catch {
        add(address)
      }
      continue
    }
    const [, userinfo] = /^[^/]*:\/\/([^/?#]*)@/.exec(address) ?? []
    if (userinfo !== undefined) {
      add(userinfo)
      add(userinfo.slice(userinfo.indexOf(':') + 1))
    }
    const query = address.indexOf('?')
    if (query < 0) continue
    for (const pair of address.slice(query + 1).split(/[&;#]/)) {
      const value = pair.slice(pair.indexOf('=') + 1)
      if (value.length >= MIN_QUERY_VALUE) add(value)
    }
  }
}
