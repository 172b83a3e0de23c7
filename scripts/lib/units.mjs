// The addon's translation units: prints their paths, for binding.gyp's sources.
//
// Few and full: build/units/<unit>.cc includes every .cc of one or more rooms of native, so that a compiler reads the
// headers of GStreamer, N-API and the standard library once for a unit and not once for a file. That halves the time of
// a whole build. The files of a unit share their anonymous namespaces: two things with one name do not compile.
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

/** Folders of native that make one unit. None takes longer than `pipeline`, so that more processors are of use, too. */
const TOGETHER = [
  ['pipeline', 'gi'],
  ['tap', 'gst', 'js'],
  ['capture', 'rtmp'],
  ['capture/codecs', 'capture/data'],
  ['output', 'pixels'],
  ['rtmp/protocol', 'rtmp/amf', 'rtmp/chunks', 'rtmp/tags'],
  ['rtmp/elements', 'rtmp/io'],
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
  }))
  .filter(({ sources }) => sources.length > 0)
// What joins the rooms has little of its own: no unit for it.
all.at(-1).sources.push(...sourcesIn('native'))

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
console.log(all.flatMap(({ file, sources }) => (byFile ? sources : [file])).join('\n'))
