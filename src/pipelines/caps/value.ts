import type { GstValue } from '../graph/data'
import { graphError, shown } from '../elements/names'
import { checkValue } from './values'

/** A value in caps. A list is a choice, such as { I420, NV12 }; `min` and `max` are a range, such as [ 1, 1920 ]. */
export type CapsValue = GstValue | readonly CapsValue[] | CapsRange
/** The fields of caps, by name. */
export type CapsFields = Readonly<Record<string, CapsValue>>
/** A range of numbers or fractions in caps. */
export interface CapsRange {
  /** Lowest value. */
  readonly min: GstValue
  /** Highest value. */
  readonly max: GstValue
  /** Only multiples of this step; it must divide both ends. */
  readonly step?: number
}

/** Deeper lists have no meaning, and GStreamer parses them recursively. */
export const DEEPEST = 8

/**
 * Writes a program's value as text with its type. Strings are quoted, so no string can add a field, a structure or an
 * element. '30000/1001' is a fraction.
 */
export function capsValue(value: unknown, field: string, place: string, depth = 0): string {
  if (depth > DEEPEST) throw graphError(place, 'lists in lists in lists')
  const inner = (one: unknown): string => capsValue(one, field, place, depth + 1)
  if (Array.isArray(value)) {
    // All choices have one type: among other strings, '1/2' is a string.
    const words = value.some(one => typeof one === 'string' && fractionOf(one) === null)
    return listText(
      '{}',
      value.map((one: unknown) =>
        words && typeof one === 'string' ? typed('string', String(checkValue(one, place)), place) : inner(one),
      ),
      place,
    )
  }
  if (typeof value === 'object' && value !== null && 'min' in value && 'max' in value) {
    const { min, max, step } = value as CapsRange
    return rangeText([min, max, ...(step === undefined ? [] : [step])].map(inner), place)
  }
  const checked = checkValue(value, place)
  // GStreamer accepts a channel mask only with this type.
  if (field === 'channel-mask' && typeof value !== 'string') return `(bitmask)0x${BigInt(checked).toString(16)}`
  if (typeof value === 'bigint')
    return typed(fits32(value) ? 'int' : value < 0n ? 'gint64' : 'guint64', String(value), place)
  if (typeof checked === 'number')
    return Number.isSafeInteger(checked)
      ? fits32(checked)
        ? `(int)${checked}`
        : `(gint64)${checked}`
      : `(double)${checked}`
  if (typeof checked === 'boolean') return `(boolean)${checked}`
  const parts = fractionOf(checked)
  return parts === null ? `(string)${quote(checked)}` : `(fraction)${parts}`
}

function fractionOf(text: string): string | null {
  return text.includes('/') ? fraction(text) : null
}

/** GStreamer crashes when it compares a list with items of several types. */
export function listText(brackets: '{}' | '<>', items: readonly string[], place: string): string {
  const types = new Set(items.map(item => /^(\(\w+\)|.)/.exec(item)?.[0]))
  if (types.size > 1) throw graphError(place, `the items of a list are of one type, not of ${[...types].join(', ')}`)
  return brackets[0] + items.join(',') + brackets[1]
}

/** GStreamer continues with half a value if the range is invalid, and then crashes. */
export function rangeText(items: readonly string[], place: string): string {
  const [least, most, step] = items
  const [type] = /^\(\w+\)/.exec(least ?? '') ?? []
  const values = items.map(item =>
    type !== undefined && item.startsWith(type) ? rangeEnd(item.slice(type.length), type) : NaN,
  )
  const integers = type === '(int)' || type === '(gint64)'
  const by =
    step === undefined || (integers && values[2]! > 0 && values[0]! % values[2]! === 0 && values[1]! % values[2]! === 0)
  if (most !== undefined && items.length <= 3 && values[0]! < values[1]! && by) return `[${items.join(',')}]`
  throw graphError(place, 'a range is [ least, most ] of one type, with a step that divides both')
}

function rangeEnd(text: string, type: string): number {
  const named = /^(min|max)$/.exec(text)
  switch (type) {
    case '(int)':
      return named ? (text === 'min' ? -(2 ** 31) : 2 ** 31 - 1) : fits32(Number(text)) ? Number(text) : NaN
    case '(gint64)':
      return named ? (text === 'min' ? -(2 ** 63) : 2 ** 63) : Number(text)
    case '(double)':
      return named ? (text === 'min' ? -Infinity : Infinity) : Number(text)
    case '(fraction)': {
      if (named) return text === 'min' ? -(2 ** 31) : 2 ** 31
      const [above, below] = text.replace('max', String(2 ** 31)).split('/')
      return Number(above) / Number(below)
    }
    default:
      return NaN
  }
}

