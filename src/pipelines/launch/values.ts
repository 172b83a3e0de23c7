import type { GraphValue, GstValue } from '../graph/data'
import { graphError } from '../elements/names'
import { HOLE, unwrap } from './quoting'

/**
 * The values of gst-launch text. GStreamer takes quotes and backslashes away twice: once here, and once more from a
 * string in quotes when it sets the property.
 */

/**
 * A value in quotes. Numbers and truth values are read back as what they are; a string that looks like one has a
 * backslash before its first letter, which says nothing to GStreamer and that to us.
 */
export function quoteValue(value: GraphValue): string {
  if (typeof value !== 'string') return `"${value}"`
  if (typeof plain(value) !== 'string') return `"\\${value}"`
  // GStreamer ends the text at the last quotation mark that no backslash stands before; it unquotes a string in quotes,
  // and takes NULL for none: these are wrapped once more, as strings.
  const wrapped = value.endsWith('\\') || /^"|^NULL$/.test(value)
  return `"${escaped(wrapped ? `"${escaped(value)}"` : value)}"`
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&')
}

export interface ReadValue {
  /** The value; a HOLE in it stands for an interpolated one. */
  readonly text: string
  /** Whether a number may be one: nothing in it was escaped or wrapped. */
  readonly bare: boolean
}

/** Takes quotes and backslashes away, as GStreamer does. */
export function unquote(text: string, place: string): ReadValue {
  const single = text.length > 1 && text.startsWith("'") && text.endsWith("'")
  const double = text.length > 1 && text.startsWith('"') && text.endsWith('"')
  if (!double && !single && /^["']/.test(text)) throw graphError(place, 'quotes that do not match')
  const raw = single || double ? text.slice(1, -1) : text
  // What stands in '…' is for the shell, which takes the quotes away and leaves the rest.
  const value = single ? raw : unescaped(raw)
  if (value === 'NULL') throw graphError(place, 'NULL is no value: leave the property out')
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"'))
    return { text: value, bare: single || !raw.includes('\\') }
  const inner = unwrap(value)
  if (inner === null) throw graphError(place, 'quotes that do not match')
  return { text: inner, bare: false }
}

/** The value with its holes filled. One alone stays what it is; among other text it is text. */
export function fill({ text, bare }: ReadValue, values: readonly GstValue[]): GstValue {
  if (text === HOLE) return values[0]!
  if (!text.includes(HOLE)) return bare ? plain(text) : text
  let hole = 0
  return text.replaceAll(HOLE, () => String(values[hole++]))
}

/** gst_parse_unescape(): a backslash goes, what follows stays; in inner quotes everything stays. */
function unescaped(text: string): string {
  let result = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    let char = text[at]!
    if (char === '\\' && !quoted) {
      char = text[++at] ?? ''
    } else if (char === '"' && (!quoted || text[at - 1] !== '\\')) {
      quoted = !quoted
    }
    result += char
  }
  return result
}

/** A number or a truth value that reads exactly like this; anything else is the text itself, for GStreamer to read. */
function plain(text: string): GraphValue {
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  const exact =
    Number.isFinite(number) && String(number) === text && (Number.isSafeInteger(number) || !/^-?\d+$/.test(text))
  return exact ? number : text
}
