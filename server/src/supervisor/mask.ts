/** Takes secrets out of texts, plain and percent-encoded. No patterns: a secret may hold any character. */
import type { ChannelConfig } from '../core/schema.js'

const MASK = '***'
/** Shorter texts occur in every sentence. */
const MIN_LENGTH = 4

export function masker(secrets: Iterable<string>): (text: string) => string {
  const known = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < MIN_LENGTH) continue
    known.add(secret)
    known.add(encodeURIComponent(secret))
    known.add(encodeURI(secret))
    known.add(JSON.stringify(secret).slice(1, -1))
  }
  // The longest first, so that no end of it stays behind a shorter one.
  const sorted = [...known].sort((a, b) => b.length - a.length)
  return text => sorted.reduce((masked, secret) => masked.replaceAll(secret, MASK), text)
}

/** Of one channel: more come from changes of its secrets alone. */
const MOST_SECRETS = 1000

/** The secrets of a channel since its process began, which may still use those from before a change. */
export class Secrets {
  mask: (text: string) => string = text => text
  private known = new Set<string>()

  get all(): ReadonlySet<string> {
    return this.known
  }

  /** A process begins, with these alone. */
  begin(secrets: readonly string[]): void {
    this.known = new Set()
    this.add(secrets)
  }

  add(secrets: readonly string[]): void {
    const newest = [...this.known].filter(known => !secrets.includes(known)).concat(secrets)
    this.known = new Set(newest.slice(-MOST_SECRETS))
    this.mask = masker(this.known)
  }
}

/** Words of a vocabulary: a key that is such a word hides there, and would make the data useless. */
const WORDS: ReadonlySet<string> = new Set([
  'phase',
  'kind',
  'name',
  'code',
  'type',
  'id',
  'severity',
  'codec',
  'platform',
])

/** The same plain data with its texts masked. */
export function maskDeep<T>(value: T, mask: (text: string) => string): T {
  if (typeof value === 'string') return mask(value) as T
  if (Array.isArray(value)) return value.map(item => maskDeep(item as unknown, mask)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [key, WORDS.has(key) ? item : maskDeep(item, mask)])) as T
}

/** What is secret in a channel whose references were put in place: keys, passwords, tokens, wherever they stand. */
export function secretsOf({ inputs, targets, webhooks }: ChannelConfig): string[] {
  const secrets: string[] = []
  for (const place of [...inputs, ...Object.values(targets)]) {
    if (!('url' in place)) continue
    if (place.streamKey) secrets.push(place.streamKey)
    secrets.push(...secretsOfUrl(place.url))
  }
  for (const webhook of webhooks) {
    if (webhook.type === 'telegram') secrets.push(webhook.token)
    else if (webhook.type === 'mail') secrets.push(...secretsOfUrl(webhook.smtp))
    else secrets.push(...secretsOfUrl(webhook.url))
    if (webhook.type === 'webhook' && webhook.secret) secrets.push(webhook.secret)
  }
  return secrets
}

/** Shorter query values ('caller', 'true') are words of ordinary texts. */
const MIN_QUERY_LENGTH = 8

function secretsOfUrl(text: string): string[] {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return [text]
  }
  const secrets = [url.password, decode(url.password), ...[...url.searchParams.values()].filter(isLong)]
  // The stream key of RTMP, the token of a webhook.
  const last = url.pathname.split('/').at(-1) ?? ''
  if (url.pathname.split('/').length > 2 && isLong(last)) secrets.push(last, decode(last))
  return secrets.filter(secret => secret !== '')
}

const isLong = (text: string) => text.length >= MIN_QUERY_LENGTH

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
