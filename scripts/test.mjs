// The test command: compiles, lints, runs every test file in a process of its own.
//
//   npm test                      the quick suite: set up, some ten minutes on two cores
//   npm run test:all              everything: the quick suite, then the deep one
//   npm test -- capture monitor   the files of both suites whose path holds one of these words
//   npm test -- --jobs=2          two files at a time; by itself npm test takes five, since most of them wait; files of
//                                 the deep suite work more: test:all takes two of them at a time
//   node scripts/test.mjs --no-build --suite=deep
//   node scripts/test.mjs --deadline=60 --grace=10 --files a.js b.js
//
// A file belongs to the quick suite unless it says `// suite: deep`. Files that keep a processor busy by themselves
// share a lane (`// lane: browser`), in which one runs at a time: beside each other they would slow all down. The last
// line is always `N passed, N failed`; the exit status is 0 only when each suite passed something and nothing failed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completeServer } from './lib/typescript.mjs'
import { marksOf, removeStale, SUITES, walk } from './test/files.mjs'
import { runFile } from './test/run-file.mjs'

const here = dirname(fileURLToPath(import.meta.url))
process.chdir(dirname(here))

/** A file that says that it may take this long, in seconds, starts early: at the end all others would wait for it. */
const LONG_S = 400

const TEST_FOLDERS = [join('dist', 'test'), join('dist', 'server', 'test')]

/** The title of what a file that failed has printed. */
const OUTPUT = '(its output)'

let passed = 0
let failed = 0
const failures = []

const options = { build: true, jobs: 1, deepJobs: undefined, deadline: 600, grace: 10, files: false, suite: undefined }
const words = []
for (const argument of process.argv.slice(2)) {
  const [name, value] = argument.split('=')
  if (name === '--jobs') options.jobs = value ? Number(value) : 2
  else if (name === '--deep-jobs') options.deepJobs = Number(value)
  else if (name === '--deadline' || name === '--grace') options[name.slice(2)] = Number(value)
  else if (name === '--no-build') options.build = false
  else if (name === '--files') options.files = true
  else if (name === '--suite' && [...SUITES, 'all'].includes(value)) options.suite = value
  else if (name.startsWith('-')) end(`unknown option ${argument}`)
  else words.push(argument)
}

const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const kill of running) kill()
    end(`stopped by ${signal}`)
  })
}

if (options.files) {
  if (words.length === 0) end('no test file named')
  await runAll(words.map(runOf))
} else {
  if (options.build) compile()
  for (const { name, runs } of suites()) {
    const before = { passed, failed, from: performance.now() }
    await runAll(runs, name === 'deep' ? options.deepJobs : options.jobs)
    if (passed === before.passed && failed === before.failed) end(`the ${name} suite ran nothing`)
    const seconds = ((performance.now() - before.from) / 1000).toFixed(0)
    console.log(`──      ${name}: ${passed - before.passed} passed, ${failed - before.failed} failed, ${seconds} s`)
  }
}
end()

function compile() {
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc')
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [tsc, '-p', '.'], { encoding: 'utf8' })
  if (status !== 0) {
    fail('tsc', '', error ? String(error) : stdout + stderr)
    end()
  }
  completeServer('.')
  for (const folder of TEST_FOLDERS) removeStale(folder)
}

/**
 * The files to run: the quick suite, both suites, or the files that the words name. A word without a file is an error.
 */
function suites() {
  const chosen = path => words.length === 0 || words.some(word => path.includes(word))
  const files = TEST_FOLDERS.flatMap(folder => walk(folder)).filter(
    file => file.endsWith('.test.js') && chosen(file.slice(5)),
  )
  const runs = files.map(runOf)
  const lint = { start: runLint, suite: 'quick', long: true }
  if (chosen('lint')) runs.unshift(lint)
  if (runs.length === 0) end('no test file found')
  const wanted = options.suite ?? (words.length > 0 ? 'all' : 'quick')
  if (words.length > 0 && wanted === 'all') return [{ name: words.join(', '), runs }]
  return SUITES.filter(name => name === wanted || wanted === 'all').map(name => ({
    name,
    runs: runs.filter(run => run.suite === name),
  }))
}

function runOf(file) {
  const { suite, deadline, lane } = marksOf(file)
  const long = deadline !== undefined && deadline >= LONG_S
  return { start: () => runTests(file, deadline ?? options.deadline), suite, long, lane }
}

async function runAll(runs, jobs = options.jobs) {
  const waiting = [...runs.filter(run => run.long), ...runs.filter(run => !run.long)]
  const lanes = new Set()
  const idle = []
  const worker = async () => {
    while (waiting.length > 0) {
      const at = waiting.findIndex(({ lane }) => !lanes.has(lane))
      if (at < 0) {
        await new Promise(resolve => idle.push(resolve))
        continue
      }
      const [run] = waiting.splice(at, 1)
      if (run.lane) lanes.add(run.lane)
      await run.start()
      lanes.delete(run.lane)
      for (const resume of idle.splice(0)) resume()
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
}

/** Counts as one test. */
async function runLint() {
  const from = performance.now()
  let output = ''
  const child = spawn(process.execPath, [join('scripts', 'lint.mjs')])
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  const status = await new Promise(resolve => child.on('close', resolve))
  if (status === 0) passed++
  else fail('lint', '', output)
  line('lint', status === 0 ? 1 : 0, status === 0 ? 0 : 1, 0, (performance.now() - from) / 1000)
}

async function runTests(path, deadline) {
  if (!existsSync(path)) return fail(path, '', 'no such file')
  const { results, problems, seconds, output } = await runFile(path, { deadline, grace: options.grace, running })
  const file = relative('dist', path)
  const good = results.filter(result => result.status === 'passed').length
  const skipped = results.filter(result => result.status === 'skipped').length
  const before = failed
  passed += good
  for (const { status, suite, name, error } of results) if (status === 'failed') fail(file, `${suite}: ${name}`, error)
  for (const problem of problems) fail(file, '(file)', problem)
  if (failed > before) failures.push({ file, title: OUTPUT, text: output })
  line(file, good, failed - before, skipped, seconds)
}

function fail(file, title, text) {
  failed++
  failures.push({ file, title, text })
}

function line(name, good, bad, skipped, seconds) {
  const counts = `${good} passed, ${bad} failed${skipped ? `, ${skipped} skipped` : ''}`
  console.log(`${bad ? 'FAILED' : 'ok    '}  ${name}: ${counts}, ${seconds.toFixed(1)} s`)
}

/** Prints the failures and the last line, and exits; `problem` is one more failure. */
function end(problem) {
  if (problem) fail('test command', '', problem)
  for (const { file, title, text } of failures) {
    console.log(`\n── ${file} ${title}\n${text.trimEnd().replace(/^/gm, '   ')}`)
  }
  // Once more in short: a log that is cut keeps its end.
  if (failures.length) console.log()
  for (const { file, title, text } of failures) {
    if (title !== OUTPUT) console.log(`── ${file} ${title}: ${text.trim().split('\n')[0].slice(0, 200)}`)
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed > 0 || passed === 0 ? 1 : 0)
}
