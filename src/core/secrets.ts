/**
 * Keeps stream keys and passwords out of every text that leaves the package: logs, errors, dumps, labels. Secrets are
 * searched as plain text, never as patterns, so a password may hold any character.
 */
const MASK = '***'

/** Shorter texts are in every sentence: masking them would leave nothing to read and hide nothing worth hiding. */
export const MIN_SECRET_LENGTH = 3
/** Of a secret whose bytes are looked for in other notations. */
const MIN_BYTES = 6

/**
 * Replaces every occurrence of every secret, also where some or all of its characters are escaped. Occurrences that
 * overlap become one mask, so that no end of a shorter secret stays behind where a longer one was found first.
 * @param upTo only so much of the text is given out, and a secret that begins there as a whole mask
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
  // By start, the longest first; then a hit either opens a new mask or lies (partly) in the last one.
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

/** A text's bytes once its escapes are undone, and where in the text each of them begins and ends. */
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
/** An escape may be escaped itself: %2541. */
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

/** null: there are none. */
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
 * The spellings under which a secret turns up: as it is, percent-encoded and -decoded (URLs), as in JSON, and as
 * GStreamer serialises strings, once (structures in messages) and once more (dot dumps).
 */
export function secretForms(secret: string): string[] {
  const text = secret.replace(/\p{Surrogate}/gu, '\ufffd') // a lone one cannot be percent-encoded
  const encoded = encodeURIComponent(text)
  const escaped = escapeAsGst(secret)
  const forms = new Set([secret, decode(secret), encoded, encodeURI(text)])
  forms.add(JSON.stringify(secret).slice(1, -1))
  forms.add(encoded.replace(/%[0-9A-F]{2}/g, hex => hex.toLowerCase()))
  forms.add(escaped).add(escaped.replace(/[\\"]/g, '\\$&'))
  for (const form of byteForms(text)) forms.add(form)
  return [...forms].filter(form => form.length >= MIN_SECRET_LENGTH)
}

/** Its bytes in hexadecimal and in base64, which shows them in three ways, by where among three bytes they begin. */
function byteForms(text: string): string[] {
  const bytes = Buffer.from(text)
  if (bytes.length < MIN_BYTES) return []
  const hex = bytes.toString('hex')
  const forms = [hex, hex.toUpperCase()]
  for (const ahead of [0, 1, 2]) {
    const base64 = Buffer.concat([Buffer.alloc(ahead), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // Without the characters at both ends that hold bits of its neighbours.
    const own = base64.slice(ahead === 0 ? 0 : ahead + 1, (ahead + bytes.length) % 3 === 0 ? undefined : -1)
    forms.push(own, own.replace(/\+/g, '-').replace(/\//g, '_'))
  }
  return forms
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
    else if (byte < 0x20 || byte >= 0x7f) escaped += `\\${byte.toString(8).padStart(3, '0')}`
    else escaped += `\\${char}`
  }
  return escaped
}
