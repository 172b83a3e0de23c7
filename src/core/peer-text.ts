import { maskSecrets } from './secrets'

/** Of what a peer says in one place of an error or a log line, characters. Known servers say it in fewer. */
export const MOST_PEER_TEXT = 200

/**
 * A text that a peer had a hand in, fit for an error, a log line and a terminal: without the secrets, however they are
 * encoded in it, in one line of characters that can be seen, and at most so long. Every such text goes through here.
 */
export function peerText(text: string, secrets: Iterable<string>, most: number = MOST_PEER_TEXT): string {
  const known = [...secrets]
  const margin = marginOf(known)
  const head = text.slice(0, most * 8 + margin)
  const divided = head.length < text.length || isCut(text)
  const shown = maskSecrets(head, known, divided ? Math.max(0, head.length - margin) : head.length)
  const visible = escapeInvisible(shown.slice(0, most + 1))
  if (visible.length <= most && !divided) return visible
  return `${cut(visible, most)}… (${text.length} characters)`
}

/** A text without its secrets, whole; where the addon has cut it, without the end, which may be half of a secret. */
export function maskText(text: string, secrets: Iterable<string>): string {
  const known = [...secrets]
  if (!isCut(text)) return maskSecrets(text, known)
  return `${maskSecrets(text, known, Math.max(0, text.length - marginOf(known)))}…`
}

/** Of a text that a cut ends: as long as the longest secret may be once it is escaped, and its escapes too. */
function marginOf(secrets: readonly string[]): number {
  return secrets.reduce((length, secret) => Math.max(length, secret.length), 0) * MOST_ESCAPED
}

/** Characters that stand for one. */
const MOST_ESCAPED = 32

/** Bytes of a text at which the addon cuts it: most_text in native/pipeline/bus.cc. */
const MOST_TEXT = 8192

function isCut(text: string): boolean {
  return text.endsWith('…') && Buffer.byteLength(text) >= MOST_TEXT
}

/** Not in the middle of an escape, nor of a pair of surrogates. */
function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/\\(x[0-9a-f]?|u[0-9a-f]{0,3})?$|[\ud800-\udbff]$/, '')
}

// Control characters, what turns the direction of writing, ends lines, or has no width; and halves of characters.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/gu
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** What moves a cursor, ends a line or hides, as JavaScript would write it. */
function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, char => {
    const code = char.charCodeAt(0)
    return SHORT[char] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
