// node_modules as package-lock.json has it, and in it node-gtk, which rxgst/gi needs and which has to be compiled.

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildEnvironment } from './node-gyp.mjs'
import { hashOf, readStamp, writeStamp } from './stamp.mjs'
import { runTask, SetupError } from './task.mjs'

const stampFile = root => join(root, 'node_modules/.rxgst-setup.json')
const currentStamp = root => JSON.stringify({ lock: hashOf(root, ['package-lock.json']) })

/** Why `npm ci` has to run, or null. */
export function dependenciesReason(root) {
  if (!existsSync(join(root, 'node_modules'))) return 'not there'
  if (readStamp(stampFile(root)) === currentStamp(root)) return null
  if (!npmInstalledTheLock(root)) return 'package-lock.json changed'
  writeStamp(stampFile(root), currentStamp(root)) // npm was run by hand, with success
  return null
}

/** Install scripts wait: ours and node-gtk's are steps of their own, each with its own reason and its own message. */
export async function installDependencies(root) {
  rmSync(stampFile(root), { force: true })
  // The compiler is a devDependency, which NODE_ENV=production would leave out.
  await npm(root, 'npm ci', ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'])
  writeStamp(stampFile(root), currentStamp(root))
}

/** Why node-gtk has to be compiled, or null. It is made against V8 itself: each Node's ABI has its own folder. */
export function nodeGtkReason(root) {
  const abi = `node-v${process.versions.modules}-${process.platform}-${process.arch}`
  return existsSync(join(root, 'node_modules/node-gtk/lib/binding', abi, 'node_gtk.node')) ? null : 'not built yet'
}

/** Compiles it without asking for a ready binary: there is none for Node 20, and a blocked network answers late. */
export async function buildNodeGtk(root) {
  const env = { ...buildEnvironment(), npm_config_build_from_source: 'true' }
  await npm(root, 'node-gtk (compiling, about a minute)', ['rebuild', 'node-gtk'], env)
  // npm 12 passes over scripts it was not allowed to run, and ends well. package.json's allowScripts names this one.
  if (nodeGtkReason(root)) throw new SetupError('npm did not run the install script of node-gtk')
}

/** Why the peers of the benchmarks have to be installed, or null. */
export function peersReason(root) {
  const bench = join(root, 'bench')
  return existsSync(join(bench, 'node_modules')) && readStamp(stampFile(bench)) === currentStamp(bench)
    ? null
    : 'not installed'
}

/** Into bench/node_modules, so that no user of the library gets them. node-av's own script would download a program. */
export async function installPeers(root) {
  const bench = join(root, 'bench')
  rmSync(stampFile(bench), { force: true })
  await npm(bench, 'peers of the benchmarks', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
  await npm(bench, 'gstreamer-superficial (compiling)', ['rebuild', 'gstreamer-superficial'], buildEnvironment())
  writeStamp(stampFile(bench), currentStamp(bench))
}

// The npm that runs us, when it is npm that runs us
function npm(root, title, args, env) {
  const running = process.env.npm_execpath ?? ''
  return basename(running) === 'npm-cli.js'
    ? runTask(title, process.execPath, [running, ...args], { cwd: root, env })
    : runTask(title, 'npm', args, { cwd: root, env })
}

// npm notes what it put into node_modules in the lock's own format, once all of it is there.
function npmInstalledTheLock(root) {
  const note = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(note)) return false
  const packagesIn = file => JSON.parse(readFileSync(file, 'utf8')).packages
  const installed = packagesIn(note)
  return Object.entries(packagesIn(join(root, 'package-lock.json'))).every(
    ([path, wanted]) => path === '' || wanted.optional || installed[path]?.integrity === wanted.integrity,
  )
}
