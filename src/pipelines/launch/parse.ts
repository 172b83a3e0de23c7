import { canonicalCaps } from '../caps/text'
import { holdsCaps } from '../elements/knowledge'
import type { Draft, DraftElement, DraftLink, DraftPad, GraphValue, GstValue } from '../graph/data'
import { placeOf, syntaxError, tokenise, type Token } from './tokens'
import { fill, unquote } from './values'
import { checkName, graphError, propertyName } from '../elements/names'
import { checkSettable, setting } from '../elements/props'
import { HOLE } from './quoting'
import { uriElement } from '../elements/uri-elements'

/** The open ends of a chain. */
interface Ends {
  readonly first: DraftPad | null
  readonly last: DraftPad | null
}

interface Pads {
  readonly names: readonly string[]
  readonly at: number
}

const NO_PADS: Pads = { names: [], at: 0 }

/** Limit of nested bins, and of pads of one link: each is a recursive call, or an argument of one. */
const MOST_NESTED = 100
const MOST_PADS = 1000

/**
 * GStreamer's grammar (gst/parse/grammar.y), for tokens whose values can be interpolated:
 *
 *   graph  = chain…                      chain  = start (link end)…
 *   start  = element pads | bin | reference | uri
 *   end    = pads element pads | bin | reference | uri     (the last two close the chain)
 *   bin    = '(' chain… ')'              element = name setting…
 *
 * Links are made in the order of the text. Bins are dissolved, because they make no difference to links.
 */
export function parseLaunch(text: string, values: readonly GstValue[]): Draft {
  return new LaunchParser(text, values).graph()
}

