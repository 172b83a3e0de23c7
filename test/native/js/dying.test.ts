// worker.terminate() comes from another thread, in the middle of a call; after it, calls of Node-API fail.
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { start } from '../../support/child'
import { suite } from '../../support/suite'
import { until } from '../../support/until'

const test = suite('an environment that dies', { timeout: 240_000 })

test('workers that use every part of the addon are terminated; nothing of theirs is left', async () => {
  const rounds = 40
  await using child = start(process.execPath, [resolve(__dirname, 'dying-program.js'), String(rounds)])
  await until(() => !child.running, { timeout: 200_000, what: () => `the rounds to end; it said ${child.output()}` })
  assert.equal(await child.exited, { code: 0, signal: null }, child.output())
  assert.is(child.output(), `${rounds} terminated, 0 bytes held, 0 meters\n`)
})

test.run()