function fits32(value: number | bigint): boolean {
  return value >= -(2 ** 31) && value < 2 ** 31
}

/**
 * Quotes a string so that GStreamer unquotes it. `!` and `;` are escaped too, because gst-launch ends caps at them,
 * even inside quotes.
 */
export function quote(text: string): string {
  return `"${text.replace(/[\\"!;]/g, '\\$&')}"`
}

const INTEGERS = new Set(['int', 'uint', 'gint64', 'guint64', 'gint', 'guint', 'glong', 'gulong'])
const NAMED_INTEGER = /^(min|max|little_endian|big_endian|byte_order)$/i

/** The types of caps fields in GStreamer's spelling. GStreamer would make a value of any other class by its name. */
const KNOWN =
  /^(g?u?(int|int64|long)|g?(float|double)|boolean|string|fraction|bitmask|flagset|buffer|date(time)?|Gst\w*Flags?Set)$/

/** A value of a known type, from unquoted text. */
export function typed(type: string, text: string, place: string): string {
  const bad = () => graphError(place, `a value is no ${type}`)
  if (!KNOWN.test(type)) throw graphError(place, `no type of a field: ${shown(type)}`)
  if (type === 'string') return `(string)${quote(text)}`
  if (INTEGERS.has(type)) {
    const number = integer(text)
    if (number === null && !NAMED_INTEGER.test(text)) throw bad()
    return `(${type})${number ?? text.toLowerCase()}`
  }
  if (type === 'double' || type === 'float') {
    const number = double(text)
    if (number === null) throw bad()
    return `(${type})${number}`
  }
  if (type === 'fraction') {
    const number = fraction(text)
    if (number === null) throw bad()
    return `(fraction)${number}`
  }
  if (type === 'boolean') {
    const truth = boolean(text) ?? { 1: true, 0: false }[text]
    if (truth === undefined) throw bad()
    return `(boolean)${truth}`
  }
  return `(${type})${PLAIN.test(text) ? text : quote(text)}`
}

const PLAIN = /^[\w+/:.-]+$/

/** The type that GStreamer guesses for a word without type and quotes: the first one that fits. */
export function guessed(word: string): string {
  const whole = integer(word)
  // Signed, but accepted up to 2³²; above, it is a double.
  if (whole !== null && BigInt(whole) >= -(1n << 31n) && BigInt(whole) < 1n << 32n) return `(int)${whole}`
  if (NAMED_INTEGER.test(word)) return `(int)${word.toLowerCase()}`
  const real = double(word)
  if (real !== null) return `(double)${real}`
  const parts = fraction(word)
  if (parts !== null) return `(fraction)${parts}`
  // Hexadecimal flags and mask: a flag set. GStreamer also accepts a-b as one.
  if (/^[+-]?(0x)?[0-9a-f]+(:[+-]?|[+-])(0x)?[0-9a-f]+(:([+/][\w-]+)+)?$/i.test(word)) return word
  const truth = boolean(word)
  return truth === undefined ? `(string)${quote(word)}` : `(boolean)${truth}`
}

/** Reads a number as strtoull with base 0 does: decimal, 0x… or octal. */
function integer(text: string): string | null {
  const [, sign, hex, octal, decimal] = /^([+-]?)(?:0x([0-9a-f]+)|0([0-7]+)|(0|[1-9]\d*))$/i.exec(text) ?? []
  if (sign === undefined) return null
  const size = hex !== undefined ? BigInt(`0x${hex}`) : octal !== undefined ? BigInt(`0o${octal}`) : BigInt(decimal!)
  return size >= 1n << 64n ? null : String(sign === '-' ? -size : size)
}

function double(text: string): string | null {
  if (/^[+-]?(inf|infinity|nan)$/i.test(text) || /^(min|max)$/i.test(text)) return text.toLowerCase()
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? String(Number(text)) : null
}

function fraction(text: string): string | null {
  if (/^(min|max|1\/max)$/i.test(text)) return text.toLowerCase()
  const [, above, below = '1'] = /^([+-]?\d{1,10})(?:\/([+-]?\d{1,10}))?$/.exec(text) ?? []
  if (
    above === undefined ||
    Number(below) === 0 ||
    Math.max(Math.abs(Number(above)), Math.abs(Number(below))) >= 2 ** 31
  )
    return null
  return `${Number(above)}/${Number(below)}`
}

function boolean(text: string): boolean | undefined {
  return /^(true|yes|t)$/i.test(text) ? true : /^(false|no|f)$/i.test(text) ? false : undefined
}
