// What GStreamer's registry on this machine says about the elements of the packages that set-up installs.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BUILD_PACKAGES, RUNTIME_PACKAGES } from '../lib/packages.mjs'

/** Their elements depend on the devices of a machine, or on what else is installed. */
const LOCAL_PLUGINS = new Set([
  'va',
  'vaapi',
  'nvcodec',
  'qsv',
  'msdk',
  'amfcodec',
  'v4l2codecs',
  'vulkan',
  'ladspa',
  'lv2',
  'frei0r',
  'omx',
])
const LOCAL_ELEMENT = /^v4l2\w+(dec|enc|convert)$/

/** Compiles and runs walk.cc: a list of classes, enums and elements, each after what it needs. */
export function walkRegistry(root) {
  const folder = mkdtempSync(join(tmpdir(), 'rxgst-elements-'))
  try {
    const flags = output('pkg-config', ['--cflags', '--libs', 'gstreamer-1.0']).trim().split(/\s+/)
    const program = join(folder, 'walk')
    output('g++', [
      '-std=c++20',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-o',
      program,
      join(root, 'scripts/elements/walk.cc'),
      ...flags,
    ])
    const rows = output(program, [])
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    return chosen(rows)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The elements that count, with their packages, and of the rest only what these need. */
function chosen(rows) {
  const elements = rows.filter(
    row => row.element && row.file && !LOCAL_PLUGINS.has(row.plugin) && !LOCAL_ELEMENT.test(row.element),
  )
  const packages = packagesOf([...new Set(elements.map(({ file }) => realpathSync(file)))])
  const known = elements
    .map(element => ({ ...element, package: packages.get(realpathSync(element.file)) }))
    .filter(element => element.package !== undefined)
    .sort((a, b) => (a.element < b.element ? -1 : 1))
  const classes = new Map(rows.filter(row => row.properties).map(row => [row.class, row]))
  const used = new Map()
  const use = name => {
    const row = classes.get(name)
    if (!row || used.has(name)) return
    use(row.parent)
    used.set(name, row)
  }
  for (const element of known) use(element.class)
  const enums = new Map(rows.filter(row => row.enum).map(row => [row.enum, row.values]))
  return { elements: known, classes: used, enums }
}

/** file → Debian package, for those of the library's packages and of GStreamer's core, which they stand on. */
function packagesOf(files) {
  const found = new Map()
  const packages = new Set([...RUNTIME_PACKAGES, ...BUILD_PACKAGES])
  const { stdout } = spawnSync('dpkg-query', ['-S', ...files], { encoding: 'utf8' })
  for (const [, name, file] of stdout.matchAll(/^([^:\s]+)(?::\w+)?: (.+)$/gm)) {
    if (packages.has(name) || /^libgstreamer/.test(name)) found.set(file, name)
  }
  return found
}

/** The versions that decide what an element has: of GStreamer's packages, and of FFmpeg's and x264's libraries. */
export function versions() {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f=${Package} ${Version} ${db:Status-Abbrev}\n'], {
    encoding: 'utf8',
  })
  const rows = [
    ...stdout.matchAll(
      /^(gstreamer1\.0-(?:libav|plugins-\w+|x)|libgstreamer1\.0-0|libavcodec\d+|libx264-\d+) (\S+) ii/gm,
    ),
  ]
  return Object.fromEntries(rows.map(([, name, version]) => [name, version]).sort())
}

/** Debian's own list: the elements of every package that it has, installed or not. Empty where apt has no lists. */
export function debianElements() {
  const { stdout } = spawnSync('apt-cache', ['dumpavail'], { encoding: 'utf8', maxBuffer: 1 << 29 })
  const packages = new Map()
  for (const entry of (stdout ?? '').split('\n\n')) {
    const name = /^Package: (gstreamer1\.0-\S+)$/m.exec(entry)?.[1]
    const elements = /^Gstreamer-Elements: (.+)$/m.exec(entry)?.[1]
    if (name && elements) packages.set(name, elements.split(', ').sort())
  }
  return packages
}

function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status === 0) return stdout
  throw new Error(`${command} failed: ${error ?? stderr}`)
}
