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

/** A test that was renamed or removed would otherwise live on in dist/, and pass for ever. */
export function removeStale(dir) {
  for (const file of walk(dir)) if (!existsSync(sourceOf(file))) rmSync(file)
}

/** Seconds that a file may take: `// deadline: 300` on a line of its own in its source, or the default. */
export function deadlineOf(file, fallback) {
  const source = existsSync(sourceOf(file)) ? sourceOf(file) : file
  const found = /^\/\/ deadline: (\d+)$/m.exec(readFileSync(source, 'utf8'))
  return found ? Number(found[1]) : fallback
}
