// node-gyp without installing it, and without a download: npm brings one along, and Node often its headers.

import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupError } from './task.mjs'

// /usr for Debian's and NodeSource's packages, ~/.nvm/versions/node/v20… for nvm, and so on
const prefix = dirname(dirname(realpathSync(process.execPath)))

/** The arguments with which `process.execPath` runs node-gyp. */
export function nodeGyp(root) {
  const inNpm = 'node_modules/node-gyp/bin/node-gyp.js'
  const { npm_config_node_gyp: told, npm_execpath: npm } = process.env // npm tells its scripts
  const candidates = [
    ...(told ? [told] : []),
    ...(npm ? [join(dirname(dirname(npm)), inNpm)] : []),
    join(prefix, 'lib/node_modules/npm', inNpm),
    join(root, inNpm), // node-gtk depends on one
  ]
  const found = candidates.find(file => existsSync(file))
  if (!found) throw new SetupError(`node-gyp, which comes with npm, was not found in:\n  ${candidates.join('\n  ')}`)
  return [found]
}

/**
 * Environment of every native build here. With `nodedir` node-gyp takes the headers that came with this very Node;
 * otherwise it downloads them once, from nodejs.org. Headers of another version beside it are worse than none.
 */
export function buildEnvironment() {
  const env = { JOBS: 'max' }
  if (!process.env.npm_config_nodedir && headersVersion() === process.versions.node) env.npm_config_nodedir = prefix
  return env
}

function headersVersion() {
  const header = join(prefix, 'include/node/node_version.h')
  if (!existsSync(header)) return null
  const text = readFileSync(header, 'utf8')
  return ['MAJOR', 'MINOR', 'PATCH'].map(part => text.match(`NODE_${part}_VERSION (\\d+)`)?.[1]).join('.')
}
