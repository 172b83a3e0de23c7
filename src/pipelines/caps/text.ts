import { capsValue, DEEPEST, guessed, listText, rangeText, typed, type CapsFields } from './value'
import type { GstValue } from '../graph/data'
import { graphError, kebabCase, shown } from '../elements/names'
import { HOLE, unwrap } from '../launch/quoting'
import { checkString } from './values'

/**
 * Caps as text. A graph stores caps in one canonical form, with the type of each value and quotes around each string.
 * So caps from fields, from text and from a gst-launch line are equal:
 *
 *   video/x-raw(memory:VASurface),format=(string)"NV12",width=(int)1280;image/jpeg
 */

/**
 * Makes caps from a media type and fields. The media type can include caps features. Without fields, it can be whole
 * caps.
 */
export function capsText(media: string, fields: CapsFields = {}, place = 'caps()'): string {
  const canonical = canonicalCaps(media, place)
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return canonical
  if (!/^[^,;]+(\([^)]*\))?$/.test(canonical) || WHOLE.test(canonical))
    throw graphError(place, 'fields go with a media type alone')
  const names = new Set<string>()
  const texts = entries.map(([key, value]) => {
    const field = fieldName(/[A-Z]/.test(key) ? kebabCase(key) : key, place)
    if (names.has(field)) throw graphError(place, `the field ${field} is given twice`)
    names.add(field)
    return `${field}=${capsValue(value, field, `${place}, field ${field}`)}`
  })
  return [canonical, ...texts].join(',')
}

const WHOLE = /^(ANY|EMPTY|NONE)$/

function fieldName(name: string, place: string): string {
  if (/^[A-Za-z0-9_][\w+/:.-]*$/.test(name)) return name
  throw graphError(place, `${shown(name)} is no name of a field`)
}

/** Checks foreign caps text and makes it canonical. Each HOLE stands for one of `values`, and is always a value. */
export function canonicalCaps(text: string, place: string, values: readonly GstValue[] = []): string {
  checkString(text, place)
  const whole = text.trim()
  if (WHOLE.test(whole)) return whole === 'NONE' ? 'EMPTY' : whole
  return new CapsReader(text, place, values).caps()
}

const WORD = /[\w+/:.-]+/y
const QUOTED = /"(?:\\[^]|[^"\\])*"/y
const VALUE = /[\w+/:.\uffff-]+/y
const TYPES: Readonly<Record<string, string>> = {
  i: 'int',
  u: 'uint',
  f: 'float',
  d: 'double',
  b: 'boolean',
  bool: 'boolean',
  s: 'string',
  str: 'string',
}

class CapsReader {
  #at = 0
  #hole = 0
  #depth = 0

  constructor(
    readonly text: string,
    readonly place: string,
    readonly values: readonly GstValue[],
  ) {}

