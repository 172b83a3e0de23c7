import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

// Containers and what stands before them, without a disk.
const test = suite('the addon’s containers', { timeout: 140_000 })

const ROOT = path.resolve(__dirname, '../../..')

test('mux.cc: streams that are not well', async () => {
  const program = path.join(tempDir(), 'mux')
  const found = await exec('pkg-config', ['--cflags', '--libs', 'gstreamer-1.0'])
  const checked = ['-fsanitize=undefined', '-fno-sanitize-recover=all']
  const flags = ['-std=c++20', '-O0', ...checked, '-Wall', '-Wextra', '-Werror']
  const libraries = found.stdout.toString().trim().split(/\s+/)
  const parts = ['mp4', 'mp4_header', 'transport_stream'].map(name => `native/mux/${name}.cc`)
  const sources = ['test/native/mux.cc', ...parts].map(file => path.join(ROOT, file))
  const patient = { timeout: 130_000 }
  await exec('g++', [...flags, `-I${ROOT}/native`, ...sources, '-o', program, ...libraries], patient)
  const { stdout } = await exec(program, [], patient)
  assert.is(stdout.toString(), 'mux: all well\n')
})

test.run()
