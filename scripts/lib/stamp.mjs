// Stamps, which tell by content whether a file is older than its sources: times are wrong after a git checkout.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One hash of these files, by name and content, and of whatever else decides the result. */
export function hashOf(root, files, ...rest) {
  const hash = createHash('sha256').update(JSON.stringify(rest))
  for (const file of [...files].sort()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** Paths, relative to `root`, of the files under `directory` whose name `pattern` matches; none without the folder. */
export function filesUnder(root, directory, pattern) {
  if (!existsSync(join(root, directory))) return []
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap(entry => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesUnder(root, path, pattern)
    return pattern.test(entry.name) ? [path] : []
  })
}

export function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

export function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, stamp)
}
