import type { GstValue } from './graph-data'
import { graphError } from './names'
import { checkValue } from './values'

/** A list is a set of alternatives, as { I420, NV12 }; `min` and `max` are a range, as [ 1, 1920 ]. */
export type CapsValue = GstValue | readonly CapsValue[] | CapsRange
export type CapsFields = Readonly<Record<string, CapsValue>>
export interface CapsRange {
  readonly min: GstValue
  readonly max: GstValue
  readonly step?: number
}

const FRACTION = /^-?\d+\/[1-9]\d*$/

/**
 * One value of a program's, as text with its type. Strings are quoted, so none can add a field, a structure or an
 * element; '30000/1001' is a fraction.
 */
export function capsValue(value: unknown, field: string, place: string): string {
  if (Array.isArray(value)) return `{${value.map((one) => capsValue(one, field, place)).join(',')}}`
  if (typeof value === 'object' && value !== null && 'min' in value && 'max' in value) {
    const { min, max, step } = value as CapsRange
    return `[${[min, max, ...(step === undefined ? [] : [step])].map((one) => capsValue(one, field, place)).join(',')}]`
  }
  const checked = checkValue(value, place)
  // GStreamer takes a mask of channels for nothing else.
  if (field === 'channel-mask' && typeof value !== 'string') return `(bitmask)0x${BigInt(checked).toString(16)}`
  if (typeof value === 'bigint') return typed(fits32(value) ? 'int' : value < 0n ? 'gint64' : 'guint64', String(value), place)
  if (typeof checked === 'number') return Number.isSafeInteger(checked) ? (fits32(checked) ? `(int)${checked}` : `(gint64)${checked}`) : `(double)${checked}`
  if (typeof checked === 'boolean') return `(boolean)${checked}`
  return FRACTION.test(checked) ? `(fraction)${checked}` : `(string)${quote(checked)}`
}

function fits32(value: number | bigint): boolean {
  return value >= -(2 ** 31) && value < 2 ** 31
}

/** As GStreamer unquotes; `!` and `;` too, at which gst-launch would end the caps, quoted or not. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"!;]/g, '\\$&')}"`
}

const INTEGERS = new Set(['int', 'uint', 'gint64', 'guint64', 'gint', 'guint', 'glong', 'gulong'])
const NAMED_INTEGER = /^(min|max|little_endian|big_endian|byte_order)$/i

/** A value whose type is known, from text that is no longer quoted. */
export function typed(type: string, text: string, place: string): string {
  const bad = () => graphError(place, `a value is no ${type}`)
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

/** What GStreamer takes a word without type or quotes for: the first of these that it is. */
export function guessed(word: string): string {
  const whole = integer(word)
  // Up to 2³² although it is signed; past that it is a double.
  if (whole !== null && BigInt(whole) >= -(1n << 31n) && BigInt(whole) < 1n << 32n) return `(int)${whole}`
  if (NAMED_INTEGER.test(word)) return `(int)${word.toLowerCase()}`
  const real = double(word)
  if (real !== null) return `(double)${real}`
  const parts = fraction(word)
  if (parts !== null) return `(fraction)${parts}`
  // A flag set: has no type's name of its own in text that all versions read.
  if (/^(0x)?[0-9a-f]+:(0x)?[0-9a-f]+(:([+/][\w-]+)+)?$/i.test(word)) return word
  const truth = boolean(word)
  return truth === undefined ? `(string)${quote(word)}` : `(boolean)${truth}`
}

/** As strtoull with base 0 reads it: decimal, 0x… or octal. */
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
  const [, above, below = '1'] = /^([+-]?\d+)(?:\/([+-]?\d+))?$/.exec(text) ?? []
  return above === undefined || Number(below) === 0 ? null : `${Number(above)}/${Number(below)}`
}

function boolean(text: string): boolean | undefined {
  return /^(true|yes|t)$/i.test(text) ? true : /^(false|no|f)$/i.test(text) ? false : undefined
}