  caps(): string {
    const structures: string[] = []
    for (this.#space(); this.#at < this.text.length; this.#space()) structures.push(this.#structure())
    if (structures.length === 0) throw this.#error('caps are empty')
    return structures.join(';')
  }

  #structure(): string {
    const quoted = this.#match(QUOTED)
    const name = quoted === null ? this.#match(WORD) : unwrap(quoted)
    if (name === null || !/^[A-Za-z][\w+/:.-]*$/.test(name))
      throw this.#error('expected a media type, such as video/x-raw')
    const features = this.text[this.#at] === '(' ? this.#features() : ''
    const fields = new Map<string, string>()
    for (;;) {
      this.#space()
      if (this.#at >= this.text.length || this.#take(';')) break
      if (!this.#take(',')) throw this.#error("expected ',' and a field, or ';' and more caps")
      this.#space()
      if (this.#at >= this.text.length || this.#take(';')) break
      const field = this.#match(WORD)
      if (field === null) throw this.#error('expected the name of a field')
      this.#space()
      if (!this.#take('=')) throw this.#error(`expected '=' behind the field ${field}`)
      if (fields.has(field)) throw this.#error(`the field ${field} is given twice`)
      fields.set(field, this.#value(field, null))
    }
    return [name + features, ...[...fields].map(([field, value]) => `${field}=${value}`)].join(',')
  }

  #features(): string {
    const end = this.text.indexOf(')', this.#at)
    const names =
      end < 0
        ? []
        : this.text
            .slice(this.#at + 1, end)
            .split(',')
            .map(name => name.trim())
    for (const name of names)
      if (!/^([A-Za-z]\w*:\w+|ANY)$/.test(name)) throw this.#error('expected features, such as (memory:VASurface)')
    if (names.length === 0) throw this.#error("expected ')' behind features")
    this.#at = end + 1
    return `(${names.join(',')})`
  }

  #value(field: string, outer: string | null): string {
    this.#space()
    let type = outer
    if (this.#take('(')) {
      this.#space()
      const name = this.#match(WORD)
      this.#space()
      if (name === null || !/^[A-Za-z_]\w*$/.test(name) || !this.#take(')'))
        throw this.#error('expected a type, such as (int)')
      type = TYPES[name] ?? name
      this.#space()
    }
    const place = `${this.place}, field ${field}`
    if (this.#take('[')) return rangeText(this.#items(field, type, ']'), place)
    if (this.#take('{')) return listText('{}', this.#items(field, type, '}'), place)
    if (this.#take('<')) return listText('<>', this.#items(field, type, '>'), place)
    return this.#single(field, type)
  }

  #items(field: string, type: string | null, end: string): string[] {
    const items: string[] = []
    if (++this.#depth > DEEPEST) throw this.#error(`lists in lists in lists in the field ${field}`)
    for (;;) {
      this.#space()
      if (this.#take(end)) {
        this.#depth--
        return items
      }
      items.push(this.#value(field, type))
      this.#space()
      if (!this.#take(',') && this.text[this.#at] !== end)
        throw this.#error(`expected ',' or '${end}' in the field ${field}`)
    }
  }

  #single(field: string, type: string | null): string {
    const place = `${this.place}, field ${field}`
    const quoted = this.#match(QUOTED)
    if (quoted !== null) {
      const text = unwrap(quoted)
      if (text === null) throw this.#error(`the quotes of the field ${field} do not match`)
      return typed(type ?? 'string', this.#fill(text), place)
    }
    const word = this.#match(VALUE)
    if (word === null) throw this.#error(`expected a value for the field ${field}`)
    if (!word.includes(HOLE)) return type === null ? guessed(word) : typed(type, word, place)
    if (word === HOLE) {
      const value = this.values[this.#hole++]
      // In a list, all items have one type, so a string stays a string.
      if (type === null && typeof value === 'string' && this.#depth > 0)
        return typed('string', checkString(value, place), place)
      return type === null ? capsValue(value, field, place) : typed(type, checkString(String(value), place), place)
    }
    // A number is safe inside text, as in framerate=${fps}/1. A string inside other text makes the whole value a
    // string.
    const from = this.#hole
    const filled = this.#fill(word)
    const plain = this.values.slice(from, this.#hole).every(value => typeof value !== 'string')
    return type === null && plain ? guessed(filled) : typed(type ?? 'string', filled, place)
  }

  #fill(text: string): string {
    return checkString(
      text.replaceAll(HOLE, () => String(this.values[this.#hole++])),
      this.place,
    )
  }

  #space(): void {
    while (this.#at < this.text.length && /\s/.test(this.text[this.#at]!)) this.#at++
  }

  #take(char: string): boolean {
    if (this.text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.text) ?? []
    if (found === undefined) return null
    this.#at += found.length
    return found
  }

  /** The message names the place, never the text: it can contain secrets. */
  #error(message: string): Error {
    return graphError(this.place, `${message} (caps, character ${this.#at + 1})`)
  }
}