class LaunchParser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #values: readonly GstValue[]
  readonly #elements: DraftElement[] = []
  readonly #links: DraftLink[] = []
  #next = 0
  #hole = 0
  #depth = 0

  constructor(text: string, values: readonly GstValue[]) {
    this.#text = text
    this.#values = values
    this.#tokens = tokenise(text)
  }

  graph(): Draft {
    if (/^\s*gst-launch/.test(this.#text)) throw this.#error(this.#peek(), 'leave gst-launch-1.0 and its options out')
    while (this.#peek().kind !== 'end') this.#chain()
    if (this.#elements.length === 0) throw this.#error(this.#peek(), 'an empty pipeline')
    return { elements: this.#elements, links: this.#links }
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #isSign(sign: string): boolean {
    const token = this.#peek()
    return token.kind === 'sign' && token.text === sign
  }

  #chain(): Ends {
    const start = this.#peek()
    let { first, last } = this.#start()
    let pads = start.kind === 'reference' ? this.#morePads(start.pad) : this.#pads()
    if (start.kind === 'reference' && this.#peek().kind !== 'link')
      throw this.#error(start, 'a reference that nothing is linked with')
    for (let link = this.#peek(); link.kind === 'link'; link = this.#peek()) {
      this.#next++
      const target = this.#peek()
      if (target.kind === 'reference') {
        this.#next++
        this.#link(link, last, pads, { element: target.element, pad: null }, this.#morePads(target.pad))
        return { first, last: null }
      }
      if (target.kind === 'uri') {
        this.#link(link, last, pads, () => this.#uri('sink'), NO_PADS)
        return { first, last: null }
      }
      const sinks = this.#pads()
      let end: Ends = { first: null, last: null }
      this.#link(
        link,
        last,
        pads,
        () => {
          end = this.#elementary()
          return end.first
        },
        sinks,
      )
      last = end.last
      pads = this.#pads()
    }
    if (pads.names.length > 0) throw syntaxError(this.#text, pads.at, 'pads that nothing is linked with')
    return { first, last }
  }

  #start(): Ends {
    const token = this.#peek()
    if (token.kind === 'reference') {
      this.#next++
      return { first: null, last: { element: token.element, pad: null } }
    }
    return token.kind === 'uri' ? { first: null, last: this.#uri('source') } : this.#elementary()
  }

  #elementary(): Ends {
    const token = this.#peek()
    if (token.kind === 'bin' || (token.kind === 'sign' && token.text === '(')) return this.#bin(token)
    if (token.kind !== 'name') throw this.#unexpected(token)
    this.#next++
    const here = { element: this.#elements.length, pad: null }
    this.#elements.push(this.#element(token.text))
    return { first: here, last: here }
  }

  #element(factory: string): DraftElement {
    let name: string | null = null
    const props: Record<string, GraphValue> = {}
    for (let token = this.#peek(); token.kind === 'setting'; token = this.#peek()) {
      this.#next++
      const place = placeOf(this.#text, token.at)
      const property = propertyName(token.name, place)
      if (property in props || (property === 'name' && name !== null))
        throw graphError(place, `the property ${property} is given twice`)
      checkSettable(factory, property, place)
      const read = unquote(token.value, `${place}, property ${property}`)
      const values = this.#take(token.value)
      if (property === 'name') name = checkName(String(fill(read, values)), place)
      else if (holdsCaps(property) && read.text !== HOLE)
        props[property] = canonicalCaps(read.text, `${place}, property ${property}`, values)
      else props[property] = setting(property, fill(read, values), place)
    }
    const { kind } = this.#peek()
    if (kind === 'preset') throw this.#error(this.#peek(), 'presets are not supported: write their properties')
    return { factory, name, props: Object.freeze(props) }
  }

  #bin(token: Token & { readonly text: string }): Ends {
    if (token.kind === 'bin' && token.text !== 'bin' && token.text !== 'pipeline')
      throw this.#error(token, `a ${token.text} around elements is not supported; a bin is`)
    this.#next++
    if (this.#peek().kind === 'setting')
      throw this.#error(this.#peek(), 'a bin with properties is not supported: it is taken apart')
    if (++this.#depth > MOST_NESTED) throw this.#error(token, `more than ${MOST_NESTED} bins in bins`)
    let ends: Ends | null = null
    while (!this.#isSign(')')) {
      if (this.#peek().kind === 'end') throw this.#error(token, "'(' without ')'")
      const chain = this.#chain()
      ends = { first: ends ? ends.first : chain.first, last: chain.last }
    }
    this.#next++
    this.#depth--
    if (!ends) throw this.#error(token, 'an empty bin')
    return ends
  }

  #uri(direction: 'source' | 'sink'): DraftPad {
    const token = this.#peek() as Token & { readonly text: string }
    if (token.text.includes(HOLE))
      throw this.#error(token, 'a value stands where an element does: name the element, and set its location or uri')
    this.#next++
    const { factory, props } = uriElement(token.text.replace(/\\(.)/g, '$1'), direction, placeOf(this.#text, token.at))
    return { element: this.#elements.push({ factory, name: null, props }) - 1, pad: null }
  }

  #link(
    token: Token & { readonly kind: 'link' },
    source: DraftPad | null,
    sources: Pads,
    target: DraftPad | (() => DraftPad | null),
    sinks: Pads,
  ): void {
    if (token.all)
      throw this.#error(token, "':', which links every pad that fits, is not supported: link each with '!'")
    if (!source) throw this.#error(token, 'a link without a source')
    const many = Math.max(sources.names.length, sinks.names.length)
    if (many > 1 && sources.names.length !== sinks.names.length)
      throw this.#error(token, 'pads on both sides of a link must be as many')
    const values = token.caps === null ? [] : this.#take(token.caps)
    const caps = token.caps === null ? null : canonicalCaps(token.caps, placeOf(this.#text, token.at), values)
    // A filter comes before its target, as in the text.
    const filters =
      caps === null
        ? []
        : Array.from(
            { length: Math.max(many, 1) },
            () => this.#elements.push({ factory: 'capsfilter', name: null, props: Object.freeze({ caps }) }) - 1,
          )
    const from = (at: number): DraftPad => ({ element: source.element, pad: sources.names[at] ?? null })
    // Links also follow the order of the text if the target is a bin with links.
    const slot = this.#links.length
    const end = typeof target === 'function' ? target() : target
    if (!end) throw this.#error(token, 'a link without a target')
    const links: DraftLink[] = []
    for (let at = 0; at < Math.max(many, 1); at++) {
      const to = { element: end.element, pad: sinks.names[at] ?? null }
      const filter = filters[at]
      if (filter === undefined) links.push({ from: from(at), to })
      else
        links.push({ from: from(at), to: { element: filter, pad: null } }, { from: { element: filter, pad: null }, to })
    }
    this.#links.splice(slot, 0, ...links)
  }

  #pads(): Pads {
    const token = this.#peek()
    if (token.kind !== 'pad') return NO_PADS
    this.#next++
    return { names: [token.text, ...this.#more()], at: token.at }
  }

  #morePads(first: string | null): Pads {
    const { at } = this.#peek()
    const more = this.#more()
    return { names: first === null ? more : [first, ...more], at }
  }

  #more(): string[] {
    const names: string[] = []
    while (this.#isSign(',')) {
      this.#next++
      const token = this.#peek()
      if (token.kind !== 'name') throw this.#error(token, "expected a pad behind ','")
      if (names.push(token.text) > MOST_PADS) throw this.#error(token, `more than ${MOST_PADS} pads in one link`)
      this.#next++
    }
    return names
  }

  /** The values of the holes in a piece of text; the pieces come in order. */
  #take(text: string): readonly GstValue[] {
    const from = this.#hole
    for (const char of text) if (char === HOLE) this.#hole++
    return this.#values.slice(from, this.#hole)
  }

  #unexpected(token: Token): Error {
    switch (token.kind) {
      case 'end':
        return this.#error(token, 'expected an element, not the end')
      case 'setting':
        return this.#error(token, `the property ${token.name} without an element`)
      case 'link':
        return this.#error(token, 'a link without a source')
      case 'reference':
        return this.#error(token, 'a reference ends a chain: nothing can be linked behind it')
      case 'sign':
        if (token.text === HOLE) return this.#error(token, 'a value stands where an element, a property or a pad does')
        return this.#error(token, `expected an element, not '${token.text}'`)
      default:
        return this.#error(token, 'expected an element')
    }
  }

  #error(token: Token, message: string): Error {
    return syntaxError(this.#text, token.at, message)
  }
}
