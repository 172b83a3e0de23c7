// suite: deep
// Texts of YAML that want to harm, each read in a process of its own, whose memory is limited.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { MAX_PROBLEMS } from '../../src/config/yaml.js'
import { HOSTILE } from './hostile-yaml.js'

const test = suite('hostile')

for (const name of Object.keys(HOSTILE)) {
  test(`${name}: no harm`, () => {
    const script = fileURLToPath(new URL('hostile-yaml.js', import.meta.url))
    const { status, stdout, stderr, signal } = spawnSync(process.execPath, ['--max-old-space-size=200', script, name], {
      encoding: 'utf8',
      timeout: 25_000,
    })
    assert.equal([status, signal], [0, null], stderr.slice(0, 1000))
    const { problems, ms } = JSON.parse(stdout) as { problems: number; ms: number }
    assert.ok(problems >= 1 && problems <= MAX_PROBLEMS, `${problems} problems`)
    assert.ok(ms < 10_000, `it took ${ms} ms`)
  })
}

test.run()
