/** Text of YAML → plain values with their places. Its author may want to harm: time and memory are bounded. */
import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Lexer, Parser, type Document, type Pair } from 'yaml'
import type { ConfigProblem } from '../core/problem.js'
import { shownName, shownPath, sourceOf, type Path, type Place, type Source } from './place.js'

/** Far above a thousand channels. */
export const MAX_TEXT_BYTES = 1_048_576
/** The deepest value of a configuration is at 8. */
export const MAX_DEPTH = 32
/** Words and signs; a line of a configuration has some eight. */
const MAX_LEXEMES = 300_000
const MAX_DIRECTIVES = 10
/** Values, those of anchors counted at each use. */
const MAX_VALUES = 100_000
/** The first ones help; a file of another kind has thousands. */
export const MAX_PROBLEMS = 100

export interface ParsedYaml {
  readonly value: unknown
  readonly place: Place | null
  readonly problems: readonly ConfigProblem[]
}

const CONTROL = /[^\P{Cc}\t\n\r]|\p{Surrogate}/u

/** Names with which a value could reach into JavaScript. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])

class Refused extends Error {
  constructor(
    message: string,
    readonly offset: number | null,
  ) {
    super(message)
  }
}

/** All faults at once, as far as the text can be read. An empty text is an empty configuration. */
export function parseYaml(file: string, text: string): ParsedYaml {
  const source = sourceOf(file, text)
  const problems: ConfigProblem[] = []
  const refuse = (offset: number | null, message: string, path = ''): void => {
    if (problems.length >= MAX_PROBLEMS) return
    const place = offset === null ? { line: null, column: null } : source.at(offset)
    problems.push({ file, ...place, path, message })
  }
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    refuse(null, 'the file is larger than 1 MiB')
    return { value: undefined, place: null, problems }
  }
  const control = CONTROL.exec(text)
  if (control) refuse(control.index, 'a control character, or half of a character')
  try {
    const document = compose(text, source, refuse)
    // What is behind a mistake of writing means something else than was meant.
    if (document === null || problems.length > 0) return { value: undefined, place: null, problems }
    const reader = new Reader(source, document, (at, path, message) => refuse(at, message, shownPath(path)))
    const { value, place } = reader.read()
    return { value: value ?? {}, place, problems }
  } catch (error) {
    if (error instanceof Refused) refuse(error.offset, error.message)
    else if (error instanceof RangeError) refuse(null, 'the file is nested too deep')
    else throw error
    return { value: undefined, place: null, problems }
  }
}

type Refuse = (offset: number | null, message: string) => void

function compose(text: string, source: Source, refuse: Refuse): Document.Parsed | null {
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, strict: true, logLevel: 'silent' })
  // Not all of them: a file may hold nothing but marks of new documents.
  const [document, second] = composer.compose(tokensOf(text), true, text.length)
  if (second !== undefined) refuse(second.range[0], 'a second document: the configuration is one document')
  if (document === undefined) return null
  // The first one of a line; the others come of it.
  const lines = new Set<number>()
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    if (lines.size > MAX_PROBLEMS) break
    const { line } = source.at(pos[0])
    if (lines.has(line)) continue
    lines.add(line)
    refuse(pos[0], SYNTAX[code] ?? 'this is no YAML')
  }
  return document
}

/** The parser's stack is the depth: text that is too deep is given up before anything recurses into it. */
function* tokensOf(text: string) {
  const parser = new Parser()
  let lexemes = 0
  let directives = 0
  let errors = 0
  let firstError = 0
  for (const lexeme of new Lexer().lex(text)) {
    if (++lexemes > MAX_LEXEMES) throw new Refused('the file has too many values', parser.offset)
    for (const token of parser.next(lexeme)) {
      // The composer's time grows with their square.
      if (token.type === 'directive' && ++directives > MAX_DIRECTIVES)
        throw new Refused('too many directives', parser.offset)
      // A bracket too many is an error of its own, and each is looked for in all text before it.
      if (token.type === 'error' && ++errors === 1) firstError = token.offset
      if (errors > MAX_PROBLEMS) throw new Refused('too many mistakes of writing, from here on', firstError)
      yield token
    }
    if (parser.stack.length > MAX_DEPTH + 2)
      throw new Refused(`the file is nested deeper than ${MAX_DEPTH} levels`, parser.offset)
  }
  yield* parser.end()
}

/** Messages of the parser quote the text, and so a key. */
const SYNTAX: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias has neither anchor nor tag',
  BAD_ALIAS: 'an alias without a name',
  BAD_COLLECTION_TYPE: 'a tag that does not fit this value',
  BAD_DIRECTIVE: 'an unknown directive',
  BAD_DQ_ESCAPE: "an unknown escape between double quotes; a backslash there is written '\\\\'",
  BAD_INDENT: 'a bracket is not closed, or the indentation is not that of the lines above',
  BAD_PROP_ORDER: 'an anchor or a tag in a wrong place',
  BAD_SCALAR_START: 'a value cannot begin with this character: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: "a value with ': ' in it: put it in quotes",
  BLOCK_IN_FLOW: 'lines with - or : cannot stand between brackets',
  IMPOSSIBLE: 'this is no YAML',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: "a character is missing: a bracket, a quote, a comma, a ':' or a space behind it",
  MULTILINE_IMPLICIT_KEY: "a key stands on one line; is a ':' missing?",
  MULTIPLE_ANCHORS: 'a value has one anchor at most',
  MULTIPLE_DOCS: 'a second document: the configuration is one document',
  MULTIPLE_TAGS: 'a value has one tag at most',
  RESOURCE_EXHAUSTION: 'the file is nested too deep',
  TAB_AS_INDENT: 'a tab: YAML is indented with spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag: a configuration has none',
  UNEXPECTED_TOKEN: 'something that does not belong here; is a quote, a bracket or a space missing?',
}

