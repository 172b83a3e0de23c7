/** What zod finds → problems with places and words of ours. No message quotes a value, which may be a key. */
import { nearestName } from 'rxgst/checks'
import type { z } from 'zod'
import type { ConfigProblem } from '../core/problem.js'
import { problemAt, shownName, type Path, type Place } from './place.js'
import { MAX_PROBLEMS } from './yaml.js'

type Issue = z.core.$ZodIssue
type Schema = z.core.$ZodType

export interface Checked {
  readonly root: unknown
  readonly place: Place | null
  readonly file: string
  /** Of the value that the schema has checked, from the root. */
  readonly at: Path
}

/** One problem for each fault; of a union those of the alternative that was meant. */
export function problemsOf(issues: readonly Issue[], schema: Schema, checked: Checked): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  for (const issue of issues) {
    problems.push(...problemsOfIssue(issue, schema, checked))
    if (problems.length >= MAX_PROBLEMS) break
  }
  return problems.slice(0, MAX_PROBLEMS)
}

function problemsOfIssue(issue: Issue, schema: Schema, checked: Checked): ConfigProblem[] {
  const path = [...checked.at, ...issue.path]
  const problem = (message: string, at: Path = path, ofKey = false): ConfigProblem =>
    problemAt(checked.place, checked.file, at, message, { ofKey })
  switch (issue.code) {
    case 'unrecognized_keys': {
      const schemas = schemasAt(schema, issue.path)
      return issue.keys.slice(0, MAX_PROBLEMS).map(key => problem(unknownKey(key, schemas), [...path, key], true))
    }
    case 'invalid_key':
      return [problem(issue.issues[0]?.message ?? 'this cannot be a name', path, true)]
    case 'invalid_union':
      return ofUnion(issue, schema, checked)
    case 'invalid_element':
      return issue.issues.flatMap(inner =>
        problemsOfIssue({ ...inner, path: [...issue.path, ...inner.path] } as Issue, schema, checked),
      )
    default: {
      const value = valueAt(checked.root, path)
      // An absent field has no place; that in which it is missing has one.
      if (value === undefined && issue.path.length > 0)
        return [problem(`${shownName(path.at(-1)!)} is missing`, path.slice(0, -1), true)]
      return [problem(wordsOf(issue, value))]
    }
  }
}

function wordsOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kindOf(issue.expected)} but received ${kindOf(typeOf(value))}`
    case 'invalid_value': {
      const known = issue.values.map(String)
      const near = typeof value === 'string' ? nearestName(value, known) : null
      return `expected ${known.length === 1 ? known[0] : `one of ${known.join(', ')}`}${didYouMean(near)}`
    }
    case 'too_small':
      return bound(issue.origin, issue.minimum, 'at least')
    case 'too_big':
      return bound(issue.origin, issue.maximum, 'at most')
    case 'not_multiple_of':
      return issue.divisor === 2 ? 'expected an even number' : `expected a multiple of ${issue.divisor}`
    default:
      return issue.message
  }
}

function bound(origin: string, limit: number | bigint, what: string): string {
  const [one, several] = { string: ['character', 'characters'], array: ['entry', 'entries'] }[origin] ?? []
  if (one === undefined) return `expected ${what} ${limit}`
  return `expected ${what} ${limit} ${Number(limit) === 1 ? one : several}`
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'fields',
  record: 'fields',
  array: 'a list',
  null: 'nothing',
  undefined: 'nothing',
  nan: 'no number',
}
const kindOf = (type: string): string => KINDS[type] ?? type

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isNaN(value) ? 'nan' : typeof value
}

function didYouMean(near: string | null): string {
  return near === null ? '' : `; did you mean '${near}'?`
}

/** `schemas`: those that may stand there; of a union several. */
function unknownKey(key: string, schemas: readonly Schema[]): string {
  const known = schemas.flatMap(fieldsOf)
  if (known.includes(key)) return `${key} has no place beside the other keys here`
  return `unknown key ${shownName(key)}${didYouMean(nearestName(key, known))}`
}

type Union = Extract<Issue, { code: 'invalid_union' }>

function ofUnion(issue: Union, schema: Schema, checked: Checked): ConfigProblem[] {
  const path = [...checked.at, ...issue.path]
  const value = valueAt(checked.root, path)
  const here = (message: string, ofKey = false): ConfigProblem[] => [
    problemAt(checked.place, checked.file, path, message, { ofKey }),
  ]
  if ('discriminator' in issue && issue.errors.length === 0) {
    const known =
      'options' in issue && Array.isArray(issue.options) ? issue.options.filter(one => typeof one === 'string') : []
    const near = typeof value === 'string' ? nearestName(value, known) : null
    return here(`expected one of ${known.join(', ')}${didYouMean(near)}`)
  }
  // Alternatives of another kind were not meant.
  const fitting = issue.errors.filter(errors => !errors.some(isOfAnotherKind))
  if (fitting.length === 0) {
    const kinds = issue.errors.map(errors => wanted(errors[0]!))
    const words = issue.errors.flat().flatMap(one => (one.code === 'invalid_value' ? one.values.map(String) : []))
    const near = typeof value === 'string' ? nearestName(value, words) : null
    const received = near === null ? ` but received ${kindOf(typeOf(value))}` : didYouMean(near)
    return here(`expected ${[...new Set(kinds)].join(' or ')}${received}`)
  }
  const missing = (errors: readonly Issue[]): string[] =>
    errors.flatMap(({ code, path: [name, ...rest] }) =>
      code === 'invalid_type' && rest.length === 0 && (value as Record<PropertyKey, unknown>)[name!] === undefined
        ? [String(name)]
        : [],
    )
  const unknown = (errors: readonly Issue[]): number =>
    errors.reduce((sum, one) => sum + (one.code === 'unrecognized_keys' ? one.keys.length : 0), 0)
  const worse = (errors: readonly Issue[]): number =>
    missing(errors).length * 100 + unknown(errors) * 10 + errors.length
  const meant = fitting.reduce((best, errors) => (worse(errors) < worse(best) ? errors : best))
  const lacking = fitting.map(missing)
  if (fitting.length > 1 && lacking.every(names => names.length > 0)) {
    // Nothing tells which one was meant; a key that no alternative knows may be a misspelt one of these.
    const schemas = schemasAt(schema, issue.path)
    const known = new Set(schemas.flatMap(fieldsOf))
    const strange = Object.keys(value as object).filter(key => !known.has(key))
    const keys = strange
      .slice(0, MAX_PROBLEMS)
      .map(key => problemAt(checked.place, checked.file, [...path, key], unknownKey(key, schemas), { ofKey: true }))
    return keys.length > 0 ? keys : here(`it has one of ${[...new Set(lacking.flat())].join(', ')}`, true)
  }
  return meant.flatMap(inner =>
    problemsOfIssue({ ...inner, path: [...issue.path, ...inner.path] } as Issue, schema, checked),
  )
}

function isOfAnotherKind({ path, code }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
}

function wanted(issue: Issue): string {
  if (issue.code === 'invalid_value') return issue.values.map(value => `'${String(value)}'`).join(', ')
  return issue.code === 'invalid_type' ? kindOf(issue.expected) : 'another value'
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<PropertyKey, unknown>)[name]
  }
  return value
}

/** The schemas that may stand at a path. */
export function schemasAt(schema: Schema, path: Path): Schema[] {
  let schemas = [schema]
  for (const name of path) schemas = schemas.flatMap(alternatives).flatMap(one => childOf(one, name))
  return schemas.flatMap(alternatives)
}

type Def = z.core.$ZodTypes['_zod']['def']
const defOf = (schema: Schema): Def => (schema as z.core.$ZodTypes)._zod.def

/** Without defaults and unions around them. */
export function alternatives(schema: Schema): Schema[] {
  const def = defOf(schema)
  switch (def.type) {
    case 'default':
    case 'prefault':
    case 'optional':
    case 'nullable':
    case 'readonly':
      return alternatives(def.innerType)
    case 'pipe':
      return alternatives(def.in)
    case 'union':
      return def.options.flatMap(alternatives)
    default:
      return [schema]
  }
}

function childOf(schema: Schema, name: PropertyKey): Schema[] {
  const def = defOf(schema)
  if (def.type === 'object') return Object.hasOwn(def.shape, name) ? [def.shape[String(name)]!] : []
  if (def.type === 'record') return [def.valueType]
  return def.type === 'array' ? [def.element] : []
}

function fieldsOf(schema: Schema): string[] {
  const def = defOf(schema)
  return def.type === 'object' ? Object.keys(def.shape) : []
}
