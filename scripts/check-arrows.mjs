// The rules of the rooms: which room may import which under src/ and server/src/ and include which under native/, the
// size of folders, files and lines, and no marks of unfinished work. Part of `npm run lint`.
//
//   node scripts/check-arrows.mjs [root]
//
// The rooms keep their independence only if a wrong import fails at once: `pipelines` stays testable without GStreamer,
// and each foreign world (node-gtk, the addon) has one door. The arrows are those of the tables in
// docs/architecture.md, so that the drawing there is the rule.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { walk } from './test/files.mjs'

process.chdir(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))

const DRAWING = join('docs', 'architecture.md')
/** The only folder that loads the compiled addon. */
const ADDON = join('src', 'addon')
const CODE = ['native', 'src', 'test', 'scripts', 'examples', 'bench', 'server']
const MOST_FILES = 25
/** Limit of a file of src/, server/ or native/. */
const MOST_LINES = 400
const MOST_COLUMNS = 120
/** Generated files. */
const GENERATED = ['elements', 'table'].map(name => join('src', 'pipelines', 'elements', `${name}.ts`))

// In two halves, so that this file passes its own check.
const MARKS = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME'].join('|')})\\b`)

const problems = []
const complain = (file, text, what) => {
  const line = text.slice(0, what.index).split('\n').length
  problems.push(`${file}:${line} ${what.message}`)
}

const drawing = existsSync(DRAWING) ? readFileSync(DRAWING, 'utf8') : ''
/** room → { rooms: the rooms it may import, or only the types of; packages: what it may import from elsewhere }. */
const ROOMS = roomsOf('Room')
/** The same of server/src/. */
const SERVER_ROOMS = roomsOf('Server room')
const SERVER = join('server', 'src')
/** room of native/ → { rooms: the rooms whose headers it may include }. */
const NATIVE_ROOMS = roomsOf('C\\+\\+ room')

for (const rooms of [ROOMS, SERVER_ROOMS, NATIVE_ROOMS]) refuseCircles(rooms)
for (const file of walk('src').filter(name => name.endsWith('.ts'))) checkImports(file, 'src', ROOMS)
for (const file of walk(SERVER).filter(name => name.endsWith('.ts'))) checkImports(file, SERVER, SERVER_ROOMS)
for (const file of walk('native').filter(name => /\.(cc|h)$/.test(name))) checkIncludes(file)
for (const folder of CODE) checkFolders(folder)
for (const file of ['src', 'native', 'server'].flatMap(walk)) checkLength(file)
for (const file of [...CODE, 'docs'].flatMap(walk)) {
  if (!isOurs(file)) continue
  if (/\.(ts|mjs|js|cc|h|md)$/.test(file)) checkMarks(file)
  if (/\.(ts|mjs|js|cc|h)$/.test(file) && !GENERATED.includes(file)) checkColumns(file)
}

if (problems.length > 0) {
  console.log(problems.join('\n'))
  process.exitCode = 1
}

/** Rows `| `room` | `a`, types of `b` | rxjs |` under a table whose first heading is `heading`. */
function roomsOf(heading) {
  const table = new RegExp(`^\\| ${heading} \\|[^\\n]*\\n\\|[-| ]+\\n((?:\\|[^\\n]*\\n)*)`, 'm').exec(`${drawing}\n`)
  const rooms = new Map()
  for (const row of table?.[1].trim().split('\n') ?? []) {
    const [names, others, foreign = ''] = row.split('|').slice(1, -1)
    for (const [, name] of names.matchAll(/`([\w-]+)`/g)) {
      const arrows = [...others.matchAll(/(types of )?`([\w-]+)`/g)]
      rooms.set(name, {
        rooms: new Map(arrows.map(([, type, other]) => [other, type ? 'type' : 'any'])),
        packages: [...foreign.matchAll(/`([\w@/-]+)`/g)].map(([, name]) => name),
      })
    }
  }
  return rooms
}

/** Refuses a circle of imports in the drawing. */
function refuseCircles(rooms) {
  const open = new Set()
  const done = new Set()
  const visit = (room, way) => {
    if (done.has(room)) return
    if (open.has(room)) {
      problems.push(`${DRAWING}: a circle: ${[...way.slice(way.indexOf(room)), room].join(' → ')}`)
      return
    }
    open.add(room)
    for (const other of rooms.get(room)?.rooms.keys() ?? []) visit(other, [...way, room])
    open.delete(room)
    done.add(room)
  }
  for (const room of rooms.keys()) visit(room, [])
}