const CORE_TAGS = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map(name => `tag:yaml.org,2002:${name}`),
)

type Read = { readonly value: unknown; readonly place: Place }
type Here = Omit<Place, 'children'>
type Complain = (offset: number, path: Path, message: string) => void

/** Plain values of a document: a copy of an anchor's at each use, `<<` merged. */
class Reader {
  readonly #anchors = new Map<string, unknown>()
  readonly #open = new Set<unknown>()
  #values = 0

  constructor(
    readonly source: Source,
    readonly document: Document.Parsed,
    readonly complain: Complain,
  ) {}

  read(): Read {
    return this.#value(this.document.contents, [], null)
  }

  #value(node: unknown, path: Path, keyAt: number | null): Read {
    const at = startOf(node) ?? keyAt ?? 0
    const here = { source: this.source, keyAt, valueAt: at, valueEnd: endOf(node) ?? at }
    if (++this.#values > MAX_VALUES) throw new Refused('the file has too many values, or its anchors multiply', at)
    if (path.length > MAX_DEPTH) throw new Refused(`the file is nested deeper than ${MAX_DEPTH} levels`, at)
    const leaf = (value: unknown): Read => ({
      value,
      place: { ...here, children: new Map() },
    })
    if (isAlias(node)) return this.#alias(node.source, at, path, keyAt) ?? leaf(null)
    this.#checkTag(node, at, path)
    this.#remember(node)
    if (isScalar(node)) return leaf(this.#scalar(node.value, at, path))
    if (isMap(node)) return this.#inside(node, () => this.#map(node.items, here, path))
    if (isSeq(node)) return this.#inside(node, () => this.#list(node.items, here, path))
    if (node === null || node === undefined) return leaf(null)
    this.complain(at, path, 'a value that a configuration does not have')
    return leaf(null)
  }

  #scalar(value: unknown, at: number, path: Path): unknown {
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value
    this.complain(at, path, 'a value that a configuration does not have')
    return null
  }

  #remember(node: unknown): void {
    const anchor = (node as { readonly anchor?: string } | null)?.anchor
    if (anchor !== undefined) this.#anchors.set(anchor, node)
  }

  #checkTag(node: unknown, at: number, path: Path): void {
    const tag = (node as { readonly tag?: string } | null)?.tag
    if (tag !== undefined && !CORE_TAGS.has(tag)) this.complain(at, path, 'an unknown tag: a configuration has none')
  }

  #alias(name: string, at: number, path: Path, keyAt: number | null): Read | null {
    const node = this.#anchors.get(name)
    if (node === undefined) this.complain(at, path, 'an alias of an anchor that does not stand before it')
    else if (this.#open.has(node)) this.complain(at, path, 'an alias of the value in which it stands')
    else return this.#value(node, path, keyAt ?? at)
    return null
  }

  #inside(node: unknown, read: () => Read): Read {
    this.#open.add(node)
    const result = read()
    this.#open.delete(node)
    return result
  }

  #list(items: readonly unknown[], here: Here, path: Path): Read {
    const children = new Map<string, Place>()
    const value = items.map((item, index) => {
      const read = this.#value(item, [...path, index], null)
      children.set(String(index), read.place)
      return read.value
    })
    return { value, place: { ...here, children } }
  }

  #map(items: readonly Pair[], here: Here, path: Path): Read {
    const value: Record<string, unknown> = {}
    const children = new Map<string, Place>()
    const merged: Read[] = []
    for (const { key, value: node } of items) {
      const where = startOf(key) ?? startOf(node) ?? here.valueAt
      if (isMerge(key)) {
        merged.push(...this.#merges(node, path, where))
        continue
      }
      const name = this.#name(key, where, path)
      if (name === null) continue
      if (children.has(name)) {
        this.complain(where, [...path, name], `${shownName(name)} stands here twice`)
        continue
      }
      const read = this.#value(node, [...path, name], where)
      value[name] = read.value
      children.set(name, read.place)
    }
    // The earlier of two merges wins, as YAML 1.1 has it.
    for (const { value: more, place } of merged) {
      for (const [name, child] of place.children) {
        if (children.has(name)) continue
        value[name] = (more as Record<string, unknown>)[name]
        children.set(name, child)
      }
    }
    return { value, place: { ...here, children } }
  }

  #merges(node: unknown, path: Path, at: number): Read[] {
    const nodes: readonly unknown[] = isSeq(node) ? node.items : [node]
    return nodes.flatMap(one => {
      const read = this.#value(one, path, null)
      const { value } = read
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [read]
      this.complain(startOf(one) ?? at, path, '<< takes maps')
      return []
    })
  }

  #name(key: unknown, at: number, path: Path): string | null {
    if (isAlias(key) || !isScalar(key) || typeof key.value !== 'string') {
      this.complain(at, path, 'a key is a text; put a number in quotes')
      return null
    }
    this.#checkTag(key, at, path)
    this.#remember(key)
    if (!RESERVED.has(key.value)) return key.value
    this.complain(at, path, `${key.value} cannot be a key`)
    return null
  }
}

function isMerge(key: unknown): boolean {
  return isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol') && key.type === 'PLAIN'
}

function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key)
  return (node as { readonly range?: readonly number[] | null } | null)?.range?.[0]
}

/** Without the comment behind it. */
function endOf(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] | null } | null)?.range?.[1]
}
