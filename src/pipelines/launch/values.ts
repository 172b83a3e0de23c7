import type { GraphValue, GstValue } from '../graph/data'
import { graphError } from '../elements/names'
import { HOLE, unwrap } from './quoting'

/**
 * The values of gst-launch text. GStreamer removes quotes and backslashes twice: here, and again from a quoted string
 * when it sets the property.
 */

/**
 * Quotes a value. Numbers and booleans parse back as themselves. A string that looks like one gets a backslash before
 * its first letter, which GStreamer ignores and this parser understands.
 */
export function quoteValue(value: GraphValue): string {
  if (typeof value !== 'string') return `"${value}"`
  if (typeof plain(value) !== 'string') return `"\\${value}"`
  // GStreamer ends the text at the last quotation mark without a backslash before it, unquotes a quoted string, and
  // reads NULL as no string. Such values are wrapped once more, as strings.
  const wrapped = value.endsWith('\\') || /^"|^NULL$/.test(value)
  return `"${escaped(wrapped ? `"${escaped(value)}"` : value)}"`
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&')
}

export interface ReadValue {
  /** The value; a HOLE stands for an interpolated one. */
  readonly text: string
  /** Whether the value can be a number: no part of it was escaped or wrapped. */
  readonly bare: boolean
}

/** Removes quotes and backslashes, as GStreamer does. */
export function unquote(text: string, place: string): ReadValue {
  const single = text.length > 1 && text.startsWith("'") && text.endsWith("'")
  const double = text.length > 1 && text.startsWith('"') && text.endsWith('"')
  if (!double && !single && /^["']/.test(text)) throw graphError(place, 'quotes that do not match')
  const raw = single || double ? text.slice(1, -1) : text
  // The shell takes the quotes of '…' away and leaves the rest unchanged.
  const value = single ? raw : unescaped(raw)
  if (value === 'NULL') throw graphError(place, 'NULL is no value: leave the property out')
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"'))
    return { text: value, bare: single || !raw.includes('\\') }
  const inner = unwrap(value)
  if (inner === null) throw graphError(place, 'quotes that do not match')
  return { text: inner, bare: false }
}

/** Fills the holes of a value. A hole alone keeps its type; inside other text it is text. */
export function fill({ text, bare }: ReadValue, values: readonly GstValue[]): GstValue {
  if (text === HOLE) return values[0]!
  if (!text.includes(HOLE)) return bare ? plain(text) : text
  let hole = 0
  return text.replaceAll(HOLE, () => String(values[hole++]))
}

/**
 * gst_parse_unescape(): removes each backslash and keeps the character after it; inside inner quotes, nothing changes.
 */
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

/** A number or boolean if the text is its exact spelling; otherwise the text, for GStreamer to parse. */
function plain(text: string): GraphValue {
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  const exact =
    Number.isFinite(number) && String(number) === text && (Number.isSafeInteger(number) || !/^-?\d+$/.test(text))
  return exact ? number : text
}
