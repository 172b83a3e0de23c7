import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Public names, and members of public classes and interfaces, that have no doc comment in the declarations that users
 * get.
 */
export function undocumented(index: string): { missing: string[]; members: number } {
  const missing: string[] = []
  let members = 0
  const names = publicNames(index)
  // What they take over from others is theirs, too.
  const done = new Set<string>()
  for (const { file, name } of names) {
    if (done.has(`${file} ${name}`)) continue
    done.add(`${file} ${name}`)
    const { lines, at } = declaration(file, name)
    if (!documented(lines, at)) missing.push(name)
    members++
    const head = lines[at]!
    if (!/ (class|interface) /.test(` ${head} `.replace('export ', ' ').replace('declare ', ' '))) continue
    for (const base of / extends ([^{]*)/
      .exec(head)?.[1]
      ?.replace(/<.*?>| implements .*/g, '')
      .split(',') ?? []) {
      const from = sourceOf(file, base.trim())
      if (from) names.push(from)
    }
    const seen = new Set<string>()
    // What a member within an object type is a part of.
    const path: string[] = []
    for (let line = at + 1; lines[line] !== '}'; line++) {
      // What is private has no type, and a setter or an overload the comment of the first.
      const [, indent, member] = MEMBER.exec(lines[line]!) ?? []
      if (indent === undefined || member === undefined) continue
      path.splice(indent.length / 4 - 1, Infinity, lines[line]!.includes(`${member}(`) ? `${member}()` : member)
      const whole = path.join('.').replace(/\(\)$/, '')
      // A method's comment says what it takes and returns.
      if (whole.includes('(')) continue
      const isPrivate = member === '#private' || /^ *private /.test(lines[line]!)
      if (isPrivate || seen.has(whole) || INHERITED.has(member)) continue
      seen.add(whole)
      members++
      if (!documented(lines, line)) missing.push(`${name}.${whole}`)
    }
  }
  return { missing, members }
}

const MEMBER = /^((?: {4})+)(?:readonly |get |set |static |protected )*(#?[\w$]+|\[[\w. ]+\])\??[<(:;]/

/** Types that public declarations are made of and that no program can name. */
export function unnamed(index: string): string[] {
  const names = publicNames(index)
  const known = new Set(names.map(({ name }) => name))
  const found = names.flatMap(({ file, name }) => {
    const { lines, at } = declaration(file, name)
    const end = /[;}]$/.test(lines[at]!) ? at : lines.findIndex((line, i) => i > at && /^}/.test(line))
    // What they are made from says what they are by its members; comments and private members say nothing.
    const text = lines
      .slice(at, end + 1)
      .join('\n')
      .replace(/\/\*[^]*?\*\/| (extends|implements) [^{]*|^ *private .*$/gm, '')
    const words = new Set(text.match(/\b[A-Z]\w*\b/g) ?? [])
    return [...words].filter(word => !known.has(word) && sourceOf(file, word) !== null).map(word => `${name}: ${word}`)
  })
  return [...new Set(found)]
}

function declaration(file: string, name: string): { lines: string[]; at: number } {
  const lines = readFileSync(file, 'utf8').split('\n')
  const word = new RegExp(`^(export )?(declare )?(abstract )?(class|interface|type|function|const) ${name}\\b`)
  const at = lines.findIndex(line => word.test(line))
  if (at < 0) throw new Error(`${name} is not declared in ${file}`)
  return { lines, at }
}

/** Where a file has a name from: this package; null: another, or the language. */
function sourceOf(file: string, name: string): { file: string; name: string } | null {
  const text = readFileSync(file, 'utf8')
  if (new RegExp(`^(export )?(declare )?(abstract )?(class|interface|type) ${name}\\b`, 'm').test(text))
    return { file, name }
  for (const [, names, from] of text.matchAll(/^import (?:type )?\{([^}]*)\} from '(\.[^']*)'/gm)) {
    const imported = names!.split(',').map(one => one.trim().replace(/^type /, ''))
    if (imported.includes(name)) return declaredIn(join(dirname(file), `${from!}.d.ts`), name)
  }
  return null
}

/** Their meaning is the language's; constructors that only this package calls; a brand that nobody sees. */
const INHERITED = new Set(['[Symbol.dispose]', '[Symbol.asyncDispose]', 'constructor', '[opaque]'])

function documented(lines: readonly string[], at: number): boolean {
  return /\*\/\s*$/.test(lines[at - 1] ?? '')
}

/** What index.d.ts exports, and the file in which each stands. */
function publicNames(index: string): { file: string; name: string }[] {
  const text = readFileSync(index, 'utf8')
  const found = [...text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)].flatMap(([, names, from]) =>
    names!
      .split(',')
      .map(
        one =>
          one
            .trim()
            .replace(/^type /, '')
            .split(' as ')[0]!,
      )
      .filter(Boolean)
      .map(name => ({ file: join(dirname(index), `${from}.d.ts`), name })),
  )
  return found.map(({ file, name }) => declaredIn(file, name))
}

/** Behind re-exports. */
function declaredIn(file: string, name: string): { file: string; name: string } {
  const text = readFileSync(file, 'utf8')
  for (const [, names, from] of text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)) {
    const next = join(dirname(file), `${from!}.d.ts`)
    if (names!.split(',').some(one => one.trim().replace(/^type /, '') === name) && existsSync(next))
      return declaredIn(next, name)
  }
  return { file, name }
}