/** @param top folder of the rooms; its index file is in none */
function checkImports(file, top, rooms) {
  const room = roomOf(file, top)
  const text = withoutComments(readFileSync(file, 'utf8'))
  if (file !== join(top, 'index.ts') && !rooms.has(room)) {
    problems.push(`${file} is in no room: ${top}/ holds index.ts and ${[...rooms.keys()].join(', ')}`)
    return
  }
  for (const { name, type, index } of importsOf(text)) {
    const message = verdict({ file, room, top, rooms }, name, type)
    if (message) complain(file, text, { index, message })
  }
  const addon = /['"`][^'"`\n]*\.node['"`]|\bdlopen\b/.exec(text)
  if (!addon || dirname(file) === ADDON) return
  complain(file, text, { index: addon.index, message: `loads the addon; only ${ADDON} may` })
}

/** Why this import is wrong; undefined: it is right. */
function verdict({ file, room, top, rooms }, name, type) {
  if (name.startsWith('node:')) return undefined
  if (!name.startsWith('.')) {
    const known = [...rooms.values()].flatMap(({ packages }) => packages)
    const owner = known.find(key => name === key || name.startsWith(`${key}/`)) ?? name
    if (room === 'index') return owner === 'rxjs' ? undefined : `index may not import ${owner}`
    return rooms.get(room).packages.includes(owner) ? undefined : `${room} may not import ${owner}`
  }
  const target = normalize(join(dirname(file), name))
  // The binding finds the compiled addon in build/, outside src/.
  if (relative(top, target).startsWith('..')) {
    return dirname(file) === ADDON ? undefined : `imports ${target}, outside ${top}/`
  }
  const other = roomOf(target, top)
  if (room === 'index' || other === room) return undefined
  const allowed = rooms.get(room).rooms.get(other)
  if (!allowed) return `${room} may not import ${other}`
  if (allowed === 'type' && !type) return `${room} may import only types of ${other}: use 'import type'`
  return undefined
}

/** 'core' of src/core/frame.ts; 'index' of src/index.ts, and of an import of src itself. */
function roomOf(path, top) {
  const [first = 'index'] = relative(top, path)
    .replace(/\.[tj]s$/, '')
    .split('/')
  return first === '' ? 'index' : first
}

function* importsOf(text) {
  for (const found of text.matchAll(/\b(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\sfrom\s+)?['"]([^'"]+)['"]/g)) {
    yield { name: found[2], type: found[1] !== undefined, index: found.index }
  }
  for (const found of text.matchAll(/(?<![.\w])(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/g)) {
    yield { name: found[1], type: false, index: found.index }
  }
}

function checkIncludes(file) {
  const [room, name] = relative('native', file).split('/')
  const text = withoutComments(readFileSync(file, 'utf8'))
  // The one file outside of the rooms registers what each of them exports.
  if (name === undefined) {
    if (room !== 'addon.cc') problems.push(`${file} is in no room: native/ holds addon.cc and its rooms`)
    return
  }
  if (!NATIVE_ROOMS.has(room)) {
    problems.push(`${file} is in no room: native/ holds ${[...NATIVE_ROOMS.keys()].join(', ')}`)
    return
  }
  for (const { 1: path, index } of text.matchAll(/^#include "([^"]+)"/gm)) {
    const [other, rest] = path.split('/')
    if (rest === undefined) complain(file, text, { index, message: `includes ${path} without its room` })
    else if (other !== room && !NATIVE_ROOMS.get(room).rooms.has(other)) {
      complain(file, text, { index, message: `${room} may not include ${other}` })
    }
  }
}

/** Refuses folders with too many files. */
function checkFolders(top) {
  const counts = new Map()
  for (const file of walk(top)) {
    if (!isOurs(file)) continue
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  }
  for (const [folder, count] of counts) {
    if (count > MOST_FILES) problems.push(`${folder} holds ${count} files; ${MOST_FILES} at most: give them rooms`)
  }
}

/** Refuses files with too many lines. */
function checkLength(file) {
  if (!/\.(ts|cc|h)$/.test(file) || GENERATED.includes(file)) return
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').length
  if (lines > MOST_LINES) problems.push(`${file} has ${lines} lines; ${MOST_LINES} at most: divide it`)
}

/** Whether the file is part of the project, and was not put there by npm or a build. */
function isOurs(file) {
  return !/(^|\/)(node_modules|dist|build)\//.test(file)
}

/** Removes comments, whose examples may import anything. Line breaks stay, so that line numbers do. */
function withoutComments(text) {
  const blank = comment => comment.replace(/[^\n]/g, ' ')
  return text.replace(/^[ \t]*\/\*[^]*?\*\//gm, blank).replace(/^[ \t]*\/\/.*$/gm, blank)
}

/** Refuses long lines: the formatter does not shorten strings, comments and titles of tests. */
function checkColumns(file) {
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((text, i) => {
      // Characters, not UTF-16 units.
      const columns = [...text].length
      if (columns > MOST_COLUMNS) problems.push(`${file}:${i + 1} has ${columns} columns; ${MOST_COLUMNS} at most`)
    })
}

function checkMarks(file) {
  const text = readFileSync(file, 'utf8')
  const found = MARKS.exec(text)
  if (found) complain(file, text, { index: found.index, message: `${found[0]}: finish it, or write it down elsewhere` })
}
