/**
 * Secrets in comments of the configuration: of what somebody has commented out, or noted. A comment is free text, so
 * more is masked than must be: it comes back as it was.
 */
import { Lexer } from 'yaml'
import { MASK, redactField } from './redact.js'

/** With '***' for what may be a secret. `secrets`: what is one elsewhere in the text. Of a text that is YAML. */
export function redactComments(text: string, secrets: readonly string[]): string {
  const known = new KnownSecrets(secrets)
  let opened: Opened | null = null
  return mapComments(text, comment => {
    const indent = INDENT.exec(comment)![0].length
    if (opened !== null && (opened.next || indent > opened.indent)) {
      opened = { ...opened, next: false }
      return WHOLLY_MASKED
    }
    opened = openedBy(comment, indent)
    return comment.length > LONGEST_COMMENT ? WHOLLY_MASKED : redactComment(comment, known)
  })
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

/** Longer comments are shown without their text. */
const LONGEST_COMMENT = 2000
const WHOLLY_MASKED = `# ${MASK}`
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

const INDENT = /^#\s*/

/** A name whose value goes on in the next comments, as a block or in open quotes. */
interface Opened {
  readonly indent: number
  /** Whether the next comment belongs to it wherever it begins. */
  readonly next: boolean
}

// No expression here may look at a part of the text again and again: the text is as long as its writer likes.

const NAME = /\b(\w*(?:key|secret|token|passphrase|passwor[dt]|pass|pw)s?["']?\s*[:=]\s*)/
/** What ends a quoted value or a reference; else the value goes on. */
const END = /(?=\s*(?:$|[}\]]|,\s|\s#))/
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/
const QUOTED_REFERENCE = /"\$\{[^}]*}"(?!")|'\$\{[^}]*}'(?!')/
/** `streamKey: "…"`, `password = …`. */
const NAMED = new RegExp(
  `${NAME.source}(${QUOTED_REFERENCE.source}|(?:\\$\\{[^}]*}|${QUOTED.source})${END.source}|\\S.*)`,
  'gi',
)
const OPENED = new RegExp(`${NAME.source}(?:([|>][-+\\d]*(?:\\s+#.*)?|["'].*)?)\\s*$`, 'i')
const ADDRESS = /[a-z][a-z0-9+.-]{0,15}:\/\/[^\s"'`<>]+/gi
/** Signs that end a sentence or a value, and no address. */
const BEHIND = new Set('.,;:!)]}')
const LONG_WORD = /(?<![\w-])[\w-]{19,}/g
/** Keys of YouTube. */
const GROUPS = /\b[a-z0-9]{4}(?:-[a-z0-9]{4}){3,}\b/i
const REFERENCE = /^["']?\$\{[^}]*}["']?$/
/** Characters before an address that tell what it is. */
const BEFORE_ADDRESS = 64

function openedBy(comment: string, indent: number): Opened | null {
  if (comment.length > LONGEST_COMMENT) return null
  const [, , value = ''] = OPENED.exec(comment) ?? []
  if (value === '') return OPENED.test(comment) ? { indent, next: false } : null
  const isClosed = new RegExp(`^(?:${QUOTED.source})`).test(value)
  return isClosed ? null : { indent, next: true }
}

function redactComment(comment: string, secrets: KnownSecrets): string {
  return secrets
    .mask(comment)
    .replace(NAMED, (all, name: string, value: string) => (REFERENCE.test(value) ? all : name + MASK))
    .replace(ADDRESS, (address, at: number, text: string) =>
      redactAddress(address, text.slice(Math.max(0, at - BEFORE_ADDRESS), at)),
    )
    .replace(LONG_WORD, word => (isKey(word) ? MASK : word))
}

/** Keys are in groups, or long, with letters and digits. */
const isKey = (word: string): boolean =>
  GROUPS.test(word) || (word.length >= 20 && /\d/.test(word) && /[a-z]/i.test(word))

function redactAddress(found: string, before: string): string {
  const end = endOfAddress(found)
  const text = found.slice(0, end)
  // The path of a link to a page is none; that of what was an address of the configuration may be one.
  const kind = /^https?:/i.test(text) && /\burl["']?\s*[:=]\s*["']?$/.test(before) ? 'hook' : 'address'
  return redactField({ kind, text, beside: undefined }).text + found.slice(end)
}

function endOfAddress(found: string): number {
  const reference = found.lastIndexOf('${')
  if (reference >= 0 && found.indexOf('}', reference) === found.length - 1) return found.length
  let end = found.length
  while (end > 0 && BEHIND.has(found[end - 1]!)) end--
  return end
}

/** Shorter ones occur in every sentence. */
const SHORTEST_SECRET = 4

/** Secrets by their first characters: a text is looked through once, however many there are. */
class KnownSecrets {
  readonly #byStart = new Map<string, string[]>()

  constructor(secrets: readonly string[]) {
    for (const secret of new Set(secrets)) {
      if (secret.length < SHORTEST_SECRET) continue
      const start = secret.slice(0, SHORTEST_SECRET)
      const same = this.#byStart.get(start)
      if (same) same.push(secret)
      else this.#byStart.set(start, [secret])
    }
  }

  mask(text: string): string {
    if (this.#byStart.size === 0) return text
    const parts: string[] = []
    let done = 0
    // Where the secrets end that have begun; one may begin inside of another.
    let end = -1
    for (let at = 0; at < text.length; at++) {
      if (at === end) {
        parts.push(MASK)
        done = end
      }
      for (const secret of this.#byStart.get(text.slice(at, at + SHORTEST_SECRET)) ?? []) {
        if (!text.startsWith(secret, at)) continue
        if (at >= end) parts.push(text.slice(done, at))
        end = Math.max(end, at + secret.length)
      }
    }
    if (end === text.length) parts.push(MASK)
    else parts.push(text.slice(done))
    return parts.join('')
  }
}
