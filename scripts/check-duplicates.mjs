// The check for duplicates: refuses the same six lines of code in two places of src/ or native/, and the same ten in
// two places of test/. Part of `npm run lint`.
//
//   node scripts/check-duplicates.mjs [root]
//
// Each language has a formatter, so equal code is equal text. Comments, empty lines, imports, generated code and lines
// of brackets alone do not count.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { walk } from './test/files.mjs'

process.chdir(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))

/** Equal lines that are refused, by folder. Tests may say a little twice, so that each can be read by itself. */
const LINES = new Map([
  ['native', 6],
  ['src', 6],
  ['test', 10],
])
/** Least number of words and numbers in these lines. */
const WORDS = 16
const GENERATED = ['src/pipelines/elements/elements.ts', 'src/pipelines/elements/table.ts']
/** Pairs of files that may have equal lines, in the order of their names, each with its reason. */
const ALLOWED = new Map([
  ['native/tap/audio_tap.h native/tap/packet_tap.h', 'fields under a mutex of their own, in two classes with one base'],
])

/** Windows of code so far: their text → place of the first one. */
const seen = new Map()
/** The first window of each pair of places, since the next ones overlap it. */
const found = new Map()

for (const [root, most] of LINES) for (const file of walk(root).sort()) check(file, most)

for (const { first, here } of found.values()) {
  if (ALLOWED.has(`${first.file} ${here.file}`)) continue
  console.log(`${here.file}:${here.line} says the same as ${first.file}:${first.line}`)
  process.exitCode = 1
}

/** Looks for windows of `most` lines that have been seen before. */
function check(file, most) {
  if (!/\.(ts|cc|h)$/.test(file) || GENERATED.includes(file)) return
  const lines = codeOf(readFileSync(file, 'utf8'))
  for (let i = 0; i + most <= lines.length; i++) {
    const text = lines
      .slice(i, i + most)
      .map(line => line.text)
      .join('\n')
    if ((text.match(/\w+/g)?.length ?? 0) < WORDS) continue
    const here = { file, index: i, line: lines[i].line }
    const first = seen.get(text)
    if (!first) seen.set(text, here)
    else if (first.file !== file || i - first.index >= most) add(first, here)
  }
}

/** Windows that overlap are one duplicate. */
function add(first, here) {
  const key = `${first.file} ${here.file} ${here.index - first.index}`
  if (!found.has(key)) found.set(key, { first, here })
}

/** Lines of code with their numbers. */
function codeOf(source) {
  const text = source.replace(/^[ \t]*\/\*[^]*?\*\//gm, comment => comment.replace(/[^\n]/g, ''))
  const lines = []
  let importing = false
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim()
    if (/^import\b/.test(line)) importing = true
    const code = !importing && /\w/.test(line) && !line.startsWith('//') && !line.startsWith('#include')
    if (importing && /from '[^']*'$|^import '/.test(line)) importing = false
    if (code) lines.push({ text: line, line: i + 1 })
  })
  return lines
}
