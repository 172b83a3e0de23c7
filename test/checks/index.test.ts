import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'

const test = suite('checks')

const repository = join(__dirname, '../../..')

test('rxgst/checks loads neither the addon nor a package', () => {
  const program = `
    const { parseRtmpUrl, resolveRules } = require('rxgst/checks')
    console.log(parseRtmpUrl('rtmp://localhost/live/secret-key').display)
    try { resolveRules([{ name: 'a' }]) } catch (error) { console.log(error.code) }
    console.log(Object.keys(require.cache).filter(file => /\\.node$|node_modules/.test(file)).length)`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { cwd: repository, encoding: 'utf8' })
  assert.is(stderr, '')
  assert.equal(stdout.split('\n'), ['rtmp://localhost:1935/live/***', 'ERR_UNKNOWN_METRIC', '0', ''])
})

test.run()
