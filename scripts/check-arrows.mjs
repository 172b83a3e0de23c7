// Who may import whom under src/, and no unfinished work anywhere. Part of `npm run lint`.
//
//   node scripts/check-arrows.mjs [root]
//
// The rooms keep their independence only if a wrong import fails at once: `pipelines` stays testable without GStreamer,
// and each foreign world (node-gtk, the addon) has one door.
import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { walk } from './test/files.mjs'

process.chdir(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))

/** room → the rooms it may import; with `type` only by `import type`. */
const ARROWS = {
  core: {},
  pipelines: { core: 'any' },
  native: { core: 'any' },
  gst: { core: 'any', pipelines: 'any' },
  observables: { core: 'any', native: 'type' },
  engine: { core: 'any', pipelines: 'any', gst: 'any', native: 'any', observables: 'any' },
  rtmp: { core: 'any', pipelines: 'any', observables: 'any', engine: 'any' },
  monitor: { core: 'any', pipelines: 'any', observables: 'any', engine: 'any' },
}

/** package → the rooms that may not, or alone may, import it. */
const PACKAGES = {
  'node-gtk': room => room === 'gst',
  rxjs: room => !['core', 'pipelines', 'gst', 'native'].includes(room),
}

/** The only file that loads the compiled addon. */
const BINDING = join('src', 'native', 'binding.ts')

// In two halves, so that this file passes its own check.
const MARKS = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME'].join('|')})\\b`)
const MARKED = ['src', 'test', 'scripts', 'examples', 'bench/src', 'docs']

const problems = []
const complain = (file, text, what) => {
  const line = text.slice(0, what.index).split('\n').length
  problems.push(`${file}:${line} ${what.message}`)
}

for (const file of walk('src').filter(name => name.endsWith('.ts'))) checkImports(file)
for (const file of MARKED.flatMap(walk).filter(name => /\.(ts|mjs|js|cc|h|md)$/.test(name))) checkMarks(file)

if (problems.length > 0) {
  console.log(problems.join('\n'))
  process.exitCode = 1
}

function checkImports(file) {
  const room = roomOf(file)
  const text = withoutComments(readFileSync(file, 'utf8'))
  if (file !== join('src', 'index.ts') && !ARROWS[room]) {
    problems.push(`${file} is in no room: src/ holds index.ts and ${Object.keys(ARROWS).join(', ')}`)
    return
  }
  for (const { name, type, index } of importsOf(text)) {
    const message = verdict(file, room, name, type)
    if (message) complain(file, text, { index, message })
  }
  const addon = /['"`][^'"`\n]*\.node['"`]|\bdlopen\b/.exec(text)
  if (!addon || file === BINDING) return
  complain(file, text, { index: addon.index, message: `loads the addon; only ${BINDING} may` })
}

/** What is wrong with this import, or undefined. */
function verdict(file, room, name, type) {
  if (!name.startsWith('.')) {
    const owner = Object.keys(PACKAGES).find(key => name === key || name.startsWith(`${key}/`))
    if (owner && room !== 'index' && !PACKAGES[owner](room)) return `${room} may not import ${owner}`
    if (owner === 'node-gtk' && room !== 'gst') return 'only src/gst may import node-gtk'
    return undefined
  }
  const target = normalize(join(dirname(file), name))
  // The binding finds the compiled addon in build/, outside src/.
  if (relative('src', target).startsWith('..')) return file === BINDING ? undefined : `imports ${target}, outside src/`
  const other = roomOf(target)
  if (room === 'index' || other === room) return undefined
  const allowed = ARROWS[room][other]
  if (!allowed) return `${room} may not import ${other}`
  if (allowed === 'type' && !type) return `${room} may import only types of ${other}: use 'import type'`
  return undefined
}

/** 'core' of src/core/frame.ts; 'index' of src/index.ts, and of an import of src itself. */
function roomOf(path) {
  const [first = 'index'] = relative('src', path).replace(/\.ts$/, '').split('/')
  return first === '' ? 'index' : first
}

function* importsOf(text) {
  for (const found of text.matchAll(/\b(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\sfrom\s+)?['"]([^'"]+)['"]/g)) {
    yield { name: found[2], type: found[1] !== undefined, index: found.index }
  }
  for (const found of text.matchAll(/\b(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/g)) {
    yield { name: found[1], type: false, index: found.index }
  }
}

/** Examples in comments import what they like. Line breaks stay, so that positions do. */
function withoutComments(text) {
  const blank = comment => comment.replace(/[^\n]/g, ' ')
  return text.replace(/^[ \t]*\/\*[^]*?\*\//gm, blank).replace(/^[ \t]*\/\/.*$/gm, blank)
}

function checkMarks(file) {
  const text = readFileSync(file, 'utf8')
  const found = MARKS.exec(text)
  if (found) complain(file, text, { index: found.index, message: `${found[0]}: finish it, or write it down elsewhere` })
}
