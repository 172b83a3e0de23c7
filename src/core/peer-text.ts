import { maskSecrets } from './secrets'

/** Characters of a peer's text in an error or a log line. Known servers send less. */
export const MOST_PEER_TEXT = 200

/**
 * Makes a peer's text fit for an error, a log line and a terminal: no secrets in any encoding, one line of visible
 * characters, limited length. Every text with a peer's words goes through this function.
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

/** Masks the secrets of a text. If the addon has cut the text, also removes the end, which can be a half secret. */
export function maskText(text: string, secrets: Iterable<string>): string {
  const known = [...secrets]
  if (!isCut(text)) return maskSecrets(text, known)
  return `${maskSecrets(text, known, Math.max(0, text.length - marginOf(known)))}…`
}

/** Length of the end to remove from a cut text: the longest secret, with all its characters escaped. */
function marginOf(secrets: readonly string[]): number {
  return secrets.reduce((length, secret) => Math.max(length, secret.length), 0) * MOST_ESCAPED
}

/** Longest escape of one character. */
const MOST_ESCAPED = 32

/** Length at which the addon cuts a text, bytes: most_text in native/pipeline/bus.cc. */
const MOST_TEXT = 8192

function isCut(text: string): boolean {
  return text.endsWith('…') && Buffer.byteLength(text) >= MOST_TEXT
}

/** Never cuts inside an escape or a surrogate pair. */
function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/\\(x[0-9a-f]?|u[0-9a-f]{0,3})?$|[\ud800-\udbff]$/, '')
}

// Control characters, characters that change the writing direction, end a line or have no width, and lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/gu
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Writes invisible characters, line ends and cursor movements as JavaScript escapes. */
function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, char => {
    const code = char.charCodeAt(0)
    return SHORT[char] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
