import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { lookUpLibraries, machineFacts } from '../../src/engine/machine-facts'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { until } from '../support/until'

const test = suite('the devices and libraries of a machine')

const MINUTE = 60_000

/** Looks up until the linker has answered: where it is late, nothing is known, and every library may be there. */
async function lookUp(now = performance.now()): Promise<void> {
  await until(async () => {
    await lookUpLibraries(now)
    return !machineFacts(now).library('librxgst-is-not-there.so.1')
  })
}

test('a library that was missing is found once it is there, and one that was there may go', async () => {
  delete process.env['RXGST_HARDWARE']
  const folder = tempDir()
  const before = process.env['LD_LIBRARY_PATH']
  process.env['LD_LIBRARY_PATH'] = `/nowhere:${folder}`
  const has = (now: number): boolean => machineFacts(now).library('librxgst-test.so.1')
  try {
    await lookUp(0)
    assert.is(has(MINUTE), false)
    assert.is(has(11 * MINUTE), true, 'what was seen long ago is tried again')
    writeFileSync(join(folder, 'librxgst-test.so.1'), '')
    await lookUp(MINUTE)
    assert.is(has(MINUTE), true)
    rmSync(join(folder, 'librxgst-test.so.1'))
    await lookUp(2 * MINUTE)
    assert.is(has(2 * MINUTE), false)
  } finally {
    if (before === undefined) delete process.env['LD_LIBRARY_PATH']
    else process.env['LD_LIBRARY_PATH'] = before
  }
})

test('where the linker looks without its cache is looked at, too', async () => {
  await lookUp()
  const { library } = machineFacts()
  // Names that no cache has.
  const folders = { x64: '/usr/lib/x86_64-linux-gnu', arm64: '/usr/lib/aarch64-linux-gnu' }
  const inFolder = readdirSync(folders[process.arch as 'x64' | 'arm64']).filter(name => !/^lib.*\.so(\.|$)/.test(name))
  assert.ok(inFolder.length > 0)
  for (const name of inFolder) assert.ok(library(name), name)
  assert.not.ok(library('librxgst-is-not-there.so.1'))
})

test('asking the linker keeps no process alive', () => {
  const facts = JSON.stringify(require.resolve('../../src/engine/machine-facts'))
  const script = `
    const { lookUpLibraries } = require(${facts})
    lookUpLibraries().then(() => console.log('waited'))
  `
  const out = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 60_000 })
  assert.is(out, '')
})

test.run()
