import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from './suite'
import { tempDir } from './temp'

const test = suite('test command', { timeout: 60_000 })

/** Test files, each with what the command must say of it: its counts, then what explains a failure. */
/** Finds out whether the other file of its lane runs beside it. */
const ALONE = {
  code: `
    // lane: one
    test('is alone', async () => {
      const [fs, lock] = [require('node:fs'), require('node:path').join(__dirname, 'lane')]
      fs.writeFileSync(lock, '', { flag: 'wx' })
      await new Promise(resolve => setTimeout(resolve, 1000))
      fs.rmSync(lock)
    })
    test.run()`.replace(/^ +\/\//m, '//'),
  counts: '1 passed, 0 failed',
}

const files: Record<string, { code: string; counts: string; says?: string[] }> = {
  'lane-first': ALONE,
  'lane-second': ALONE,
  passing: {
    code: `
      const order = []
      test.before(() => order.push('before'))
      test.before.each(() => order.push('each'))
      test.after.each(async () => order.push('after each'))
      test('first', () => assert.equal(order, ['before', 'each']))
      test('second', async () => assert.equal(order, ['before', 'each', 'after each', 'each']))
      test.skip('third')
      test.run()`,
    counts: '2 passed, 0 failed, 1 skipped',
  },
  'failing-assert': {
    code: `test('compares', () => assert.equal({ width: 640 }, { width: 1280 })); test.run()`,
    counts: '0 passed, 1 failed',
    says: ['640', '1280', 'failing-assert.js:'],
  },
  // Nothing holds the event loop here: without the deadline's timer Node would leave with exit status 0.
  'hanging-test': {
    code: `
      test('waits for ever', () => new Promise(() => {}), { timeout: 300 })
      test('goes on', () => {})
      test.run()`,
    counts: '1 passed, 1 failed',
    says: ['test took longer than its deadline of 300 ms'],
  },
  'busy-loop': {
    code: `
      // deadline: 6
      test('never lets the event loop turn', () => { for (;;); })
      test.run()`.replace(/^ +\/\//m, '//'),
    counts: '0 passed, 1 failed',
    says: [`still running after its deadline of 6 s in 'busy-loop: never lets the event loop turn'`],
  },
  'throwing-before': {
    code: `
      test.before(() => { throw new Error('no server today') })
      test('never runs', () => {})
      test.run()`,
    counts: '0 passed, 2 failed',
    says: ['no server today', 'not run: a before hook failed'],
  },
  'throwing-after': {
    code: `
      test.after(async () => { throw new Error('cannot clean up') })
      test('passes', () => {})
      test.run()`,
    counts: '1 passed, 1 failed',
    says: ['cannot clean up'],
  },
  'uncaught-errors': {
    code: `
      test('lets a promise fail', () => void Promise.reject('nobody looks'))
      test('throws in a timer', () => new Promise(() => setTimeout(() => { throw new Error('out of reach') }, 1)))
      test.run()`,
    counts: '0 passed, 2 failed',
    says: ['nobody looks', 'out of reach'],
  },
  'missing-run': {
    code: `test('is forgotten', () => {})`,
    counts: '0 passed, 1 failed',
    says: [`suite 'missing-run' has no .run()`],
  },
  'zero-tests': {
    code: `test.skip('one'); test.run()`,
    counts: '0 passed, 1 failed, 1 skipped',
    says: ['no test ran'],
  },
  'load-error': {
    code: `throw new Error('the file itself fails')`,
    counts: '0 passed, 2 failed',
    says: ['the file itself fails'],
  },
  'early-exit': {
    code: `test('passes', () => {}); test('leaves', () => process.exit(0)); test.run()`,
    counts: '1 passed, 1 failed',
    says: ['the process ended before its tests were done'],
  },
  crash: {
    code: `
      test('passes', () => {})
      test('dies as native code dies', () => process.kill(process.pid, 'SIGSEGV'))
      test.run()`,
    counts: '1 passed, 1 failed',
    says: ['died of SIGSEGV'],
  },
  'open-handle': {
    code: `
      test('leaves a server open', () => new Promise(done => require('node:net').createServer().listen(0, done)))
      test.run()`,
    counts: '1 passed, 1 failed',
    says: ['did not exit by itself within 5 s after its last test', 'TCPServerWrap'],
  },
}

function run(...args: string[]): { status: number | null; output: string; last: string } {
  const command = [join('scripts', 'test.mjs'), '--no-build', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  return { status, output: stdout + stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

let all: ReturnType<typeof run>

test.before(() => {
  const folder = tempDir()
  const paths = Object.entries(files).map(([name, { code }]) => {
    const path = join(folder, `${name}.js`)
    const head = `
      const assert = require(${JSON.stringify(require.resolve('uvu/assert'))})
      const { suite } = require(${JSON.stringify(join(__dirname, 'suite.js'))})
      const test = suite('${name}')\n`
    writeFileSync(path, head + code)
    return path
  })
  all = run('--jobs=4', '--grace=5', '--files', ...paths, join(folder, 'not-there.js'))
})

for (const [name, { counts, says = [] }] of Object.entries(files)) {
  test(name, () => {
    const line = all.output.split('\n').find(text => text.includes(`/${name}.js: `)) ?? ''
    assert.match(line, `: ${counts}, `, all.output)
    assert.is(line.startsWith('FAILED'), says.length > 0, line)
    for (const text of says) assert.ok(all.output.includes(text), `'${text}' is missing in:\n${all.output}`)
  })
}

test('the last line counts them all, and a file that is not there', () => {
  assert.match(all.output, 'not-there.js')
  assert.is(all.last, '9 passed, 16 failed', all.output)
  assert.is(all.status, 1)
})

test('a run of nothing fails', () => {
  for (const args of [['--files'], ['no-file-has-this-word'], ['--suite=deep', 'core/url'], ['--nonsense']]) {
    const { status, last } = run(...args)
    assert.is(status, 1)
    assert.is(last, '0 passed, 1 failed')
  }
})

test('a word names files of both suites; with a suite, of that one', () => {
  assert.match(run('core/retry').output, 'test/core/retry.test.js: ')
  assert.not.match(run('--suite=quick', 'core/retry', 'live/codec/trial').output, 'live/codec/trial.test.js: ')
})

test.run()
