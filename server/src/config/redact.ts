/** Secrets behind '***', for what leaves the server; and back, for what comes from there again. */
import { parseRtmpUrl } from 'rxgst/checks'
import { Problem, type ConfigProblem } from '../core/problem.js'
import { isObject } from './merge.js'
import { shownPath, type Path } from './place.js'
import { hasStandIn, isReference, withStandIns } from './references.js'
import { channelSecrets, configSecrets, withTexts, type SecretField } from './secret-fields.js'

export const MASK = '***'

/** A copy with '***' in place of each literal secret. References stay: they tell nothing. */
export function redact<T>(config: T): T {
  return withRedacted(config, configSecrets(config))
}

/** Of one channel, or of `{ webhooks }`. */
export function redactChannel<T>(channel: T): T {
  return withRedacted(channel, channelSecrets(channel))
}

function withRedacted<T>(value: T, fields: readonly SecretField[]): T {
  return withTexts(
    value,
    fields.map(field => ({ path: field.path, text: redactField(field).text })),
  )
}

export interface Redacted {
  readonly text: string
  /** What stands behind each '***', in order. */
  readonly secrets: readonly string[]
}

export function redactField({ kind, text, beside }: Pick<SecretField, 'kind' | 'text' | 'beside'>): Redacted {
  const whole = { text: MASK, secrets: [text] }
  if (isReference(text)) return { text, secrets: [] }
  if (kind === 'secret') return whole
  const plain = withStandIns(text)
  const [, scheme = '', authority = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)(.*)$/is.exec(plain.text) ?? []
  if (scheme === '') return whole
  const secrets: string[] = []
  const isKnown = (part: string): boolean => isReference(plain.restore(part))
  const mask = (part: string): string => {
    if (part === '') return ''
    secrets.push(plain.restore(part))
    return MASK
  }
  const at = authority.lastIndexOf('@')
  const userinfo = at < 0 ? '' : authority.slice(0, at)
  const user = userinfo === '' || userinfo.split(':').every(isKnown) ? userinfo : mask(userinfo)
  const head = scheme + user + authority.slice(Math.max(at, 0))
  const masks = { mask, isKnown }
  try {
    const tail = tailOf(scheme.slice(0, -3).toLowerCase(), rest, plain.text, kind, beside, masks)
    return { text: plain.restore(head + tail), secrets }
  } catch {
    return whole // it is no address that anybody can read: any part may be the secret
  }
}

interface Masks {
  readonly mask: (part: string) => string
  readonly isKnown: (part: string) => boolean
}

function tailOf(
  scheme: string,
  rest: string,
  text: string,
  kind: string,
  streamKey: string | undefined,
  masks: Masks,
): string {
  if (kind === 'hook') {
    // Slack's, Mattermost's and Discord's secret is the path.
    const slash = rest.startsWith('/') ? '/' : ''
    const path = rest.slice(slash.length)
    return slash + (masks.isKnown(path) ? path : masks.mask(path))
  }
  if (scheme === 'rtmp' || scheme === 'rtmps') return rtmpTail(rest, text, streamKey, masks)
  if (scheme === 'file') return rest
  const query = rest.indexOf('?')
  const path = query < 0 ? rest : rest.slice(0, query)
  const shown = path
    .split('/')
    .map(name => (TOKEN.test(name) && !masks.isKnown(name) ? masks.mask(name) : name))
    .join('/')
  return query < 0 ? shown : `${shown}?${queryOf(rest.slice(query + 1), scheme === 'srt', masks)}`
}

/** A part of a path that a CDN signs, or in which a camera takes its password. */
const TOKEN = /[=~]|passw|token|^[^.]{24,}$/i
/** Options of SRT that are no secrets. */
const OPEN = /^(mode|latency|rcvlatency|pbkeylen|adapter|localaddr|transtype|pkt_size|timeout)$/

function queryOf(query: string, srt: boolean, { mask, isKnown }: Masks): string {
  return query
    .split('&')
    .map(pair => {
      const equals = pair.indexOf('=')
      const name = pair.slice(0, Math.max(0, equals))
      const value = pair.slice(equals + 1)
      if (isKnown(value) || (srt && OPEN.test(name))) return pair
      return equals < 0 ? mask(pair) : `${name}=${mask(value)}`
    })
    .join('&')
}

function rtmpTail(rest: string, text: string, streamKey: string | undefined, masks: Masks): string {
  const { application, stream } = parseRtmpUrl(text, streamKey === undefined ? null : 'stream')
  const name = (part: string): string => {
    const query = part.indexOf('?')
    const before = query < 0 ? part : part.slice(0, query)
    if (!masks.isKnown(before)) return masks.mask(part)
    return query < 0 ? part : `${before}?${queryOf(part.slice(query + 1), false, masks)}`
  }
  const app = (part: string): string => {
    const query = part.indexOf('?')
    return query < 0 ? part : `${part.slice(0, query)}?${queryOf(part.slice(query + 1), false, masks)}`
  }
  // With a key apart, the path is the application; an address with one name alone has it as its key.
  if (streamKey !== undefined) return app(rest)
  if (stream === '') return rest.slice(0, 1) + name(rest.slice(1))
  const end = 1 + application.length
  const border = rest.startsWith('/ /', end) ? '/ /' : '/'
  return `/${app(application)}${border}${name(rest.slice(end + border.length))}`
}

