/**
 * Keeps stream keys and passwords out of every text that leaves the package: logs, errors, dumps, labels. Secrets are
 * searched as plain text, never as patterns, so a password may hold any character.
 */
const MASK = '***'

/** Shorter texts are in every sentence: masking them would leave nothing to read and hide nothing worth hiding. */
export const MIN_SECRET_LENGTH = 3

/**
 * Replaces every occurrence of every secret. Occurrences that overlap become one mask, so that no end of a shorter
 * secret stays behind where a longer one was found first.
 */
export function maskSecrets(text: string, secrets: Iterable<string>): string {
  const hits: [from: number, to: number][] = []
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) hits.push([at, at + secret.length])
  }
  if (hits.length === 0) return text
  // By start, the longest first; then a hit either opens a new mask or lies (partly) in the last one.
  hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])
  let masked = ''
  let end = 0
  for (const [from, to] of hits) {
    if (from >= end) masked += text.slice(end, from) + MASK
    end = Math.max(end, to)
  }
  return masked + text.slice(end)
}

/**
 * The spellings under which a secret turns up: as it is, percent-encoded and -decoded (URLs), as in JSON, and as
 * GStreamer serialises strings, once (structures in messages) and once more (dot dumps).
 */
export function secretForms(secret: string): string[] {
  const text = secret.replace(/\p{Surrogate}/gu, '\ufffd') // a lone one cannot be percent-encoded
  const encoded = encodeURIComponent(text)
  const escaped = escapeAsGst(secret)
  const forms = new Set([secret, decode(secret), encoded, encodeURI(text)])
  forms.add(JSON.stringify(secret).slice(1, -1))
  forms.add(encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()))
  forms.add(escaped).add(escaped.replace(/[\\"]/g, '\\$&'))
  return [...forms].filter((form) => form.length >= MIN_SECRET_LENGTH)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // not percent-encoded after all
  }
}

/** gst_value_serialize(): letters, digits and _-+/:. stay; others get a backslash, bytes beyond ASCII become octal. */
function escapeAsGst(text: string): string {
  let escaped = ''
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte)
    if (/[A-Za-z0-9_\-+/:.]/.test(char)) escaped += char
    else if (byte < 0x20 || byte >= 0x7f) escaped += '\\' + byte.toString(8).padStart(3, '0')
    else escaped += '\\' + char
  }
  return escaped
}

/** The secrets in use now. Counted, since two connections may share a key: it stays secret until both are gone. */
export class Secrets {
  readonly #uses = new Map<string, number>()

  add(secrets: Iterable<string>): void {
    for (const secret of secrets) this.#uses.set(secret, (this.#uses.get(secret) ?? 0) + 1)
  }

  /** To be called with what was added; what was never added is no matter. */
  remove(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      const uses = this.#uses.get(secret)
      if (uses === undefined) continue
      if (uses > 1) this.#uses.set(secret, uses - 1)
      else this.#uses.delete(secret)
    }
  }

  mask(text: string): string {
    return maskSecrets(text, this.#uses.keys())
  }
}
