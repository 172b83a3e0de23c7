// The package's "install" script: compiles the native addon, in the repository and in a project that depends on rxgst.
// Node's own modules only: nothing else is sure to be there.

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildAddon } from './lib/addon.mjs'
import { SetupError } from './lib/task.mjs'
import { missingTools, missingToolsMessage } from './lib/toolchain.mjs'

try {
  const missing = missingTools()
  if (missing.length > 0) throw new SetupError(missingToolsMessage(missing))
  await buildAddon(dirname(dirname(fileURLToPath(import.meta.url))), { clean: true })
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}
