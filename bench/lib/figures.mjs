// The last result of each bench, in docs/figures, from which the page and its charts are made.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = (folder, bench) => join(folder, `${bench}.json`)

export function keepFigures(folder, result) {
  mkdirSync(folder, { recursive: true })
  // A line for each row: a change of a figure is then a change of one line.
  const lines = JSON.stringify(result, (_, value) => value, 1)
    .replace(/\n {3,}/g, ' ')
    .replace(/\n {2}([}\]])/g, ' $1')
  writeFileSync(file(folder, result.bench), `${lines}\n`)
}

/** Name of the bench → its result. */
export function readFigures(folder) {
  if (!existsSync(folder)) return {}
  const names = readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
  return Object.fromEntries(
    names.map(name => [name.slice(0, -'.json'.length), JSON.parse(readFileSync(join(folder, name), 'utf8'))]),
  )
}
