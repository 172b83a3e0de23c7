/**
 * Masks stream keys and passwords in every text that leaves the package: logs, errors, dumps, labels. The search is for
 * plain text, never for patterns, so a password can contain any character.
 */
const MASK = '***'

/** Shorter texts occur in every sentence: masking them would hide everything else. */
export const MIN_SECRET_LENGTH = 3
/** Shorter query values ('1', 'true', 'main') are words of ordinary texts. */
export const MIN_QUERY_VALUE_LENGTH = 8
/** Minimum length of a secret for the search of its bytes in other notations, bytes. */
const MIN_BYTES = 6

/**
 * Replaces every occurrence of every secret, even if some or all of its characters are escaped. Overlapping occurrences
 * become one mask, so that no end of a shorter secret remains next to a longer one.
 * @param upTo length of the text that is shown; a secret that begins there becomes a whole mask
 */
export function maskSecrets(text: string, secrets: Iterable<string>, upTo: number = text.length): string {
  const known = [...secrets].filter(secret => secret.length >= MIN_SECRET_LENGTH)
  const hits = known.flatMap(secret => occurrences(text, secret))
  for (const view of decodedViews(text)) {
    for (const secret of known) {
      const bytes = Buffer.from(secret).toString('latin1')
      for (const [from, to] of occurrences(view.bytes, bytes)) hits.push([view.starts[from]!, view.ends[to - 1]!])
    }
  }
  if (hits.length === 0) return text.slice(0, upTo)
  // Sorted by start, the longest first: then a hit either opens a new mask or lies (partly) in the last one.
  hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])
  let masked = ''
  let end = 0
  for (const [from, to] of hits) {
    if (from >= upTo) break
    if (from >= end) masked += text.slice(end, from) + MASK
    end = Math.max(end, to)
  }
  return masked + text.slice(end, Math.max(end, upTo))
}

type Hit = [from: number, to: number]

function occurrences(text: string, secret: string): Hit[] {
  const hits: Hit[] = []
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) hits.push([at, at + secret.length])
  return hits
}

/** The bytes of a text without its escapes, and the start and end of each byte in the text. */
interface View {
  readonly bytes: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** %41, \x41, \u0041, \101, &#65; and &#x41;: URLs, JSON, shells, GStreamer, HTML. */
const ESCAPE = new RegExp(
  [
    /%([0-9a-f]{2})/,
    /\\x([0-9a-f]{2})/,
    /\\u([0-9a-f]{4})/,
    /\\u\{([0-9a-f]{1,6})\}/,
    /\\([0-3][0-7]{2})/,
    /&#x([0-9a-f]{1,6});/,
    /&#([0-9]{1,7});/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
)
/** An escape can itself be escaped: %2541. */
const ROUNDS = 3

function decodedViews(text: string): View[] {
  const views: View[] = []
  if (!/[%\\&]/.test(text)) return views
  let view = plainView(text)
  for (let round = 0; round < ROUNDS; round++) {
    const next = undoEscapes(view)
    if (next === null) break
    views.push((view = next))
  }
  return views
}

function plainView(text: string): View {
  if (/^[\0-\x7f]*$/.test(text)) {
    const places = Array.from({ length: text.length + 1 }, (_, i) => i)
    return { bytes: text, starts: places, ends: places.slice(1) }
  }
  const [starts, ends]: [number[], number[]] = [[], []]
  let bytes = ''
  let at = 0
  for (const char of text) {
    const encoded = Buffer.from(char).toString('latin1')
    for (let i = 0; i < encoded.length; i++) {
      starts.push(at)
      ends.push(at + char.length)
    }
    bytes += encoded
    at += char.length
  }
  return { bytes, starts, ends }
}

function utf8(code: number): string {
  return code <= 0x10ffff ? Buffer.from(String.fromCodePoint(code)).toString('latin1') : ''
}

/** null: the text has no escapes. */
function undoEscapes({ bytes, starts, ends }: View): View | null {
  const parts: string[] = []
  const [from, to]: [number[], number[]] = [[], []]
  const copy = (begin: number, end: number): void => {
    parts.push(bytes.slice(begin, end))
    for (let i = begin; i < end; i++) {
      from.push(starts[i]!)
      to.push(ends[i]!)
    }
  }
  let at = 0
  for (const match of bytes.matchAll(ESCAPE)) {
    copy(at, match.index)
    at = match.index + match[0].length
    const [, percent, x, u, wide, octal, htmlHex, html] = match
    const hex = percent ?? x ?? u ?? wide ?? htmlHex
    const code = hex !== undefined ? parseInt(hex, 16) : octal !== undefined ? parseInt(octal, 8) : Number(html)
    const byte = percent !== undefined || x !== undefined || octal !== undefined
    const decoded = byte ? String.fromCharCode(code) : utf8(code)
    parts.push(decoded)
    for (let i = 0; i < decoded.length; i++) {
      from.push(starts[match.index]!)
      to.push(ends[at - 1]!)
    }
  }
  if (at === 0) return null
  copy(at, bytes.length)
  return { bytes: parts.join(''), starts: from, ends: to }
}

/**
 * The spellings of a secret: unchanged, percent-encoded and -decoded (URLs), in JSON, in GStreamer's serialised strings
 * (messages), and serialised twice (dot dumps).
 */
export function secretForms(secret: string): string[] {
  const text = secret.replace(/\p{Surrogate}/gu, '\ufffd') // a lone surrogate has no percent-encoding
  const encoded = encodeURIComponent(text)
  const escaped = escapeAsGst(secret)
  const forms = new Set([secret, decode(secret), encoded, encodeURI(text)])
  forms.add(JSON.stringify(secret).slice(1, -1))
  forms.add(encoded.replace(/%[0-9A-F]{2}/g, hex => hex.toLowerCase()))
  forms.add(escaped).add(escaped.replace(/[\\"]/g, '\\$&'))
  for (const form of byteForms(text)) forms.add(form)
  return [...forms].filter(form => form.length >= MIN_SECRET_LENGTH)
}

/**
 * The bytes of a secret in hexadecimal and in base64. Base64 has three forms, which depend on the position within three
 * bytes.
 */
function byteForms(text: string): string[] {
  const bytes = Buffer.from(text)
  if (bytes.length < MIN_BYTES) return []
  const hex = bytes.toString('hex')
  const forms = [hex, hex.toUpperCase()]
  for (const ahead of [0, 1, 2]) {
    const base64 = Buffer.concat([Buffer.alloc(ahead), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // Removes the characters at both ends, which also contain bits of the neighbouring bytes.
    const own = base64.slice(ahead === 0 ? 0 : ahead + 1, (ahead + bytes.length) % 3 === 0 ? undefined : -1)
    forms.push(own, own.replace(/\+/g, '-').replace(/\//g, '_'))
  }
  return forms
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // the text was not percent-encoded
  }
}

/**
 * gst_value_serialize(): keeps letters, digits and _-+/:. and escapes other characters with a backslash, bytes beyond
 * ASCII as octal numbers.
 */
function escapeAsGst(text: string): string {
  let escaped = ''
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte)
    if (/[A-Za-z0-9_\-+/:.]/.test(char)) escaped += char
    else if (byte < 0x20 || byte >= 0x7f) escaped += `\\${byte.toString(8).padStart(3, '0')}`
    else escaped += `\\${char}`
  }
  return escaped
}
