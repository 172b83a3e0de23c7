// The generator of the tables of GStreamer's elements, from the registry of this machine:
//
//   src/pipelines/elements/elements.ts        the properties of every element, as types
//   src/pipelines/elements/table.ts   packages, ends of rows, URIs
//   scripts/elements/versions.json   the Debian packages that they were made from
//
//   node scripts/generate-elements.mjs           writes them
//   node scripts/generate-elements.mjs --check   compares them with this machine's (exit status 1: they differ;
// 2: unknown, since its packages are not those recorded)
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { debianElements, versions, walkRegistry } from './elements/registry.mjs'
import { elementTable } from './elements/table.mjs'
import { elementTypes } from './elements/types.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const files = {
  types: 'src/pipelines/elements/elements.ts',
  table: 'src/pipelines/elements/table.ts',
  versions: 'scripts/elements/versions.json',
}
const MADE = '// Made by scripts/generate-elements.mjs; never edited by hand.\n'

const here = versions()
const read = name => readFileSync(join(root, files[name]), 'utf8')

if (process.argv.includes('--check')) {
  const recorded = JSON.parse(read('versions'))
  const other = Object.keys({ ...recorded, ...here }).filter(name => recorded[name] !== here[name])
  if (other.length > 0) {
    const told = other.map(name => `${name} ${here[name] ?? 'not installed'}, recorded ${recorded[name] ?? 'none'}`)
    console.log(`other versions: ${told.join('; ')}`)
    process.exit(2)
  }
  const made = make()
  // The registry lacks the elements of Debian's other packages; the lists of apt may be missing, or newer.
  const strip = text => text.replace(/export const PACKAGES[^]*?\n}\n/, '')
  const drifted = [
    ...(read('types') === made.types ? [] : [files.types]),
    ...(strip(read('table')) === strip(made.table) ? [] : [files.table]),
  ]
  if (drifted.length > 0)
    console.log(`not what this machine would make: ${drifted.join(', ')}; run node scripts/generate-elements.mjs`)
  process.exit(drifted.length > 0 ? 1 : 0)
}

const made = make()
for (const name of ['types', 'table']) writeFileSync(join(root, files[name]), made[name])
writeFileSync(join(root, files.versions), `${JSON.stringify(here, null, 2)}\n`)
console.log(`${made.count} elements`)

/** '1.22.0' of '1.22.0-2+deb12u1'. */
function upstream(packages) {
  return packages['libgstreamer1.0-0'].replace(/^\d+:/, '').replace(/-[^-]*$/, '')
}

function make() {
  const registry = walkRegistry(root)
  const debian = debianElements()
  if (debian.size === 0 && !process.argv.includes('--check'))
    throw new Error('apt has no package lists: run "apt-get update" first')
  // Another version has other properties: who reads the types sees of which they are.
  const made = `${MADE.trimEnd()} From GStreamer ${upstream(here)}.\n`
  const head = `${made}import type { Flags, Fraction, Long } from './kinds'\n\n`
  return {
    types: head + elementTypes(registry),
    table: `${MADE}\n${elementTable(registry, debian)}`,
    count: registry.elements.length,
  }
}
