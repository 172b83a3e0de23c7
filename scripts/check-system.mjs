// The package's "preinstall" script. npm runs it before any "install" script: what is missing is named here, once, and
// not by a compiler.

import { missingTools, missingToolsMessage } from './lib/toolchain.mjs'

const missing = missingTools()
if (missing.length > 0) {
  console.error(missingToolsMessage(missing))
  process.exitCode = 1
}
