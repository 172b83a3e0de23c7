// Makes a checkout ready to run: "npm start" and "npm test" call it first. Each step asks whether it is needed, by
// content and not by time, and says so; with nothing to do it takes a tenth of a second and says nothing.
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
  missingPackages,
  RUNTIME_PACKAGES,
} from './lib/packages.mjs'
import { SetupError } from './lib/task.mjs'
import { compileTypescript, typescriptReason } from './lib/typescript.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values: options } = parseArgs({
  options: { dev: { type: 'boolean' }, bench: { type: 'boolean' }, check: { type: 'boolean' } },
})

const packages = [
  ...RUNTIME_PACKAGES,
  ...BUILD_PACKAGES,
  ...(options.dev || options.bench ? DEVELOPMENT_PACKAGES : []),
  ...(options.bench ? BENCH_PACKAGES : []),
]
const toInstall = () => (process.env.RXGST_SKIP_PACKAGES ? [] : (missingPackages(packages) ?? packages))

// In this order: each needs the ones before it.
const steps = [
  {
    name: 'Debian packages',
    reason: () => (toInstall().length > 0 ? `missing: ${toInstall().join(' ')}` : null),
    run: () => installPackages(toInstall()),
  },
  { name: 'node_modules', reason: () => dependenciesReason(root), run: () => installDependencies(root) },
  {
    name: 'node-gtk',
    reason: () => (options.dev || options.bench ? nodeGtkReason(root) : null),
    run: () => buildNodeGtk(root),
  },
  { name: 'native addon', reason: () => addonReason(root), run: () => buildAddon(root) },
  { name: 'peers', reason: () => (options.bench ? peersReason(root) : null), run: () => installPeers(root) },
  { name: 'TypeScript', reason: () => typescriptReason(root), run: () => compileTypescript(root) },
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
  let done = 0
  for (const { reason, run } of steps) {
    if (!reason()) continue
    if (done++ === 0) console.log('Setting up rxgst')
    await run()
  }
  if (done > 0) console.log(`Ready after ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
}

try {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) throw new SetupError(`rxgst needs Node.js 20 or later; this is ${process.version}.`)
  await (options.check ? check() : setUp())
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}
