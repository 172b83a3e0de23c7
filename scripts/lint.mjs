// The linter: biome for TypeScript and JavaScript, clang-format for C++, the arrows between the rooms, and duplicates.
// Part of the test command, as the test 'lint'.
//
//   npm run lint      reports, and changes nothing; exit status 1 when there is something to report
//   npm run format    corrects everything that a program can correct
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { walk } from './test/files.mjs'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

const write = process.argv.includes('--write')
const bin = name => join('node_modules', '.bin', name)

/** Runs a program; a program that fails makes this command fail, but the others still run. */
function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) console.error(`${command}: ${error.message}`)
  if (status !== 0) process.exitCode = 1
}

const sources = ['native', 'test', 'scripts'].flatMap(walk).filter(file => /\.(cc|h)$/.test(file))

if (write) run(bin('biome'), 'check', '--write', '.')
else run(bin('biome'), 'check', '--error-on-warnings', '.')
// clang-format walks no folders.
run(bin('clang-format'), ...(write ? ['-i'] : ['--dry-run', '--Werror']), ...sources)
if (!write) {
  run(process.execPath, join('scripts', 'check-arrows.mjs'))
  run(process.execPath, join('scripts', 'check-duplicates.mjs'))
}
