/**
 * Secrets in comments of the configuration: of what somebody has commented out, or noted. A comment is free text, so
 * more is masked than must be: it comes back as it was.
 */
import { Lexer } from 'yaml'
import { MASK, redactField } from './redact.js'

/** With '***' for what may be a secret. `secrets`: what is one elsewhere in the text. Of a text that is YAML. */
export function redactComments(text: string, secrets: readonly string[]): string {
  const known = [...new Set(secrets)].filter(one => one.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length)
  return mapComments(text, comment => redactComment(comment, known))
}

/** Those of `text` that were shown so, as they stand in `old`. */
export function restoreComments(text: string, old: string, secrets: readonly string[]): string {
  const olds = new Map<string, string[]>()
  const shown = commentsOf(redactComments(old, secrets))
  commentsOf(old).forEach(({ comment }, i) => {
    const as = shown[i]?.comment ?? ''
    olds.set(as, [...(olds.get(as) ?? []), comment])
  })
  return mapComments(text, comment => {
    if (!comment.includes(MASK)) return comment
    const [first, ...rest] = olds.get(comment) ?? []
    // The last one stands for all further ones.
    if (rest.length > 0) olds.set(comment, rest)
    return first ?? comment
  })
}

/** Shorter ones occur in every sentence. */
const SHORTEST_SECRET = 4
/** What the lexer gives besides parts of the text. */
const MARKS = new Set(['\u0002', '\u0018', '\u001f'])

interface Comment {
  readonly from: number
  readonly comment: string
}

function commentsOf(text: string): Comment[] {
  const found: Comment[] = []
  let from = 0
  for (const lexeme of new Lexer().lex(text)) {
    if (MARKS.has(lexeme)) continue
    if (lexeme.startsWith('#')) found.push({ from, comment: lexeme })
    from += lexeme.length
  }
  return found
}

function mapComments(text: string, change: (comment: string) => string): string {
  const parts: string[] = []
  let done = 0
  for (const { from, comment } of commentsOf(text)) {
    parts.push(text.slice(done, from), change(comment))
    done = from + comment.length
  }
  return parts.join('') + text.slice(done)
}

/** `streamKey: "…"`, `password = …`. */
const NAMED = /\b((?:\w*key|secret|token|passphrase|passwor[dt]|pass|pw)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,}\]]+)/gi
const ADDRESS = /[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>]+/gi
/** Signs that end a sentence or a value, and no address. */
const BEHIND = /[.,;:!)\]}]+$/
/** Keys of YouTube, in groups; those of others, long, with letters and digits. */
const KEY = /\b[a-z0-9]{4}(?:-[a-z0-9]{4}){3,}\b|\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{20,}/gi
const REFERENCE = /^["']?\$\{[^}]*}["']?$/

function redactComment(comment: string, secrets: readonly string[]): string {
  const without = secrets.reduce((text, secret) => text.replaceAll(secret, MASK), comment)
  return without
    .replace(NAMED, (all, name: string, value: string) => (REFERENCE.test(value) ? all : name + MASK))
    .replace(ADDRESS, (address, at: number, text: string) => redactAddress(address, text.slice(0, at)))
    .replace(KEY, MASK)
}

function redactAddress(found: string, before: string): string {
  const behind = BEHIND.exec(found.replace(/\$\{[^}]*}$/, reference => 'x'.repeat(reference.length)))?.[0] ?? ''
  const text = found.slice(0, found.length - behind.length)
  // The path of a link to a page is none; that of what was an address of the configuration may be one.
  const kind = /^https?:/i.test(text) && /\burl["']?\s*[:=]\s*["']?$/.test(before) ? 'hook' : 'address'
  return redactField({ kind, text, beside: undefined }).text + behind
}
