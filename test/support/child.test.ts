// No process outlives its test, and what a test reads of a process is right: every test with a peer stands on it.
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { exec, start } from './child'
import { suite } from './suite'
import { tempDir, tempFile } from './temp'
import { until } from './until'
import { openFiles, usage } from './usage'

const test = suite('children')

test('a program that fails is an error with its words', async () => {
  assert.match(await exec('ffprobe', ['-v', 'error', '/not/there']).then(() => '', String), 'No such file')
  assert.match(await exec('sleep', ['60'], { timeout: 100 }).then(() => '', String), 'SIGKILL')
  assert.is((await start('not-a-program').exited).code, 127)
})

test('a child that ignores SIGTERM is killed, with its own children', async () => {
  const script = tempFile('pid')
  const child = start('sh', ['-c', `trap '' TERM; sleep 1000 & echo $! > ${script}; while :; do wait; done`])
  const pid = await until(() => Number(textOf(script)))
  assert.equal(await child.stop(300), { code: null, signal: 'SIGKILL' })
  await until(() => commandOf(pid) === '')
})

test('children die with a process that is killed', async () => {
  const file = tempFile('pid')
  const path = JSON.stringify(require.resolve('./child'))
  const code = `
    const { pid } = require(${path}).start('sleep', ['1000'])
    require('fs').writeFileSync(${JSON.stringify(file)}, String(pid))
    setInterval(() => {}, 1000)`
  const parent = start(process.execPath, ['-e', code], { cwd: tempDir() })
  const pid = await until(() => Number(textOf(file)))
  // The child must have told the kernel by then whose death it follows.
  await until(() => commandOf(pid).startsWith('sleep'))
  process.kill(parent.pid, 'SIGKILL')
  await until(() => commandOf(pid) === '')
})

test('usage sees descriptors and threads', async () => {
  const before = usage()
  assert.ok(before.threads > 1 && before.rss > 1e7)
  assert.is(before.fds, openFiles().length)
  const child = start('sleep', ['1000'])
  assert.ok(usage().fds > before.fds)
  await until(() => usage(child.pid).threads === 1)
  await child.stop()
  await until(() => usage().fds <= before.fds, { what: () => openFiles().join('\n') })
})

/** '' when there is no such file, or when it goes while it is read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** '' when the process is gone, or waits for its parent. */
const commandOf = (pid: number): string => textOf(`/proc/${pid}/cmdline`)

test.run()
