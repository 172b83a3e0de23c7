// The Debian packages that a message of the library names are those that the scripts install.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { RUNTIME_PACKAGES } from '../../src/addon/debian'
import { suite } from '../support/suite'

const test = suite('Debian packages')

test('the library and its scripts name the same ones', async () => {
  const file = join(__dirname, '../../../scripts/lib/packages.mjs')
  const scripts = (await import(pathToFileURL(file).href)) as { RUNTIME_PACKAGES: string[] }
  assert.equal(RUNTIME_PACKAGES, scripts.RUNTIME_PACKAGES)
})

test('a compiler of several words is one', async () => {
  const file = join(__dirname, '../../../scripts/lib/toolchain.mjs')
  const { missingTools } = (await import(pathToFileURL(file).href)) as { missingTools(): string[] }
  const before = process.env.CXX
  try {
    process.env.CXX = 'env c++'
    assert.not.ok(missingTools().includes('a C++ compiler'))
    process.env.CXX = 'env no-such-compiler'
    assert.ok(missingTools().includes('a C++ compiler'))
  } finally {
    if (before === undefined) delete process.env.CXX
    else process.env.CXX = before
  }
})

test.run()
