// suite: deep
// lane: processor
// deadline: 1500
//
// The package where its prebuilt addon does not load: the install script compiles, and what it made is used.

import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('the package, compiled', { timeout: 1_200_000 })

const repository = join(__dirname, '../../..')
const PREBUILT = 'prebuilds/linux-x64/node.napi.glibc.node'
const VERSION = `console.log(require('rxgst').RxGstError.name); new (require('rxgst').RTMPCapture)('rtmp://h/a/k')`

test('where the prebuilt addon does not load, installing compiles', async () => {
  const project = tempDir()
  const rxgst = join(project, 'node_modules/rxgst')
  for (const name of ['package.json', 'binding.gyp', 'native', 'scripts', 'dist/src']) {
    cpSync(join(repository, name), join(rxgst, name), { recursive: true })
  }
  for (const name of ['rxjs', 'prom-client', 'node-gyp-build', 'node-addon-api']) {
    symlinkSync(join(repository, 'node_modules', name), join(project, 'node_modules', name))
  }
  mkdirSync(join(rxgst, 'prebuilds/linux-x64'), { recursive: true })
  writeFileSync(join(rxgst, PREBUILT), 'no library')

  await promisify(execFile)(process.execPath, ['scripts/install.mjs'], { cwd: rxgst })
  assert.ok(existsSync(join(rxgst, 'build/Release/rxgst.node')))
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', VERSION], { cwd: project })
  assert.is(stdout, 'RxGstError\n')
})

test.run()
