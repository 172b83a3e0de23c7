// The addon's translation units: prints their paths, for binding.gyp's sources.
//
// One a room, and one a folder in a room: build/units/<room>.cc takes in every .cc of native/<room>, so that a compiler
// reads the headers of GStreamer, N-API and the standard library once a room and not once a file. That halves the time
// of a whole build. The files of a folder share their anonymous namespaces: two things with one name do not compile.
//
// RXGST_UNITS=files makes each file a unit of its own: for somebody who changes one file again and again, and to see
// that each includes what it uses.

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

const foldersIn = folder =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .flatMap(({ name }) => [`${folder}/${name}`, ...foldersIn(`${folder}/${name}`)])

const rooms = foldersIn('native')
  .map(folder => ({ file: `${units}/${folder.split('/').slice(1).join('-')}.cc`, sources: sourcesIn(folder) }))
  .filter(({ sources }) => sources.length > 0)

const bytesOf = ({ sources }) => sources.reduce((sum, file) => sum + statSync(join(root, file)).size, 0)

// The largest first: then no processor is left alone with one that began last.
rooms.sort((one, other) => bytesOf(other) - bytesOf(one))

function writeUnits() {
  mkdirSync(join(root, units), { recursive: true })
  const kept = new Set(rooms.map(({ file }) => file))
  for (const name of readdirSync(join(root, units))) {
    if (!kept.has(`${units}/${name}`)) rmSync(join(root, units, name))
  }
  for (const { file, sources } of rooms) {
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
console.log([...rooms.flatMap(({ file, sources }) => (byFile ? sources : [file])), ...sourcesIn('native')].join('\n'))
