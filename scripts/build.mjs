// The TypeScript build, always from the present sources: what "npm pack" packs.

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError } from './lib/task.mjs'
import { compileTypescript } from './lib/typescript.mjs'

try {
  await compileTypescript(dirname(dirname(fileURLToPath(import.meta.url))))
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}
