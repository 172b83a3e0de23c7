import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

// Containers and what stands before them, without a disk.
const test = suite('the addon’s containers', { timeout: 140_000 })

const ROOT = path.resolve(__dirname, '../../..')

const MUX = ['mux/mp4', 'mux/mp4_header', 'mux/transport_stream']

for (const [name, parts] of [
  ['mux', MUX],
  ['segments', [...MUX, 'record/segment_writer', 'record/segment_file']],
] as const) {
  test(`mux/${name}.cc: streams that are not well`, async () => {
    const program = path.join(tempDir(), name)
    const found = await exec('pkg-config', ['--cflags', '--libs', 'gstreamer-1.0'])
    const checked = ['-fsanitize=undefined', '-fno-sanitize-recover=all']
    const flags = ['-std=c++20', '-O0', ...checked, '-Wall', '-Wextra', '-Werror']
    const libraries = found.stdout.toString().trim().split(/\s+/)
    const sources = [`test/native/mux/${name}.cc`, ...parts.map(part => `native/${part}.cc`)]
    const files = sources.map(file => path.join(ROOT, file))
    const patient = { timeout: 130_000 }
    await exec('g++', [...flags, `-I${ROOT}/native`, ...files, '-o', program, ...libraries], patient)
    const { stdout } = await exec(program, [], patient)
    assert.is(stdout.toString(), `${name}: all well\n`)
  })
}

test.run()
