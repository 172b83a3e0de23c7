// The native addon: build/Release/rxgst.node, made by node-gyp from native and binding.gyp.

import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { buildEnvironment, nodeGyp } from './node-gyp.mjs'
import { filesUnder, hashOf, readStamp, writeStamp } from './stamp.mjs'
import { runTask } from './task.mjs'

// In build/, so that cleaning removes it together with the addon
const stampFile = root => join(root, 'build/.rxgst-setup')

/** One hash of the addon's sources, and of `rest`. */
export function sourcesStamp(root, ...rest) {
  return hashOf(root, [...filesUnder(root, 'native', /\.(cc|h)$/), 'binding.gyp'], ...rest)
}

const currentStamp = root => sourcesStamp(root, process.arch, process.versions.modules)

/** Why the addon has to be built, or null. */
export function addonReason(root) {
  if (!existsSync(join(root, 'build/Release/rxgst.node'))) return 'not built yet'
  return readStamp(stampFile(root)) === currentStamp(root) ? null : 'its sources or Node changed'
}

/**
 * Compiles what changed since the last build; everything with `clean`, or where there was none for this Node. `nice`
 * lets what runs beside it go first: all processors are taken.
 */
export async function buildAddon(root, { clean = false, nice = 0 } = {}) {
  const stamp = currentStamp(root) // before compiling: a file saved meanwhile must count as a change
  const began = Date.now()
  // Configuring takes a second and finds new files; make then compiles the changed ones.
  const commands = !clean && isConfiguredForThisNode(root) ? ['configure', 'build'] : ['rebuild']
  await runTask('native addon', process.execPath, [...nodeGyp(root), ...commands, '--loglevel=warn'], {
    cwd: root,
    env: buildEnvironment(),
    nice,
  })
  renewSaved(root, began)
  writeStamp(stampFile(root), stamp)
}

/**
 * Makes files that were saved since then newer than what was made of their old content, which make would keep:
 * a checkout that changes while it is compiled.
 */
function renewSaved(root, since) {
  const now = new Date()
  for (const file of filesUnder(root, 'native', /\.(cc|h)$/)) {
    const path = join(root, file)
    if (statSync(path).mtimeMs >= since) utimesSync(path, now, now)
  }
}

// make does not see that Node's headers, and with them the ABI, changed: then nothing of the old build may stay.
function isConfiguredForThisNode(root) {
  const file = join(root, 'build/config.gypi')
  if (!existsSync(file)) return false
  const text = readFileSync(file, 'utf8')
  return (
    text.includes(`"node_module_version": ${process.versions.modules},`) &&
    text.includes(`"target_arch": "${process.arch}"`)
  )
}
