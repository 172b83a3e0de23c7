// deadline: 240
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from './suite'

/** Runs the real test command over fixture files, none of which the main run picks up (they are no .test files). */
function run(...names: string[]): { status: number | null; output: string; last: string } {
  const files = names.map(name => (name.startsWith('-') ? name : join(__dirname, 'fixtures', `${name}.fixture.js`)))
  const args = [join('scripts', 'test.mjs'), '--grace=2', '--files', ...files]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
  return { status, output: stdout + stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

/** What the command must say of a fixture: its last line, and a text that explains the failure. */
function fails(title: string, fixture: string, last: string, ...texts: string[]): void {
  test(title, () => {
    const result = run(fixture)
    assert.is(result.last, last, result.output)
    assert.is(result.status, 1)
    for (const text of texts) assert.ok(result.output.includes(text), `'${text}' is missing in:\n${result.output}`)
  })
}

const test = suite('test command', { timeout: 60_000 })

test('counts what passed, in order, with hooks', () => {
  const { status, last, output } = run('passing')
  assert.is(last, '2 passed, 0 failed', output)
  assert.is(status, 0)
  assert.match(output, '2 passed, 0 failed, 1 skipped, ')
})

fails('a throwing before', 'throwing-before', '0 passed, 2 failed', 'no server today', 'never runs')
fails('a throwing after', 'throwing-after', '1 passed, 1 failed', 'cannot clean up')
fails('a throwing after.each', 'throwing-after-each', '0 passed, 1 failed', 'cannot tidy')
fails('a missing .run()', 'missing-run', '1 passed, 1 failed', `suite 'forgotten' has no .run()`)
fails('thrown values that are no errors', 'thrown-string', '0 passed, 2 failed', `'just text'`, 'undefined')
fails('a failing assert, with its comparison', 'failing-assert', '0 passed, 1 failed', '640', '1280', 'fixture.js:')
fails('a hanging test, and goes on', 'hanging-test', '1 passed, 1 failed', 'its deadline of 300 ms')
fails('a file past its own deadline', 'busy-loop', '0 passed, 1 failed', `its deadline of 5 s in 'busy loop: never`)
fails('zero tests', 'zero-tests', '0 passed, 1 failed', 'no test ran')
fails('a file without a suite', 'no-suite', '0 passed, 1 failed', 'ran no test')
fails('a file that is not there', 'not-there', '0 passed, 1 failed', 'no such file')
fails('a handle left open', 'hanging-handle', '1 passed, 1 failed', 'within 2 s after its last test')
fails('a crash', 'crash', '1 passed, 1 failed', 'died of SIGSEGV')
fails('a crash after the last test', 'late-crash', '1 passed, 1 failed', 'died of SIGKILL')
fails('an exit before the end', 'early-exit', '1 passed, 1 failed', 'ended before its tests were done')
fails('an exit status', 'exit-status', '1 passed, 1 failed', 'exited with 3')
fails('errors nobody catches', 'unhandled-rejection', '0 passed, 2 failed', 'nobody looks', 'out of reach')
fails('a forgotten only', 'only', '1 passed, 1 failed', 'a test.only hides other tests')
fails('an unknown option', '--nonsense', '0 passed, 1 failed', 'unknown option --nonsense')

test('an error while the file is loaded', () => {
  const { status, last, output } = run('load-error')
  assert.is(status, 1)
  assert.match(last, /^\d+ passed, [1-9]\d* failed$/)
  assert.match(output, 'the file itself fails')
})

test('one bad file among good ones, two at a time', () => {
  const { status, last, output } = run('--jobs', 'passing', 'throwing-after', 'passing')
  assert.is(last, '5 passed, 1 failed', output)
  assert.is(status, 1)
})

test('nothing to run', () => {
  const { status, last } = run()
  assert.is(status, 1)
  assert.is(last, '0 passed, 1 failed')
})

test.run()
