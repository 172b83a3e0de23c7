import type { GraphValue } from '../graph/data'
import { graphError } from '../elements/names'

/** Checks any value of a property. The message never shows a string, because it can be a stream key. */
export function checkValue(value: unknown, place: string): GraphValue {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'bigint':
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value)
    case 'number':
      if (!Number.isFinite(value)) throw graphError(place, `${value} is no value`)
      if (/^-?\d+$/.test(String(value)) && !Number.isSafeInteger(value)) {
        throw graphError(
          place,
          `${value} is more than a number holds exactly: write it as a bigint, with an n behind it`,
        )
      }
      return Object.is(value, -0) ? 0 : value
    case 'string':
      return checkString(value, place)
    default:
      throw graphError(
        place,
        `expected a string, a number, a boolean or a bigint, not ${value === null ? 'null' : typeof value}`,
      )
  }
}

/** A C string ends at its first NUL and is UTF-8: other strings would arrive changed. */
export function checkString(value: string, place: string): string {
  if (value.includes('\0')) throw graphError(place, 'a value holds a NUL character')
  if (/\p{Surrogate}/u.test(value)) throw graphError(place, 'a value holds half a surrogate pair')
  return value
}
