import { MIN_QUERY_VALUE_LENGTH, MIN_SECRET_LENGTH, secretForms } from '../../core/secrets'
import { parseRtmpUrl } from '../../core/url'
import type { GraphData, GraphElement, GraphValue } from './data'

/** Masks secrets in graphs: a graph contains stream keys and passwords like any other property. */

const MASK = '***'
/** Properties that contain only a secret, in any element. */
const SECRET =
  /(^|-)(password|passphrase|passwd|pw|secret|token|credentials)$|^(access-key|secret-access-key|key|srtp-key|iv)$/
/** In these elements, the stream name is the publisher's key; without one, the application is. */
const STREAM_KEYS = new Set(['rxrtmpsrc', 'rxrtmpsink', 'rtmp2src', 'rtmp2sink'])

type Named = Pick<GraphElement, 'factory' | 'props'>

function isSecret({ factory, props }: Named, property: string): boolean {
  const own = property.slice(property.lastIndexOf(':') + 1)
  return (
    SECRET.test(own) ||
    (own === 'stream' && STREAM_KEYS.has(factory)) ||
    (own === 'application' && STREAM_KEYS.has(factory) && !props.stream) ||
    (own === 'streamid' && factory.startsWith('srt'))
  )
}

/** A property's value for people, with masked secrets; of an address, only host and path stay. */
export function maskedValue(element: GraphElement, property: string): GraphValue {
  const value = element.props[property]!
  if (isSecret(element, property)) return MASK
  if (isApplication(element, property)) return String(value).replace(/\?.*$/s, `?${MASK}`)
  return typeof value === 'string' ? value.replace(/[a-z][a-z0-9+.-]{0,40}:\/\/[^]*/i, maskedAddress) : value
}

/** Of RTMP; its query holds secrets as that of an address does. */
function isApplication({ factory }: Named, property: string): boolean {
  return property === 'application' && STREAM_KEYS.has(factory)
}

function maskedAddress(text: string): string {
  // librtmp's options stand after a blank and repeat the key.
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

/** All spellings of all secrets in a graph, to be masked in every text about its pipeline. */
export function graphSecrets({ elements }: GraphData): readonly string[] {
  const secrets = new Set<string>()
  const add = (secret: string): void => secretForms(secret).forEach(form => secrets.add(form))
  for (const element of elements) {
    for (const [property, value] of Object.entries(element.props)) {
      if (isSecret(element, property)) add(String(value))
      else if (isApplication(element, property)) querySecrets(String(value), add)
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
    querySecrets(address, add)
  }
}

function querySecrets(text: string, add: (secret: string) => void): void {
  const query = text.indexOf('?')
  if (query < 0) return
  for (const pair of text.slice(query + 1).split(/[&;#]/)) {
    const value = pair.slice(pair.indexOf('=') + 1)
    if (value.length >= MIN_QUERY_VALUE_LENGTH) add(value)
  }
}