/** Scheme, host and port, with their references; where these are not known, the address as a whole. */
function originOf(url: string): string {
  const { text, restore } = withStandIns(url)
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^/?#@]*)/i.exec(text) ?? []
  // A word like a stand-in must not pass for the reference.
  if (scheme === undefined || host === undefined || hasStandIn(url)) return url
  return restore(`${scheme}${host}`.toLowerCase())
}

/** Whether the address beside a secret leads to where the old one did; it may come back as it was shown. */
function isBesideSame(field: SecretField, old: SecretField): boolean {
  if (old.beside === undefined) return true
  if (field.beside === undefined) return false
  if (originOf(old.beside) === originOf(field.beside)) return true
  const kind = old.path.includes('webhooks') ? 'hook' : 'address'
  return redactField({ kind, text: old.beside, beside: old.text }).text === field.beside
}

/**
 * Puts the old secrets in the place of '***'. A secret goes to the server alone that has had it: an address with
 * another host needs its secret anew. Throws Problem ERR_SECRET_NEEDED.
 */
export function restoreSecrets<T>(changed: T, old: unknown): T {
  return restoreFields(changed, configSecrets(changed), configSecrets(old), old)
}

/** Of one channel, or one target. */
export function restoreChannelSecrets<T>(changed: T, old: unknown): T {
  return restoreFields(changed, channelSecrets(changed), channelSecrets(old), old)
}

function restoreFields<T>(changed: T, fields: readonly SecretField[], olds: readonly SecretField[], old: unknown): T {
  return withTexts(changed, restoredTexts(changed, fields, olds, old))
}

/** The texts that were masked, with their paths. */
export function restoredTexts(
  changed: unknown,
  fields: readonly SecretField[],
  olds: readonly SecretField[],
  old: unknown,
): { path: Path; text: string }[] {
  const problems: ConfigProblem[] = []
  const texts: { path: Path; text: string }[] = []
  const places = new OldFields(olds, old)
  for (const field of fields) {
    if (!field.text.includes(MASK)) continue
    let restored: string | null = null
    for (const one of places.candidates(field, changed)) {
      restored = restoreField(field, one)
      if (restored !== null) break
    }
    if (restored !== null) texts.push({ path: field.path, text: restored })
    else
      problems.push({
        file: '',
        line: null,
        column: null,
        path: shownPath(field.path),
        message: "its secret has to be given again: '***' stands for the old one at the same server alone",
      })
  }
  if (problems.length === 0) return texts
  throw new Problem(422, 'ERR_SECRET_NEEDED', problems.map(({ path, message }) => `${path}: ${message}`).join('; '), {
    remedy: "Give the secret itself, or a reference such as ${env:NAME}, in place of '***'.",
    problems,
  })
}

/** Of a list without names, how far an item may have moved. */
const MOST_MOVED = 50

/** Old fields by their places, so that many fields take no longer each. */
class OldFields {
  readonly #byPath = new Map<string, SecretField>()
  readonly #byList = new Map<string, SecretField[]>()
  readonly #byName = new Map<string, SecretField[]>()

  constructor(
    olds: readonly SecretField[],
    readonly old: unknown,
  ) {
    for (const one of olds) {
      this.#byPath.set(shownKey(one.path), one)
      const item = itemOf(one.path)
      if (item === null) continue
      add(this.#byList, item.list, one)
      const name = nameAt(old, item.path)
      if (name !== null) add(this.#byName, `${item.list}\0${name}`, one)
    }
  }

  /** The old field of the same place; of lists, whose items move, that of the same name, and then those near it. */
  *candidates({ path }: SecretField, changed: unknown): Generator<SecretField> {
    const item = itemOf(path)
    if (item !== null) {
      const name = nameAt(changed, item.path)
      if (name !== null) yield* (this.#byName.get(`${item.list}\0${name}`) ?? []).slice(0, MOST_MOVED)
    }
    const same = this.#byPath.get(shownKey(path))
    if (same !== undefined) yield same
    if (item === null) return
    const others = this.#byList.get(item.list) ?? []
    const from = Math.min(item.index, others.length)
    yield* others.slice(Math.max(0, from - MOST_MOVED), from + MOST_MOVED)
  }
}

function add(map: Map<string, SecretField[]>, key: string, field: SecretField): void {
  const fields = map.get(key)
  if (fields) fields.push(field)
  else map.set(key, [field])
}

/** Of the item of a list in which a field stands; `list`: of all items' fields of this name. */
function itemOf(path: Path): { readonly list: string; readonly index: number; readonly path: Path } | null {
  const at = path.findIndex(part => typeof part === 'number')
  if (at < 0) return null
  return {
    list: shownKey([...path.slice(0, at), path.at(-1)!]),
    index: path[at] as number,
    path: path.slice(0, at + 1),
  }
}

const shownKey = (path: Path): string => path.map(String).join('\0')

function nameAt(root: unknown, path: Path): string | null {
  let value = root
  for (const part of path)
    value = isObject(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[part] : null
  const name = isObject(value) ? value['name'] : null
  return typeof name === 'string' ? name : null
}

function restoreField(field: SecretField, old: SecretField): string | null {
  const { text, secrets } = redactField(old)
  if (field.kind === 'secret') {
    if (field.text !== MASK || secrets.length !== 1) return null
    return isBesideSame(field, old) ? secrets[0]! : null
  }
  if (field.text === text) return old.text
  const parts = field.text.split(MASK)
  if (parts.length - 1 !== secrets.length || originOf(field.text) !== originOf(old.text)) return null
  const restored = parts.reduce((whole, part, index) => whole + secrets[index - 1]! + part)
  // '***' in another place may be one that is shown.
  return redactField({ ...field, text: restored }).text === field.text ? restored : null
}
