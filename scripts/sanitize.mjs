// The sanitizer run: a command with an addon under AddressSanitizer and UndefinedBehaviorSanitizer. A bad read or write
// is a report, and ends the process. With --threads under ThreadSanitizer: two threads at one place are a report.
//
//   npm run sanitize -- node scripts/fuzz.mjs --seconds 60
//   npm run sanitize -- node scripts/test.mjs hostile capture/stop
//   npm run sanitize -- --threads node scripts/test.mjs capture/stop
//
// The command runs in a copy of the checkout, build/sanitized or build/threads, with a new build of the addon; the
// checkout's own stays as it is. Needs g++ alone, and for threads setarch (util-linux). Leaks are not looked for: Node
// and GLib keep things to the end on purpose. What is undefined ends the process with a stack on stderr. Exit status:
// the command's, or 1 with any report.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addonReason, buildAddon } from './lib/addon.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const threads = process.argv[2] === '--threads'
const copy = join(root, threads ? 'build/threads' : 'build/sanitized')
const reports = join(copy, 'reports')
const [command, ...args] = process.argv.slice(threads ? 3 : 2)
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

const kinds = threads ? '-fsanitize=thread -Wno-tsan' : '-fsanitize=address,undefined -fno-sanitize-recover=undefined'
const flags = `-O1 ${kinds} -fno-omit-frame-pointer -g1`
process.env.CXXFLAGS = flags
process.env.LDFLAGS = flags
process.env.RXGST_UNITS = 'files' // each file is compiled by itself somewhere: it must include what it uses
if (addonReason(copy)) await buildAddon(copy)

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports)
const library = name => execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim()

function addressEnvironment() {
  // V8 and GStreamer handle some signals themselves, which must not become reports.
  const asan = ['detect_leaks=0', 'allocator_may_return_null=1', 'handle_segv=1', `log_path=${join(reports, 'asan')}`]
  return {
    LD_PRELOAD: library('libasan.so'),
    ASAN_OPTIONS: asan.join(':'),
    UBSAN_OPTIONS: `print_stacktrace=1:log_path=${join(reports, 'ubsan')}`,
  }
}

function threadEnvironment() {
  const edges = join(copy, 'build/lock-edges.so')
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'gstreamer-1.0'], { encoding: 'utf8' })
    .trim()
    .split(' ')
  const source = join(root, 'scripts/lib/lock-edges.cc')
  execFileSync('g++', ['-std=c++20', '-O1', '-shared', '-fPIC', '-Wl,--no-as-needed', '-o', edges, source, ...flags])
  const suppressions = join(root, 'scripts/lib/thread-suppressions.txt')
  const tsan = ['halt_on_error=0', 'exitcode=0', `suppressions=${suppressions}`, `log_path=${join(reports, 'tsan')}`]
  return { LD_PRELOAD: `${library('libtsan.so')}:${edges}`, TSAN_OPTIONS: tsan.join(':') }
}

// ThreadSanitizer wants memory where it expects it.
const line = threads ? ['setarch', '-R', command, ...args] : [command, ...args]
const { status, signal, error } = spawnSync(line[0], line.slice(1), {
  cwd: copy,
  stdio: 'inherit',
  env: { ...process.env, ...(threads ? threadEnvironment() : addressEnvironment()) },
})
const found = readdirSync(reports)
for (const name of found) console.error(`── ${name}\n${readFileSync(join(reports, name), 'utf8')}`)
if (error) console.error(`${command} could not be started: ${error.message}`)
console.error(`${found.length} reports${signal ? `; ${command} died of ${signal}` : ''}`)
process.exit(found.length > 0 || signal ? 1 : (status ?? 1))
