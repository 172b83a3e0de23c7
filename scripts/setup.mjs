// Makes a checkout ready to run: "npm start" and "npm test" call it first. Each step asks whether it is needed, by
// content and not by time, and says so; with nothing to do it takes a tenth of a second and says nothing. Steps that do
// not need one another run side by side.
//
//   node scripts/setup.mjs            everything to run the library
//   node scripts/setup.mjs --dev      also everything for its tests: peers, and node-gtk for rxgst/gi
//   node scripts/setup.mjs --bench    also the other libraries of the benchmarks (implies --dev)
//   node scripts/setup.mjs --check    only reports; exit code 1 when something is missing
//
// Uses Node's own modules only, since it makes node_modules itself.

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { addonReason, buildAddon } from './lib/addon.mjs'
import { installPackages } from './lib/apt.mjs'
import {
  buildNodeGtk,
  dependenciesReason,
  installDependencies,
  installPeers,
  nodeGtkReason,
  peersReason,
} from './lib/dependencies.mjs'
import {
  BENCH_PACKAGES,
  BUILD_PACKAGES,
  DEVELOPMENT_PACKAGES,
  INTROSPECTION_BUILD_PACKAGES,
  missingPackages,
  RUNTIME_PACKAGES,
} from './lib/packages.mjs'
import { runSteps } from './lib/steps.mjs'
import { SetupError } from './lib/task.mjs'
import { compileTypescript, typescriptReason } from './lib/typescript.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values: options } = parseArgs({
  options: { dev: { type: 'boolean' }, bench: { type: 'boolean' }, check: { type: 'boolean' } },
})

const develops = options.dev || options.bench
const toCompile = [...BUILD_PACKAGES, ...(develops ? INTROSPECTION_BUILD_PACKAGES : [])]
const packages = [
  ...RUNTIME_PACKAGES,
  ...(develops ? DEVELOPMENT_PACKAGES : []),
  ...(options.bench ? BENCH_PACKAGES : []),
]
const lacking = names => (process.env.RXGST_SKIP_PACKAGES ? [] : (missingPackages(names) ?? names))
const packagesStep = (name, names, after) => ({
  name,
  after,
  reason: () => (lacking(names).length > 0 ? `missing: ${lacking(names).join(' ')}` : null),
  run: () => installPackages(name, lacking(names)),
})

/** The compiler takes every processor, apt-get one and for longer: that one must not wait. */
const NICE = 5

// The compiler and its headers come first: the addon compiles while apt-get installs all else.
const steps = [
  packagesStep('Debian packages to compile', toCompile),
  packagesStep('Debian packages', packages, ['Debian packages to compile']),
  { name: 'node_modules', reason: () => dependenciesReason(root), run: () => installDependencies(root) },
  {
    name: 'native addon',
    after: ['Debian packages to compile', 'node_modules'],
    reason: () => addonReason(root),
    run: () => buildAddon(root, { nice: NICE }),
  },
  {
    name: 'node-gtk',
    after: ['native addon'],
    reason: () => (develops ? nodeGtkReason(root) : null),
    run: () => buildNodeGtk(root),
  },
  {
    name: 'peers',
    after: ['node-gtk'],
    reason: () => (options.bench ? peersReason(root) : null),
    run: () => installPeers(root),
  },
  {
    name: 'TypeScript',
    after: ['node_modules'],
    reason: () => typescriptReason(root),
    run: () => compileTypescript(root),
  },
]

function check() {
  for (const { name, reason } of steps) {
    const why = reason()
    console.log(`${name}: ${why ?? 'ready'}`)
    if (why) process.exitCode = 1
  }
}

async function setUp() {
  const started = performance.now()
  const ran = await runSteps(steps, () => console.log('Setting up rxgst'))
  if (ran > 0) console.log(`Ready after ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
}

try {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) throw new SetupError(`rxgst needs Node.js 20 or later; this is ${process.version}.`)
  await (options.check ? check() : setUp())
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}
