// The package's "install" script: compiles the addon if the prebuilt one does not load here.
//
//   npm_config_build_from_source=true npm install …   compiles in any case
//
// Uses Node's own modules only, and node-gyp-build if it is installed.

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildAddon } from './lib/addon.mjs'
import { addonFile, loadError } from './lib/prebuilt.mjs'
import { SetupError } from './lib/task.mjs'
import { missingTools, missingToolsMessage } from './lib/toolchain.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

async function install() {
  let error = null
  if (process.env.npm_config_build_from_source !== 'true') {
    const file = addonFile(root)
    if (file !== null) error = loadError(file)
    if (file !== null && error === null) return
  }
  const missing = missingTools()
  if (missing.length > 0) throw new SetupError(missingToolsMessage(missing, error))
  await buildAddon(root, { clean: true })
}

try {
  await install()
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}
