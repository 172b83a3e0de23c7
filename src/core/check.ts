import { inspect } from 'node:util'
import { RxGstError } from './errors'
import { nearestName } from './nearest'

/**
 * Checks of options and arguments. Each check returns the value with a narrowed type, or throws ERR_OPTION. All
 * messages have one form: "expected <what> for <name> but received <value>", with "of type <type>" if the type is
 * wrong.
 */

const MAX_SHOWN = 60

/** Error for a value of the right type that is not accepted; `hint` ends the message. */
export function badValue(what: string, name: string, value: unknown, hint = ''): RxGstError {
  return new RxGstError('ERR_OPTION', `expected ${what} for ${name} but received ${show(value)}${hint}`)
}

/** Error for a value of a wrong type; `hint` ends the message. */
export function badOption(what: string, name: string, value: unknown, hint = ''): RxGstError {
  const received = `${show(value)} of type ${typeName(value)}`
  return new RxGstError('ERR_OPTION', `expected ${what} for ${name} but received ${received}${hint}`)
}

export function checkInteger(name: string, value: unknown, min: number, max: number): number {
  if (Number.isSafeInteger(value) && inRange(value, min, max)) return value
  throw badNumber(`an integer from ${min} to ${max}`, name, value)
}

/** Accepts Infinity only as the upper end of the range. */
export function checkNumber(name: string, value: unknown, min: number, max: number): number {
  if (inRange(value, min, max)) return value
  throw badNumber(max === Infinity ? `a number of at least ${min}` : `a number from ${min} to ${max}`, name, value)
}

function badNumber(what: string, name: string, value: unknown): RxGstError {
  return typeof value === 'number' ? badValue(what, name, value) : badOption(what, name, value)
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw badOption('true or false', name, value)
}

export function checkFunction<F extends (...args: never[]) => unknown>(name: string, value: unknown): F {
  if (typeof value === 'function') return value as F
  throw badOption('a function', name, value)
}

export function checkOneOf<const T extends string | number>(name: string, value: unknown, known: readonly T[]): T {
  if ((known as readonly unknown[]).includes(value)) return value as T
  const near =
    typeof value === 'string'
      ? nearestName(
          value,
          known.filter(one => typeof one === 'string'),
        )
      : null
  const bad = known.some(one => typeof one === typeof value) ? badValue : badOption
  throw bad(`one of ${known.map(show).join(', ')}`, name, value, didYouMean(near))
}

/** Checks an options object for unknown names, inherited ones included: a misspelt option must be an error. */
export function checkRecord(name: string, value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  // A Map or an array has no wrong name, but also no option.
  if (Object.prototype.toString.call(value) !== '[object Object]') throw badOption('an object', name, value)
  for (const key in value as object) {
    if (known.includes(key)) continue
    throw badValue(`one of the names ${known.join(', ')}`, name, key, didYouMean(nearestName(key, known)))
  }
  return value as Record<string, unknown>
}

function inRange(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max
}

function didYouMean(name: string | null): string {
  return name === null ? '' : `; did you mean '${name}'?`
}

/**
 * The value as short text. Objects show only their class, because their content can be secret. A URL, which easily gets
 * into a wrong place, is cut after its scheme, because it contains the key.
 */
export function show(value: unknown): string {
  if (typeof value === 'function') return '[function]'
  if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value)
  if (typeof value !== 'string') return inspect(value)
  const text = value.replace(/rtmps?:.*/is, 'rtmp:…')
  return inspect(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
}

function typeName(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

/** Checks the shape only: signals of another realm or of a polyfill are accepted. */
export function checkSignal(name: string, value: unknown): AbortSignal {
  const signal = value as Partial<AbortSignal> | null
  if (
    typeof signal === 'object' &&
    typeof signal?.aborted === 'boolean' &&
    typeof signal.addEventListener === 'function' &&
    typeof signal.removeEventListener === 'function'
  ) {
    return signal as AbortSignal
  }
  throw badOption('an AbortSignal', name, value)
}
