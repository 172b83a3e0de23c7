// The build of dist/, by tsc, from the folders that tsconfig.json includes.

import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder, hashOf, readStamp, writeStamp } from './stamp.mjs'
import { runTask } from './task.mjs'

const stampFile = root => join(root, 'dist/.rxgst-setup')

// The lock stands for the compiler and for the types of other packages.
function currentStamp(root) {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
  const sources = include.flatMap(directory => filesUnder(root, directory, /\.ts$/))
  return hashOf(root, [...sources, 'tsconfig.json', 'package-lock.json'])
}

/** Why tsc has to run, or null. */
export function typescriptReason(root) {
  if (!existsSync(join(root, 'dist'))) return 'not compiled yet'
  return readStamp(stampFile(root)) === currentStamp(root) ? null : 'the sources changed'
}

export async function compileTypescript(root) {
  const stamp = currentStamp(root) // before compiling: a file saved meanwhile must count as a change
  removeOrphans(root)
  await runTask('TypeScript', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root], {
    cwd: root,
  })
  completeServer(root)
  writeStamp(stampFile(root), stamp)
}

/** Node.js reads there that the server's modules are of the newer kind. */
export const completeServer = root =>
  copyFileSync(join(root, 'server/package.json'), join(root, 'dist/server/package.json'))

// Removes output of deleted files, which tsc leaves: a test that no longer exists would go on passing.
function removeOrphans(root) {
  for (const file of filesUnder(root, 'dist', /\.(js|d\.ts|js\.map)$/)) {
    const source = file.slice('dist/'.length).replace(/\.(js|d\.ts|js\.map)$/, '.ts')
    if (!existsSync(join(root, source))) rmSync(join(root, file))
  }
}
