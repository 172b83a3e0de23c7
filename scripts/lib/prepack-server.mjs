// What "npm pack" of the workspace server/ packs: the compiled server, from dist/server of this checkout.
//
//   npm pack --workspace rxgst-server

import { cpSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError } from './task.mjs'
import { compileTypescript } from './typescript.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const target = join(root, 'server/dist')

try {
  await compileTypescript(root)
  rmSync(target, { recursive: true, force: true })
  cpSync(join(root, 'dist/server/src'), join(target, 'src'), { recursive: true })
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}
