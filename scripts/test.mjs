// The test command: compiles, lints, runs every test file in a process of its own.
//
//   npm test                      everything
//   npm test -- capture monitor   the files whose path holds one of these words
//   npm test -- --jobs=2          two files at a time; by itself npm test takes five, since most of them wait
//   node scripts/test.mjs --no-build --deadline=60 --grace=10 --files a.js b.js
//
// The last line is always `N passed, N failed`; the exit status is 0 only when something passed and nothing failed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deadlineOf, removeStale, walk } from './test/files.mjs'
import { runFile } from './test/run-file.mjs'

const here = dirname(fileURLToPath(import.meta.url))
process.chdir(dirname(here))

let passed = 0
let failed = 0
const failures = []

const options = { build: true, jobs: 1, deadline: 180, grace: 10, files: false }
const words = []
for (const argument of process.argv.slice(2)) {
  const [name, value] = argument.split('=')
  if (name === '--jobs') options.jobs = value ? Number(value) : 2
  else if (name === '--deadline' || name === '--grace') options[name.slice(2)] = Number(value)
  else if (name === '--no-build') options.build = false
  else if (name === '--files') options.files = true
  else if (name.startsWith('-')) end(`unknown option ${name}`)
  else words.push(argument)
}

/** A step outside the test files; counts as one test. Returns whether it went well. */
function step(name, command, ...args) {
  const from = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status === 0) return { well: true, seconds: (performance.now() - from) / 1000 }
  failed++
  failures.push({ file: name, title: '', text: error ? String(error) : stdout + stderr })
  return { well: false, seconds: (performance.now() - from) / 1000 }
}

if (options.build && !options.files) {
  const { well } = step('tsc', process.execPath, join('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.')
  if (!well) end()
  removeStale(join('dist', 'test'))
}

const chosen = name => words.length === 0 || words.some(word => name.includes(word))
let linted = false
if (!options.files && chosen('lint')) {
  linted = true
  const { well, seconds } = step('lint', process.execPath, join('scripts', 'lint.mjs'))
  if (well) passed++
  line('lint', well ? 1 : 0, well ? 0 : 1, 0, seconds)
}

const files = options.files
  ? words
  : walk(join('dist', 'test')).filter(file => file.endsWith('.test.js') && chosen(file.slice('dist/'.length)))
// A word that names no file is a mistake, and a run of nothing is no success.
if (files.length === 0 && !(linted && words.length > 0)) end('no test file found')

const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const kill of running) kill()
    end(`stopped by ${signal}`)
  })
}

// The longest ones first: at the end the others would wait for them.
const isLong = file => deadlineOf(file, options.deadline) >= 400
const waiting = options.files ? [...files] : [...files.filter(isLong), ...files.filter(file => !isLong(file))]
await Promise.all(Array.from({ length: options.jobs }, worker))
end()

async function worker() {
  for (let file = waiting.shift(); file; file = waiting.shift()) {
    if (!existsSync(file)) {
      failed++
      failures.push({ file, title: '', text: 'no such file' })
      continue
    }
    const result = await runFile(file, {
      deadline: deadlineOf(file, options.deadline),
      grace: options.grace,
      allowOnly: words.length > 0 && !options.files,
      running,
    })
    count(relative('dist', file), result)
  }
}

function count(file, { results, problems, seconds, output }) {
  const bad = results.filter(result => result.status === 'failed')
  const good = results.filter(result => result.status === 'passed').length
  const skipped = results.filter(result => result.status === 'skipped').length
  passed += good
  failed += bad.length + problems.length
  for (const { suite, name, error } of bad) failures.push({ file, title: `${suite}: ${name}`, text: error })
  for (const problem of problems) failures.push({ file, title: '(file)', text: problem })
  line(file, good, bad.length + problems.length, skipped, seconds)
  if (bad.length + problems.length > 0) failures.push({ file, title: '(its output)', text: output })
}

function line(name, good, bad, skipped, seconds) {
  const counts = `${good} passed, ${bad} failed${skipped ? `, ${skipped} skipped` : ''}`
  console.log(`${bad ? 'FAILED' : 'ok    '}  ${name}: ${counts}, ${seconds.toFixed(1)} s`)
}

/** Prints what went wrong and the last line, and leaves; `problem` is one more failure. */
function end(problem) {
  if (problem) {
    failed++
    failures.push({ file: 'test command', title: '', text: problem })
  }
  for (const { file, title, text } of failures) {
    console.log(`\n── ${file} ${title}\n${text.trimEnd().replace(/^/gm, '   ')}`)
  }
  console.log(`${failures.length ? '\n' : ''}${passed} passed, ${failed} failed`)
  process.exit(failed > 0 || passed === 0 ? 1 : 0)
}
