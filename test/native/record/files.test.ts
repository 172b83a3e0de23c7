// suite: deep
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'

const test = suite('record: files of a disk that is full or replaced', { timeout: 140_000 })

const ROOT = path.resolve(__dirname, '../../../..')

test('half a line never stands before another one; the lock is on the folder that has the name', async () => {
  const program = path.join(tempDir(), 'files')
  const flags = [
    '-std=c++20',
    '-O0',
    '-fsanitize=undefined',
    '-fno-sanitize-recover=all',
    '-Wall',
    '-Wextra',
    '-Werror',
  ]
  const sources = ['test/native/record/files.cc', 'native/record/segment_file.cc'].map(file => path.join(ROOT, file))
  const patient = { timeout: 130_000 }
  await exec('g++', [...flags, `-I${ROOT}/native`, ...sources, '-o', program], patient)
  const { stdout } = await exec(program, [], patient)
  assert.is(stdout.toString(), 'files: all well\n')
})

test.run()
