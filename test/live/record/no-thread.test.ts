// suite: deep
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec, start } from '../../support/child'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('record: a process that gets no thread', { timeout: 90_000 })

test('the recording says so and tries again, and the process goes on', async () => {
  const library = path.join(tempDir(), 'refuse.so')
  const source = path.resolve(__dirname, '../../../../test/live/record/refuse_threads.cc')
  await exec('g++', ['-shared', '-fPIC', '-O0', source, '-o', library, '-ldl'], { timeout: 60_000 })
  const program = path.join(__dirname, 'no-thread-program.js')
  await using child = start(process.execPath, [program, tempDir()], { env: { LD_PRELOAD: library } })
  await until(() => !child.running || /^stopped$/m.test(child.output()), {
    timeout: 60_000,
    what: () => child.output(),
  })
  assert.match(child.output(), /^reconnecting ERR_RECORD$[^]*^live null$[^]*^stopped$/m)
  assert.is((await child.exited).code, 0, child.output())
})

test.run()
