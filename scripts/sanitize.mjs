// The sanitizer run: a command with an addon under AddressSanitizer and UndefinedBehaviorSanitizer. A bad read or write
// is a report, and ends the process.
//
//   npm run sanitize -- node scripts/fuzz.mjs --seconds 60
//   npm run sanitize -- node scripts/test.mjs hostile capture/stop
//
// The command runs in a copy of the checkout, build/sanitized, with a new build of the addon; the checkout's own stays
// as it is. Needs g++ alone. Leaks are not looked for: Node and GLib keep things to the end on purpose. What is
// undefined ends the process with a stack on stderr. Exit status: the command's, or 1 with any report.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addonReason, buildAddon } from './lib/addon.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const copy = join(root, 'build/sanitized')
const reports = join(copy, 'reports')
const [command, ...args] = process.argv.slice(2)
if (!command) {
  console.error('which command? npm run sanitize -- node scripts/fuzz.mjs --seconds 60')
  process.exit(2)
}

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
mkdirSync(copy, { recursive: true })
for (const name of [...tracked.split('\0').filter(file => file && existsSync(join(root, file))), 'dist']) {
  cpSync(join(root, name), join(copy, name), { recursive: true, preserveTimestamps: true })
}
if (!existsSync(join(copy, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))

const flags = '-O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1'
process.env.CXXFLAGS = flags
process.env.LDFLAGS = flags
process.env.RXGST_UNITS = 'files' // each file is compiled by itself somewhere: it must include what it uses
if (addonReason(copy)) await buildAddon(copy)

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports)
const library = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim()
// V8 and GStreamer handle some signals themselves, which must not become reports.
const asan = ['detect_leaks=0', 'allocator_may_return_null=1', 'handle_segv=1', `log_path=${join(reports, 'asan')}`]
const { status, signal, error } = spawnSync(command, args, {
  cwd: copy,
  stdio: 'inherit',
  env: {
    ...process.env,
    LD_PRELOAD: library,
    ASAN_OPTIONS: asan.join(':'),
    UBSAN_OPTIONS: `print_stacktrace=1:log_path=${join(reports, 'ubsan')}`,
  },
})
const found = readdirSync(reports)
for (const name of found) console.error(`── ${name}\n${readFileSync(join(reports, name), 'utf8')}`)
if (error) console.error(`${command} could not be started: ${error.message}`)
console.error(`${found.length} reports${signal ? `; ${command} died of ${signal}` : ''}`)
process.exit(found.length > 0 || signal ? 1 : (status ?? 1))
