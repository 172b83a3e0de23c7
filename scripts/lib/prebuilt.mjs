// The prebuilt addon of the package: prebuilds/linux-x64/node.napi.glibc.node, a name that node-gyp-build reads.

import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** From the package's folder. */
export const PREBUILT_FILE = 'prebuilds/linux-x64/node.napi.glibc.node'

/** The file that a program would load, compiled here or prebuilt; null: there is none for this system. */
export function addonFile(root) {
  try {
    return createRequire(join(root, 'package.json'))('node-gyp-build').path(root)
  } catch {
    return null
  }
}

/**
 * Why an addon's file does not load, tried in a process of its own; null: it loads. The file is linked so that the
 * linker looks for everything at once: libraries, their functions, and the versions of both.
 */
export function loadError(file) {
  const code = 'try { require(process.argv[1]) } catch (error) { process.exitCode = 1; console.log(error.message) }'
  const { status, signal, stdout } = spawnSync(process.execPath, ['-e', code, file], { encoding: 'utf8' })
  if (status === 0) return null
  return stdout.trim().split('\n')[0] || `it ends with ${signal ?? `exit code ${status}`}`
}
