import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('the addon’s arithmetic', { timeout: 120_000 })

const ROOT = path.resolve(__dirname, '../../..')

/** They include neither GStreamer nor Node: a compiler is all it takes. */
for (const name of ['clocks', 'tag_walk', 'sps', 'thinning']) {
  test(`${name}.cc`, async () => {
    const dir = tempDir()
    const program = path.join(dir, name)
    const source = path.join(ROOT, 'test/native', `${name}.cc`)
    await exec('g++', ['-std=c++20', '-Wall', '-Wextra', '-Werror', `-I${ROOT}/src/native`, source, '-o', program])
    const { stdout } = await exec(program, [])
    assert.is(stdout.toString(), `${name}: all well\n`)
  })
}

test.run()
