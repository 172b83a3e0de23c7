// The addon's translation units: prints the paths of one part of them, for the sources of a target in binding.gyp.
//
//   node scripts/lib/units.mjs loops | rest
//
// Few and full: build/units/<unit>.cc includes every .cc of one or more rooms of native, so that a compiler reads the
// headers of GStreamer, N-API and the standard library, and compiles what their templates become, once for a unit and
// not once for a file. That halves the time of a whole build. The files of a unit share their anonymous namespaces: two
// things with one name do not compile.
//
// RXGST_UNITS=files makes each file a unit of its own: for quick builds after changes of one file, and to check
// that each file includes everything that it uses.

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const units = 'build/units'

const sourcesIn = folder =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.cc'))
    .sort()
    .map(name => `${folder}/${name}`)

/** Rooms whose loops run over pixels and samples: -O3 makes some of these loops ten times as fast, and no others. */
const LOOPS = ['pixels', 'meter']

/** Folders of native that make one unit. The units take about the same time, so that no processor waits long. */
const TOGETHER = [
  LOOPS,
  ['pipeline', 'gi', 'js', 'gst'],
  ['capture', 'capture/inputs', 'rtmp', 'rtmp/relay'],
  [
    'capture/codecs',
    'capture/data',
    'capture/captions',
    'capture/analysis',
    'tap',
    'tap/share',
    'output',
    'output/stream',
    'output/outlets',
    'output/captions',
    'mux',
    'record',
  ],
  ['rtmp/protocol', 'rtmp/amf', 'rtmp/chunks', 'rtmp/tags', 'rtmp/elements', 'rtmp/io'],
]

const foldersIn = folder =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .flatMap(({ name }) => [`${folder}/${name}`, ...foldersIn(`${folder}/${name}`)])

const folders = foldersIn('native').map(folder => folder.slice('native/'.length))
const alone = folders.filter(folder => !TOGETHER.flat().includes(folder)).map(folder => [folder])

const all = [...TOGETHER, ...alone]
  .map(names => ({
    file: `${units}/${names[0].replaceAll('/', '-')}.cc`,
    sources: names.flatMap(name => sourcesIn(`native/${name}`)),
    part: names === LOOPS ? 'loops' : 'rest',
  }))
  .filter(({ sources }) => sources.length > 0)
// What joins the rooms has little of its own: no unit for it.
all.findLast(({ part }) => part === 'rest').sources.push(...sourcesIn('native'))

const bytesOf = ({ sources }) => sources.reduce((sum, file) => sum + statSync(join(root, file)).size, 0)

// The largest first, so that no processor ends with a large one alone.
all.sort((one, other) => bytesOf(other) - bytesOf(one))

function writeUnits() {
  mkdirSync(join(root, units), { recursive: true })
  const kept = new Set(all.map(({ file }) => file))
  for (const name of readdirSync(join(root, units))) {
    if (!kept.has(`${units}/${name}`)) rmSync(join(root, units, name))
  }
  for (const { file, sources } of all) {
    const text = sources.map(source => `#include "${source.slice('native/'.length)}"\n`).join('')
    // make compiles what has a newer time.
    if (textOf(join(root, file)) !== text) writeFileSync(join(root, file), text)
  }
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

const byFile = process.env.RXGST_UNITS === 'files'
if (!byFile) writeUnits()
const wanted = all.filter(({ part }) => part === process.argv[2])
console.log(wanted.flatMap(({ file, sources }) => (byFile ? sources : [file])).join('\n'))
