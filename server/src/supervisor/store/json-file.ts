/** A small JSON file that is replaced as a whole. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** null: there is none, or none that is JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** Throws the error of the disk; the file is as it was then. */
export function writeJson(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
