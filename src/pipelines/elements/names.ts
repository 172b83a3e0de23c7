import { RxGstError } from '../../core/errors'
import { nearestName } from '../../core/nearest'
import type { GraphPad } from '../graph/data'

/**
 * A name that gst-launch reads as one word. Another name cannot be referred to, so a name with a blank, a quote, a dot
 * or a `!` is refused, not quoted.
 */
const IDENTIFIER = /^[A-Za-z0-9_][A-Za-z0-9_%:-]*$/

/** Shows a wrong name only if it is short and plain, because it can be a value with a secret. */
export function shown(text: unknown): string {
  if (typeof text !== 'string') return text === null ? 'null' : `a value of type ${typeof text}`
  return isPlain(text) ? `'${text}'` : `a text of ${text.length} characters`
}

export function isPlain(text: unknown): boolean {
  return typeof text === 'string' && /^[\w .,:%+-]{1,40}$/.test(text)
}

export function graphError(place: string, message: string): RxGstError {
  return new RxGstError('ERR_GRAPH', place === '' ? message : `${place}: ${message}`)
}

export function checkFactory(value: unknown, place: string): string {
  if (typeof value === 'string' && IDENTIFIER.test(value)) return value
  throw graphError(place, `${shown(value)} is no name of an element's factory`)
}

export function checkName(value: unknown, place: string): string {
  if (typeof value === 'string' && IDENTIFIER.test(value)) return value
  throw graphError(place, `${shown(value)} cannot name an element: letters, digits, _ and - alone`)
}

/** Parses 'demux.video', a pad of a named element, or 'demux' and 'demux.', any of its pads that fits. */
export function parsePad(value: unknown, place: string): GraphPad {
  const [, element, pad] = (typeof value === 'string' && /^([\w][\w%:-]*)(?:\.([\w][\w%:-]*)?)?$/.exec(value)) || []
  if (element !== undefined) return { element, pad: pad ?? null }
  throw graphError(place, `${shown(value)} is no pad: write 'element.pad', or 'element' for any that fits`)
}

/** keyIntMax and key_int_max become key-int-max. The child's name before :: stays unchanged. */
export function propertyName(key: unknown, place: string): string {
  if (typeof key !== 'string' || !IDENTIFIER.test(key))
    throw graphError(place, `${shown(key)} is no name of a property`)
  const child = key.lastIndexOf('::')
  const from = child < 0 ? 0 : child + 2
  return key.slice(0, from) + kebabCase(key.slice(from))
}

/** A name with a dash is not camelCase: threshold-dB is a real property of cutter. */
export function kebabCase(key: string): string {
  if (key.includes('-')) return key
  return key.replace(/_/g, '-').replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? '' : '-') + letter.toLowerCase())
}

export function noElement(name: string, names: Iterable<string>, place: string): RxGstError {
  const near = nearestName(name, names)
  return graphError(place, `there is no element named ${name}${near === null ? '' : `; did you mean ${near}?`}`)
}
