import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Public names, and members of public classes and interfaces, that have no doc comment in the declarations that users
 * get.
 */
export function undocumented(index: string): { missing: string[]; members: number } {
  const missing: string[] = []
  let members = 0
  for (const { file, name } of publicNames(index)) {
    const lines = readFileSync(file, 'utf8').split('\n')
    const at = lines.findIndex((line) => new RegExp(`^(export )?(declare )?(abstract )?(class|interface|type|function|const) ${name}\\b`).test(line))
    if (at < 0) throw new Error(`${name} is not declared in ${file}`)
    if (!documented(lines, at)) missing.push(name)
    members++
    if (!/ (class|interface) /.test(` ${lines[at]!} `.replace('export ', ' ').replace('declare ', ' '))) continue
    const seen = new Set<string>()
    for (let line = at + 1; lines[line] !== '}'; line++) {
      // Members stand at the first level; what is private has no type, and a setter or an overload the comment of the first.
      const [, member] = /^ {4}(?:readonly |get |set |static |protected )*(#?[\w$]+|\[[\w. ]+\])\??[<(:;]/.exec(lines[line]!) ?? []
      if (member === undefined || member === '#private' || /^ {4}private /.test(lines[line]!) || seen.has(member)) continue
      if (INHERITED.has(member)) continue
      seen.add(member)
      members++
      if (!documented(lines, line)) missing.push(`${name}.${member}`)
    }
  }
  return { missing, members }
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
    names!.split(',').map((one) => one.trim().replace(/^type /, '').split(' as ')[0]!).filter(Boolean).map((name) => ({ file: join(dirname(index), `${from}.d.ts`), name })),
  )
  return found.map(({ file, name }) => declaredIn(file, name))
}

/** Behind re-exports. */
function declaredIn(file: string, name: string): { file: string; name: string } {
  const text = readFileSync(file, 'utf8')
  for (const [, names, from] of text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)) {
    const next = join(dirname(file), `${from!}.d.ts`)
    if (names!.split(',').some((one) => one.trim().replace(/^type /, '') === name) && existsSync(next)) return declaredIn(next, name)
  }
  return { file, name }
}
