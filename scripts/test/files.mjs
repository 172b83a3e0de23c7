import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Every file under `dir`, as paths that start with `dir`; none when there is no such folder. */
export function walk(dir) {
  if (!existsSync(dir)) return []
  return (
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      // Node.js 24 has no `path` any more, the first releases of 20 no `parentPath` yet.
      .map(entry => join(entry.parentPath ?? entry.path, entry.name))
      .sort()
  )
}

/** The TypeScript file that a compiled one was made from. */
export const sourceOf = file => file.replace(/^(.*\/)?dist\//, '$1').replace(/\.(js|d\.ts|js\.map)$/, '.ts')

/** Whether the source still exists: a removed test would otherwise stay in dist/, and pass for ever. */
export function removeStale(dir) {
  for (const file of walk(dir)) if (!existsSync(sourceOf(file))) rmSync(file)
}

/** The two suites: `npm test` is the quick one, `npm run test:all` takes the deep one behind it. */
export const SUITES = ['quick', 'deep']

/**
 * The marks of a test file, each on a line of its own in its source: `// suite: deep`, in place of quick,
 * `// deadline: 300`, in seconds, and `// lane: browser`: of the files of a lane one runs at a time.
 */
export function marksOf(file) {
  const source = existsSync(sourceOf(file)) ? sourceOf(file) : file
  const text = existsSync(source) ? readFileSync(source, 'utf8') : ''
  const mark = name => new RegExp(`^// ${name}: (.*)$`, 'm').exec(text)?.[1]
  const suite = mark('suite') ?? 'quick'
  if (!SUITES.includes(suite)) throw new Error(`${source}: no suite '${suite}': it is ${SUITES.join(' or ')}`)
  const deadline = mark('deadline')
  return { suite, deadline: deadline === undefined ? undefined : Number(deadline), lane: mark('lane') }
}
