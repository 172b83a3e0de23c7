import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('arithmetic of a meter', { timeout: 270_000 })

/** A compile of 7 s takes over a minute beside five others. */
const PATIENT = { timeout: 130_000 }
const ROOT = path.resolve(__dirname, '../../..')

test('meters.cc', async () => {
  const program = path.join(tempDir(), 'meters')
  const words = async (option: string): Promise<string[]> => {
    const { stdout } = await exec('pkg-config', [option, 'gstreamer-1.0'])
    return stdout.toString().trim().split(/\s+/)
  }
  const warnings = [
    '-std=c++20',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-Wno-unused-parameter',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover',
  ]
  const source = path.join(ROOT, 'test/native/meters.cc')
  await exec(
    'g++',
    [...warnings, `-I${ROOT}/native`, ...(await words('--cflags')), source, ...(await words('--libs')), '-o', program],
    PATIENT,
  )
  const { stdout } = await exec(program, [], PATIENT)
  assert.is(stdout.toString(), 'meters: all well\n')
})

test.run()
