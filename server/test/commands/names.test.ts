import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { exec } from '../../../test/support/child.js'
import { suite } from '../../../test/support/suite.js'
import { COMMAND_NAMES } from '../../src/commands/main.js'

const test = suite('the commands', { timeout: 240_000 })
const PROGRAM = fileURLToPath(new URL('../../../../scripts/rxgst.mjs', import.meta.url))

test('each command of the server is one of the program that people run', async () => {
  assert.ok(COMMAND_NAMES.length >= 13)
  for (const name of COMMAND_NAMES) {
    const { stdout } = await exec(process.execPath, [PROGRAM, name, '--help'])
    assert.match(String(stdout), new RegExp(`^Usage: rxgst ${name}\\b`), name)
  }
})

test.run()
