import { maskSecrets } from './secrets'

/** Of what a peer says in one place of an error or a log line, characters. Known servers say it in fewer. */
export const MOST_PEER_TEXT = 200

/**
 * A text that a peer had a hand in, fit for an error, a log line and a terminal: without the secrets, however they are
 * encoded in it, in one line of characters that can be seen, and at most so long. Every such text goes through here.
 */
export function peerText(text: string, secrets: Iterable<string>, most: number = MOST_PEER_TEXT): string {
  const known = [...secrets]
  // A secret that the cut would divide lies wholly behind it, or is masked.
  const longest = known.reduce((length, secret) => Math.max(length, secret.length), 0)
  const head = text.slice(0, (most + longest) * 8)
  let shown = maskSecrets(head, known)
  if (head.length < text.length) shown = shown.slice(0, Math.max(most, shown.length - longest * 8))
  const visible = escapeInvisible(shown.slice(0, most + 1))
  if (visible.length <= most && head.length === text.length) return visible
  return `${cut(visible, most)}… (${text.length} characters)`
}

/** Not in the middle of an escape, nor of a pair of surrogates. */
function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/\\(x[0-9a-f]?|u[0-9a-f]{0,3})?$|[\ud800-\udbff]$/, '')
}

// Control characters, what turns the direction of writing, what ends lines, what has no width; and halves of characters.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/gu
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** What moves a cursor, ends a line or hides, as JavaScript would write it. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (char) => {
    const code = char.charCodeAt(0)
    return SHORT[char] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
